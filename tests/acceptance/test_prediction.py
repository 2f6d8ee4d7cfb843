"""What is foretold of a line."""

import pytest

from tallypost.acceptance.prediction import (
    LOOKS_MIN,
    DrawnLine,
    GroundPoints,
    predictions,
    reach_lengths,
)
from tallypost.acceptance.scale import metres_a_unit
from tallypost.domain.aiming import Box

UPRIGHT = DrawnLine("gate", (0.5, 0.9), (0.5, 0.5), ("bicycle",))
# A road 10 m wide and 20 m long, seen from above: 40 m a width, 20 m a height.
PICTURE = ((0.25, 0.0), (0.5, 0.0), (0.5, 1.0), (0.25, 1.0))
GROUND_M = ((0.0, 0.0), (10.0, 0.0), (10.0, 20.0), (0.0, 20.0))


def fastest(
    rate_hz: float | None, line: DrawnLine = UPRIGHT, **known: object
) -> object:
    [found] = predictions([line], rate_hz, **known)  # type: ignore[arg-type]
    return found.speed_kmh_max


def test_the_more_frames_the_faster_they_may_go() -> None:
    known = [fastest(rate_hz) for rate_hz in (1.0, 2.0, 3.5, 5.0, 10.0, 20.0)]
    lengths = (2.0, 2.0, 1.75, 1.5, 1.25, 1.25)
    rates = (1.0, 2.0, 3.5, 5.0, 10.0, 20.0)

    assert known == [
        int(length * 1.8 * rate_hz * 3.6 + 1e-9)
        for length, rate_hz in zip(lengths, rates, strict=True)
    ]
    assert sorted(map(str, known), key=float) == list(map(str, known))


def test_it_says_who_will_be_missed_and_what_to_do() -> None:
    [found] = predictions([UPRIGHT], 2.0)

    assert found.key == "missed_above"
    assert "will be missed at 2.0 frames a second; move the camera" in found.sentence
    [found] = predictions([UPRIGHT], 30.0)
    assert found.key == "fast_enough"


def test_what_nobody_knows_is_said_to_be_unknown() -> None:
    for rate_hz in (None, 0.0, float("nan")):
        [found] = predictions([UPRIGHT], rate_hz)
        assert (found.speed_kmh_max, found.key) == (None, "rate_unwatched")
    horse = DrawnLine("gate", (0.5, 0.9), (0.5, 0.5), ("horse",))
    [found] = predictions([horse], 5.0)
    assert (found.speed_kmh_max, found.key) == (None, "class_unmeasured")
    assert found.sentence


def test_a_calibrated_picture_that_is_soon_crossed_bounds_the_speed() -> None:
    car = DrawnLine("gate", (0.5, 0.9), (0.5, 0.5), ("car",))
    narrow = GroundPoints(PICTURE, tuple((x / 5, y / 5) for x, y in GROUND_M))

    # 8 m wide in all: a fifth of it from look to look.
    assert fastest(10.0, car, ground=narrow) == int(8.0 / LOOKS_MIN * 10 * 3.6 + 1e-6)
    assert fastest(10.0, car) == int(reach_lengths(10.0) * 4.4 * 36)


def test_boxes_near_the_line_tell_how_large_the_picture_is() -> None:
    car = DrawnLine("gate", (0.5, 0.9), (0.5, 0.5), ("car",))
    near = [Box("car", 0.4, 0.3, 0.6, 0.8)] * 3  # half of the picture: 1.5 m
    far = [Box("car", 0.0, 0.0, 0.1, 0.1)] * 3
    others = [Box("bus", 0.4, 0.3, 0.6, 0.8)] * 3

    width_m = 16 / 9 * 3.0
    assert fastest(10.0, car, boxes=near) == int(width_m / LOOKS_MIN * 36)
    for boxes in (near[:2], far, others):
        assert fastest(10.0, car, boxes=boxes) == fastest(10.0, car)


def test_the_scale_of_a_tilted_ground_is_that_of_the_ground() -> None:
    def seen(x_m: float, y_m: float) -> tuple[float, float]:
        far = 1 + y_m / 20
        return 0.5 + x_m / (30 * far), 1 - y_m / (25 * far)

    ground_m = ((-4.0, 2.0), (4.0, 2.0), (4.0, 12.0), (-4.0, 12.0), (0.0, 6.0))
    picture = [seen(*each) for each in ground_m]
    at = seen(1.0, 5.0)
    across, along = (
        metres_a_unit(picture, ground_m, at, way) for way in ((1, 0), (0, 1))
    )

    assert across == pytest.approx(30 * 1.25, rel=1e-3)
    left, right = seen(1.0, 4.99), seen(1.0, 5.01)
    assert along == pytest.approx(0.02 / abs(left[1] - right[1]), rel=1e-2)


@pytest.mark.parametrize(
    ("picture", "ground_m", "towards"),
    [
        (PICTURE[:3], GROUND_M[:3], (1, 0)),
        (PICTURE, GROUND_M[:3], (1, 0)),
        (((0.1, 0.1),) * 4, GROUND_M, (1, 0)),
        (PICTURE, GROUND_M, (0, 0)),
    ],
    ids=["three", "unlike", "one place", "no way"],
)
def test_points_that_tell_nothing_give_no_scale(
    picture: tuple[tuple[float, float], ...],
    ground_m: tuple[tuple[float, float], ...],
    towards: tuple[float, float],
) -> None:
    assert metres_a_unit(picture, ground_m, (0.5, 0.5), towards) is None


def test_beyond_the_horizon_there_is_no_ground() -> None:
    picture = ((0.4, 0.4), (0.6, 0.4), (1.0, 1.0), (0.0, 1.0))

    assert metres_a_unit(picture, GROUND_M, (0.5, 0.05), (1, 0)) is None


def test_a_line_without_a_length_does_not_matter() -> None:
    point = DrawnLine("gate", (0.5, 0.5), (0.5, 0.5), ("car",))

    assert fastest(5.0, point, ground=GroundPoints(PICTURE, GROUND_M)) is not None
