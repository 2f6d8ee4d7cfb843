"""Made-up traffic: the same for the same seed, and its truth is true."""

import itertools

import numpy as np
import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.vision import Frame, Size
from tallypost.vision.camera.synthetic import SyntheticCamera
from tallypost.vision.camera.traffic import LIFE_S_MAX, Traffic

FIT = Size(160, 160)


def camera(board: SimulatedBoard, **options: object) -> SyntheticCamera:
    arguments = {"fit": FIT, "duration_s": 20.0, **options}
    return SyntheticCamera(board=board, **arguments)  # type: ignore[arg-type]


def shown(street: SyntheticCamera) -> list[Frame]:
    frames: list[Frame] = []
    while (frame := street.read(0)) is not None:
        frames.append(frame)
    return frames


def test_the_same_seed_gives_the_same_pictures(board: SimulatedBoard) -> None:
    first, second = shown(camera(board, seed=3)), shown(camera(board, seed=3))
    other = shown(camera(board, seed=4))

    assert all(
        np.array_equal(a.pixels, b.pixels) for a, b in zip(first, second, strict=True)
    )
    assert any(
        not np.array_equal(a.pixels, b.pixels)
        for a, b in zip(first, other, strict=True)
    )


def test_a_picture_is_drawn_where_the_truth_says(board: SimulatedBoard) -> None:
    street = camera(board, scene=Size(320, 240))
    empty = shown(camera(board, scene=Size(320, 240), interval_s=1e6, duration_s=0.1))
    changed_somewhere = 0

    for frame, truth in zip(shown(street), street.truth(), strict=True):
        assert frame.time_s == truth.time_s
        drawn = (frame.pixels != empty[0].pixels).any(axis=2)
        share = frame.pixels.shape[1] / frame.scene.width
        for x1, y1, x2, y2 in truth.boxes * share:
            changed_somewhere += 1
            inside = drawn[int(y1) : int(y2) + 1, int(x1) : int(x2) + 1]
            assert inside.mean() > 0.3
        # A walker who has hardly come in is drawn and not told.
        if len(truth.ids) == len(street._traffic.at(truth.time_s)):
            for x1, y1, x2, y2 in np.round(truth.boxes * share).astype(int):
                drawn[max(y1 - 1, 0) : y2 + 1, max(x1 - 1, 0) : x2 + 1] = False
            assert not drawn.any()
    assert changed_somewhere > 100


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param((0.0, 0.5), (1.0, 0.5), id="across"),
        pytest.param((1.0, 0.5), (0.0, 0.5), id="across, turned"),
        pytest.param((0.5, 0.0), (0.5, 1.0), id="down"),
        pytest.param((0.2, 0.3), (0.8, 0.7), id="aslant"),
    ],
)
def test_the_true_counts_are_those_of_feet_that_change_sides(
    board: SimulatedBoard, start: tuple[float, float], end: tuple[float, float]
) -> None:
    street = camera(board, duration_s=60.0)
    scene = np.array(street.scene)
    first, last = np.array(start) * scene, np.array(end) * scene
    along = last - first
    sides: dict[int, float] = {}
    forward = backward = 0
    for step in range(60 * 40):
        time_s = step / 40
        for mover in street._traffic.at(time_s):
            x1, _, x2, y2 = mover.box(time_s)
            foot = np.array([(x1 + x2) / 2, y2]) - first
            side = along[0] * foot[1] - along[1] * foot[0]
            before = sides.get(mover.object_id, side)
            share = foot @ along / (along @ along)
            if 0 <= share <= 1 and before * side < 0:
                forward, backward = forward + (side > 0), backward + (side < 0)
            sides[mover.object_id] = side

    told = street.crossings(start, end)

    assert (sum(told[0].values()), sum(told[1].values())) == (forward, backward)
    assert forward + backward > 10


def test_a_turned_line_swaps_the_directions(board: SimulatedBoard) -> None:
    street = camera(board, duration_s=60.0)

    assert (
        street.crossings((0, 0.5), (1, 0.5))
        == (street.crossings((1, 0.5), (0, 0.5))[::-1])
    )


def test_boxes_of_the_truth_lie_in_the_scene_and_ids_stay(
    board: SimulatedBoard,
) -> None:
    street = camera(board, duration_s=40.0)
    classes: dict[int, str] = {}

    for truth in street.truth():
        assert truth.boxes.shape == (len(truth.ids), 4)
        assert (truth.boxes >= 0).all()
        assert (truth.boxes[:, 2:] <= street.scene).all()
        assert (truth.boxes[:, 2:] > truth.boxes[:, :2]).all()
        for object_id, name in zip(truth.ids, truth.classes, strict=True):
            assert classes.setdefault(object_id, name) == name
    assert set(classes.values()) == {"person", "bicycle", "car"}


@pytest.mark.parametrize("scene", [Size(640, 480), Size(100, 2000), Size(2000, 100)])
def test_everybody_has_left_in_time(scene: Size) -> None:
    traffic = Traffic(scene, seed=1, interval_s=1.0)

    for object_id in range(500):
        mover = traffic._mover(object_id)
        assert 0 < mover.end_s - mover.begin_s < LIFE_S_MAX
        for time_s in (mover.begin_s, mover.end_s):
            x1, y1, x2, y2 = mover.box(time_s)
            width, height = scene
            gone = x2 <= 1e-6 or y2 <= 1e-6 or x1 >= width - 1e-6 or y1 >= height - 1e-6
            assert gone


def test_a_live_street_drops_what_nobody_took(board: SimulatedBoard) -> None:
    board.advance(7)
    street = camera(board, live=True, duration_s=None)
    first = street.read(0)
    board.advance(1.0)
    second = street.read(0)
    third = street.read(1)

    assert [frame and frame.time_s for frame in (first, second, third)] == (
        pytest.approx([7.0, 8.0, 8.1])
    )
    assert street.dropped == 9
    assert board.monotonic_s() == pytest.approx(8.1)


def test_a_live_street_without_a_frame_in_time_gives_none(
    board: SimulatedBoard,
) -> None:
    street = camera(board, live=True, rate_hz=2.0)
    street.read(0)

    assert street.read(0.3) is None
    assert street.read(0.3) is not None
    assert street.dropped == 0


def test_a_street_that_goes_on_for_ever_does_not_grow(board: SimulatedBoard) -> None:
    street = camera(board, duration_s=None, rate_hz=0.01)

    for _ in range(200):  # more than five hours
        frame = street.read(0)
        assert frame is not None
        frame.erase()

    assert not street.ended
    assert street._traffic._mover.cache_info().currsize <= 256
    assert next(itertools.islice(street.truth(), 200, None)).time_s == 20_000
