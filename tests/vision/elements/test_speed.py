"""How fast objects go, from the frames' own times."""

from collections.abc import Sequence

import numpy as np
import pytest

from tallypost.domain.vision import Size, Tracks
from tallypost.vision.elements.speed import Speeds
from tests.vision.counting.scenes import SCENE, box
from tests.vision.elements.observed import CAR, METRES, PERSON, SPEED_MAX_KMH, plan

PX_PER_M = SCENE.width / METRES


def look(time_s: float, place: tuple[float, float], class_id: int = CAR) -> Tracks:
    """Return one object at a place in pixels."""
    boxes = np.array([box(*place)], np.float32)
    return Tracks(
        time_s=time_s,
        ids=np.array([1]),
        boxes=boxes,
        class_ids=np.array([class_id]),
        born_boxes=boxes,
        born_s=np.array([time_s]),
        ended_ids=np.empty(0, np.int64),
    )


def told(
    speed_kmh: float,
    times_s: Sequence[float],
    *,
    noise_px: float = 0.0,
    class_id: int = CAR,
    x: float = 60.0,
) -> tuple[float, float, bool]:
    """Return the speed that is told in the end, its error, and whether it is absurd."""
    speeds = Speeds(plan(), SPEED_MAX_KMH)
    noise = np.random.default_rng(5)
    motion = None
    for time_s in times_s:
        shaken = noise.normal(0, noise_px, 2)
        place = (x + speed_kmh / 3.6 * time_s * PX_PER_M + shaken[0], 500.0 + shaken[1])
        motion = speeds.update(look(time_s, place, class_id), SCENE)
    assert motion is not None
    return (
        float(motion.speeds_kmh[0]),
        float(motion.errors_kmh[0]),
        bool(motion.implausible[0]),
    )


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0, 30.0])
@pytest.mark.parametrize("speed_kmh", [5.0, 30.0, 80.0])
def test_a_steady_speed_is_told_at_any_rate(rate_hz: float, speed_kmh: float) -> None:
    times_s = np.arange(0, 1.51, 1 / rate_hz).tolist()

    speed, error, absurd = told(speed_kmh, times_s)

    assert abs(speed - speed_kmh) < 1.0
    assert abs(speed - speed_kmh) < error < 12.0
    assert not absurd


def test_only_the_frames_own_times_count() -> None:
    ragged_s = [0.0, 0.1, 0.2, 0.55, 0.6, 0.9, 1.3]

    assert told(36.0, ragged_s)[0] == pytest.approx(36.0, rel=0.02)


def test_two_looks_or_a_short_time_are_too_little() -> None:
    assert np.isnan(told(36.0, [0.0, 0.5])[0])
    assert np.isnan(told(36.0, [0.0, 0.1, 0.2, 0.3])[0])
    assert not np.isnan(told(36.0, [0.0, 0.25, 0.5])[0])


def test_three_looks_over_more_than_a_second_are_enough_and_ten_seconds_are_not() -> (
    None
):
    assert told(20.0, [0.0, 1.0, 2.0])[0] == pytest.approx(20.0, rel=0.02)
    assert np.isnan(told(5.0, [0.0, 5.0, 10.0])[0])


def test_one_who_stands_with_a_trembling_box_does_not_go() -> None:
    times_s = np.arange(0, 2, 0.1).tolist()

    assert told(0.0, times_s, noise_px=2.5, x=500.0)[0] < 1.0


def test_trembling_boxes_are_told_as_an_error_and_lie_within_it() -> None:
    times_s = np.arange(0, 1.5, 0.2).tolist()

    speed, error, _ = told(30.0, times_s, noise_px=2.5)

    assert abs(speed - 30.0) < error < 15.0


def test_what_nothing_on_a_street_can_do_is_no_speed() -> None:
    times_s = np.arange(0, 0.6, 0.1).tolist()
    speed, _, absurd = told(230.0, times_s)

    assert np.isnan(speed)
    assert absurd


def test_a_person_is_absurd_before_a_car_is() -> None:
    times_s = np.arange(0, 1.2, 0.1).tolist()

    assert told(80.0, times_s, class_id=PERSON)[2]
    assert not told(80.0, times_s, class_id=CAR)[2]


def test_a_box_that_the_edge_may_cut_tells_no_speed() -> None:
    times_s = np.arange(0, 1.5, 0.1).tolist()

    # It ends 20 pixels from the edge at which its box, 40 wide, begins to leave.
    assert np.isnan(told(3.6, times_s, x=960.0)[0])


def test_what_the_detector_saw_counts_not_what_a_filter_made_of_it() -> None:
    speeds = Speeds(plan(), SPEED_MAX_KMH)
    motion = None
    for number in range(12):
        seen = look(number / 10, (200.0 + 20 * number, 500.0))
        filtered = look(number / 10, (200.0 + 15 * number, 500.0))
        both = Tracks(
            time_s=seen.time_s,
            ids=seen.ids,
            boxes=filtered.boxes,
            class_ids=seen.class_ids,
            born_boxes=seen.born_boxes,
            born_s=seen.born_s,
            ended_ids=seen.ended_ids,
            seen_boxes=seen.boxes,
        )
        motion = speeds.update(both, SCENE)

    assert motion is not None
    assert motion.speeds_kmh[0] == pytest.approx(36.0, rel=0.02)


def test_nobody_there_is_nobody_told_and_the_ended_are_forgotten() -> None:
    speeds = Speeds(plan(), SPEED_MAX_KMH)
    speeds.update(look(0.0, (500.0, 500.0)), Size(*SCENE))
    gone = look(0.1, (0.0, 0.0))
    gone = Tracks(
        time_s=0.1,
        ids=gone.ids[:0],
        boxes=gone.boxes[:0],
        class_ids=gone.class_ids[:0],
        born_boxes=gone.born_boxes[:0],
        born_s=gone.born_s[:0],
        ended_ids=np.array([1]),
    )

    assert len(speeds.update(gone, SCENE).speeds_kmh) == 0
    assert len(speeds._roster) == 0
