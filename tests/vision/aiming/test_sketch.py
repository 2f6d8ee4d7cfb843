"""What a sketch shows: what stands still, and nothing of anybody."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.aiming import (
    SKETCH_CELLS_MAX,
    SKETCH_EVERY_S,
    SKETCH_SIDE_MAX,
)
from tallypost.domain.vision import Pixels
from tallypost.vision.aiming.edges import edges, grid_of
from tallypost.vision.aiming.sketch import LOOK_EVERY_S, LOOKS, Sketcher
from tests.vision.aiming.world import (
    CELL,
    NOBODY,
    SCENE,
    SIZE,
    STEP_S,
    Paint,
    cells,
    found,
    frames,
    sketch,
    street,
)

MEMORY_S = LOOKS * LOOK_EVERY_S
Sides = tuple[float, float, float, float]


def noise(seed: int) -> Pixels:
    shape = (SIZE.height, SIZE.width, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def patch(box: Sides, seed: int) -> Paint:
    """Somebody who stands in a box, and looks like nobody else."""
    x1, y1, x2, y2 = (np.array(box) * np.tile(SIZE, 2)).round().astype(int)

    def paint(pixels: Pixels, _: float) -> None:
        pixels[y1:y2, x1:x2] = noise(seed)[y1:y2, x1:x2]

    return paint


def rough(pixels: Pixels, _: float) -> None:
    """Gravel and leaves all over, so that every cell is a near thing."""
    pixels[...] = pixels // 2 + noise(1000) // 4


def walker(speed: float, seed: int, width: int = 12, height: int = 45) -> Paint:
    """Somebody who walks along, so many widths of the picture a second."""

    def paint(pixels: Pixels, time_s: float) -> None:
        left = int(time_s * speed * SIZE.width) % (SIZE.width - width)
        body = noise(seed)[:height, :width]
        pixels[-height:, left : left + width] = body

    return paint


def test_kerbs_poles_and_houses_are_drawn() -> None:
    drawn = sketch(frames())

    kerb, pole, house = drawn[17:19], drawn[6:17, 39:42], drawn[9:11, 5:16]
    assert kerb.any(axis=0).mean() > 0.9
    assert pole.any(axis=1).mean() > 0.9
    assert house.any(axis=0).all()
    assert not drawn[26:].any(), "there is nothing on the road"


@settings(max_examples=25, deadline=None)
@given(
    corner=st.tuples(st.floats(0, 0.85), st.floats(0, 0.85)),
    size=st.tuples(st.floats(0.02, 0.5), st.floats(0.02, 0.6)),
    seeds=st.tuples(st.integers(0, 99), st.integers(100, 199)),
)
def test_whoever_stands_in_a_box_makes_no_difference_to_any_cell(
    corner: tuple[float, float], size: tuple[float, float], seeds: tuple[int, int]
) -> None:
    """Two videos that differ only inside what was found give the same bits."""
    x1, y1 = corner
    box = (x1, y1, min(x1 + size[0], 1.0), min(y1 + size[1], 1.0))
    here = found(box)

    one, other = (
        sketch(frames(rough, patch(box, seed)), lambda _: here) for seed in seeds
    )

    np.testing.assert_array_equal(one, other)


def test_who_was_found_once_is_blank_until_all_looks_of_then_are_forgotten() -> None:
    box = (0.4, 0.3, 0.5, 0.7)
    once_s = 12.0

    def at(seconds: float) -> np.ndarray:
        seen = frames(lasts_s=once_s + seconds + STEP_S)
        return sketch(seen, lambda t: found(box) if t == once_s else NOBODY)

    within, near = np.zeros((2, 36, 64), np.bool_)
    within[7:29, 23:34] = True  # the box, 15 % of it and a cell to each side
    near[6:30, 22:35] = True
    assert not at(MEMORY_S - 1.0)[within].any()
    assert at(MEMORY_S + 1.0)[within].any(), "the kerb behind is there again"
    np.testing.assert_array_equal(at(0.0)[~near], sketch(frames())[~near])


def test_whoever_is_found_between_two_looks_that_are_kept_is_blank_too() -> None:
    box = (0.4, 0.3, 0.5, 0.7)
    between_s = 10.0 + STEP_S  # looks are kept at whole and half seconds

    drawn = sketch(frames(), lambda t: found(box) if t == between_s else NOBODY)

    assert not drawn[7:29, 23:34].any()


@settings(max_examples=15, deadline=None)
@given(
    speed=st.floats(0.04, 0.5), seeds=st.tuples(st.integers(0, 9), st.integers(10, 19))
)
def test_who_walks_is_in_no_sketch_even_where_no_detector_finds_him(
    speed: float, seeds: tuple[int, int]
) -> None:
    """On a road without edges nothing at all is drawn where anybody walks."""
    for seed in seeds:
        drawn = sketch(frames(walker(speed, seed)))

        assert not drawn[25:].any()


def test_who_stands_and_is_not_found_is_a_blot_of_coarse_cells() -> None:
    """The worst case, which the benchmark measures: it must not be hidden."""
    drawn = sketch(frames(patch((0.5, 0.75, 0.54, 0.98), 1)))

    assert 0 < drawn[25:].sum() < 40


def test_where_nobody_looked_for_people_nothing_is_drawn() -> None:
    left = np.array([[0, 0, SCENE.width / 2, np.inf]], np.float32)
    here = replace(NOBODY, looked=left)

    drawn = sketch(frames(), lambda _: here)

    assert drawn[:, :30].any()
    assert not drawn[:, 32:].any()


def test_what_is_where_nobody_looked_makes_no_difference_to_any_cell() -> None:
    left = np.array([[0, 0, SCENE.width / 2, np.inf]], np.float32)
    here = replace(NOBODY, looked=left)
    right = (0.5, 0.0, 1.0, 1.0)

    def at_night(pixels: Pixels, _: float) -> None:
        pixels[:, SIZE.width // 2 :] = 0

    for seed in range(4):
        one = sketch(frames(rough, patch(right, seed)), lambda _: here)
        other = sketch(frames(rough, at_night), lambda _: here)

        np.testing.assert_array_equal(one, other)


@settings(max_examples=30, deadline=None)
@given(width=st.integers(1, 700), height=st.integers(1, 700), seed=st.integers(0, 1000))
def test_no_picture_has_more_cells_than_may_be_told(
    width: int, height: int, seed: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    grid = grid_of(pixels)
    found_in = edges(pixels, np.zeros(grid[:2], np.bool_))

    assert found_in.shape == grid[:2]
    assert 0 < max(found_in.shape) <= SKETCH_SIDE_MAX
    assert found_in.size <= SKETCH_CELLS_MAX


@settings(max_examples=30, deadline=None)
@given(seeds=st.tuples(*[st.integers(0, 1000)] * 3), share=st.floats(0.0, 1.0))
def test_what_is_in_covered_cells_changes_no_edge_of_any_other(
    seeds: tuple[int, int, int], share: float
) -> None:
    covered = np.random.default_rng(seeds[0]).random((36, 64)) < share
    inside = np.kron(covered, np.ones((CELL, CELL), np.bool_))
    one, other = noise(seeds[1]), noise(seeds[1])
    other[inside] = noise(seeds[2])[inside]

    found_in = edges(one, covered)

    np.testing.assert_array_equal(found_in, edges(other, covered))
    assert not found_in[covered].any()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_no_detail_finer_than_a_cell_is_in_any_edge(seed: int) -> None:
    """Pixels may change places within their cell: nobody can tell."""
    pixels = noise(seed) // 4 + street() // 2
    blocks = pixels.reshape(36, CELL, 64, CELL, 3).swapaxes(1, 2)
    flat = blocks.reshape(36, 64, CELL * CELL, 3)
    shuffled = np.random.default_rng(seed).permuted(np.arange(CELL * CELL))
    other = flat[:, :, shuffled].reshape(36, 64, CELL, CELL, 3).swapaxes(1, 2)
    free = np.zeros((36, 64), np.bool_)

    np.testing.assert_array_equal(
        edges(pixels, free), edges(other.reshape(pixels.shape), free)
    )


def test_a_cloud_changes_no_sketch() -> None:
    def cloud(pixels: Pixels, _: float) -> None:
        pixels[...] = pixels // 2

    drawn, darker = sketch(frames()), sketch(frames(cloud))

    assert (drawn == darker).mean() > 0.98


def test_there_is_no_sketch_more_often_than_may_be() -> None:
    sketcher, told_s = Sketcher(), []
    for time_s, pixels in frames():
        sketcher.look(pixels, NOBODY, SCENE, time_s)
        if sketcher.take(time_s) is not None:
            told_s.append(time_s)

    assert len(told_s) > 2
    assert min(np.diff(told_s)) >= SKETCH_EVERY_S


def test_nothing_is_drawn_before_it_has_stood_for_seconds() -> None:
    assert not sketch(frames(lasts_s=5.0)).any()


def test_who_forgets_draws_nothing_of_before() -> None:
    sketcher = Sketcher()
    for time_s, pixels in frames():
        sketcher.look(pixels, NOBODY, SCENE, time_s)
    sketcher.forget()
    assert sketcher.take(1e6) is None
    sketcher.look(street(), NOBODY, SCENE, 13.0)

    assert not cells(sketcher.take(1e6)).any()


@pytest.mark.parametrize("size", [(90, 160), (180, 320)])
def test_pictures_of_another_size_begin_anew(size: tuple[int, int]) -> None:
    sketcher = Sketcher()
    for time_s, pixels in frames():
        sketcher.look(pixels, NOBODY, SCENE, time_s)
    sketcher.look(np.zeros((*size, 3), np.uint8)[:, : size[0]], NOBODY, SCENE, 13.0)

    assert not cells(sketcher.take(1e6)).any()
