"""Regions, and whether everybody who matters is whole in one of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.vision import Region, Size
from tallypost.geometry import inside
from tallypost.vision.gaze.interest import Interest
from tallypost.vision.gaze.planner import (
    ENLARGEMENT_MAX,
    ZOOM_MAX,
    plan,
    region_size,
)

SHARES = st.floats(0, 1, allow_subnormal=False)
POINTS = st.tuples(SHARES, SHARES)
SCENES = st.builds(Size, st.integers(64, 2000), st.integers(64, 1500))
FITS = st.sampled_from([Size(300, 300), Size(320, 320), Size(448, 448), Size(320, 192)])
LINES = st.builds(lambda a, b: Interest((a, b), is_area=False), POINTS, POINTS)
ZONES = st.builds(
    lambda x, y, w, h: Interest(
        ((x, y), (min(x + w, 1), y), (min(x + w, 1), min(y + h, 1)), (x, y + h / 2)),
        is_area=True,
    ),
    SHARES,
    st.floats(0, 0.5),
    st.floats(0.05, 1),
    st.floats(0.05, 1),
)
INTERESTS = st.lists(st.one_of(LINES, ZONES), min_size=1, max_size=4)


def points_of(interest: Interest, scene: Size) -> np.ndarray:
    """Many points that matter, in pixels."""
    corners = np.array(interest.corners)
    shares = np.linspace(0, 1, 23)[:, None]
    ends = np.roll(corners, -1, axis=0) if interest.is_area else corners[1:]
    borders = [a + shares * (b - a) for a, b in zip(corners, ends, strict=False)]
    points = np.concatenate(borders)
    if interest.is_area:
        grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 31)] * 2), -1).reshape(-1, 2)
        points = np.concatenate([points, grid[inside(grid, corners)]])
    return points * scene


def standing(points: np.ndarray, side: Size, scene: Size) -> np.ndarray:
    """Boxes of those who stand there, as large as a region must hold, as seen."""
    width, height = side.width / 3 - 8, side.height / 3 - 8
    boxes = np.stack(
        [
            points[:, 0] - width / 2,
            points[:, 1] - height,
            points[:, 0] + width / 2,
            points[:, 1],
        ],
        axis=1,
    )
    limits = np.array([side // 2 * 2 for side in scene] * 2)
    return np.asarray(np.clip(boxes, 0, limits))


@settings(max_examples=60, deadline=None)
@given(INTERESTS, SCENES, FITS, st.integers(1, 6), st.floats(1, 3))
def test_whoever_stands_on_what_matters_is_whole_in_a_region(
    interests: list[Interest], scene: Size, fit: Size, most: int, zoom_min: float
) -> None:
    regions = plan(interests, scene=scene, fit=fit, regions_max=most, zoom_min=zoom_min)

    share = min(fit.width / scene.width, fit.height / scene.height)
    assert bool(regions) == (zoom_min * share <= ENLARGEMENT_MAX)
    if not regions:
        return
    parts = np.array([(*r[:2], r.left + r.width, r.top + r.height) for r in regions])
    for interest in interests:
        boxes = standing(points_of(interest, scene), regions[0].size, scene)
        held = (boxes[:, None, :2] >= parts[None, :, :2] - 1e-6) & (
            boxes[:, None, 2:] <= parts[None, :, 2:] + 1e-6
        )
        assert np.any(held.all(axis=2), axis=1).all()


@settings(max_examples=60, deadline=None)
@given(INTERESTS, SCENES, FITS, st.integers(1, 6), st.floats(1, 3))
def test_regions_lie_in_the_scene_and_are_of_one_even_size(
    interests: list[Interest], scene: Size, fit: Size, most: int, zoom_min: float
) -> None:
    regions = plan(interests, scene=scene, fit=fit, regions_max=most, zoom_min=zoom_min)

    assert len({region.size for region in regions}) <= 1
    assert len(set(regions)) == len(regions)
    for region in regions:
        assert all(part % 2 == 0 for part in region)
        assert min(region[:2]) >= 0
        assert region.left + region.width <= scene.width
        assert region.top + region.height <= scene.height


@settings(max_examples=30, deadline=None)
@given(INTERESTS, SCENES, FITS, st.integers(1, 6))
def test_there_are_more_regions_than_allowed_only_at_the_least_zoom(
    interests: list[Interest], scene: Size, fit: Size, most: int
) -> None:
    regions = plan(interests, scene=scene, fit=fit, regions_max=most, zoom_min=1.5)

    if len(regions) > most:
        assert regions[0].size == region_size(scene, fit, 1.5)


def test_more_looks_bring_a_line_nearer() -> None:
    line = [Interest(((0.0, 0.5), (1.0, 0.5)), is_area=False)]
    scene, fit = Size(1280, 720), Size(320, 320)

    widths = [
        plan(line, scene=scene, fit=fit, regions_max=most, zoom_min=1.2)[0].width
        for most in (2, 3, 4)
    ]

    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == 3


def test_where_nothing_is_drawn_all_of_the_scene_matters() -> None:
    scene = Size(1280, 720)
    regions = plan([], scene=scene, fit=Size(320, 320), regions_max=6, zoom_min=1.5)

    seen = np.zeros((720, 1280), np.bool_)
    for left, top, width, height in regions:
        seen[top : top + height, left : left + width] = True
    assert 1 < len(regions) <= 6
    assert seen.all()


def test_nobody_falls_between_the_regions_and_the_whole() -> None:
    """A short line asks for one small region: it stays large enough for neighbours."""
    scene, fit = Size(1920, 1080), Size(320, 320)
    short = [Interest(((0.5, 0.5), (0.52, 0.5)), is_area=False)]

    (region,) = plan(short, scene=scene, fit=fit, regions_max=4, zoom_min=1.5)

    assert region.width == pytest.approx(scene.width / ZOOM_MAX, abs=2)


def test_the_middle_of_a_short_line_is_the_middle_of_its_region() -> None:
    scene = Size(1200, 1200)
    short = [Interest(((0.5, 0.5), (0.51, 0.5)), is_area=False)]

    (region,) = plan(
        short, scene=scene, fit=Size(320, 320), regions_max=1, zoom_min=1.5
    )

    assert region.left + region.width / 2 == pytest.approx(606, abs=25)


def test_a_scene_that_is_seen_whole_needs_no_regions() -> None:
    line = [Interest(((0.0, 0.5), (1.0, 0.5)), is_area=False)]
    small = {"scene": Size(160, 120), "fit": Size(320, 320), "regions_max": 4}

    assert plan(line, **small, zoom_min=1.5) == ()  # type: ignore[arg-type]
    assert plan(line, **small, zoom_min=1.0) != ()  # type: ignore[arg-type]


def test_a_region_of_the_inputs_shape_fills_the_input() -> None:
    assert region_size(Size(1280, 720), Size(320, 192), 2.0) == Size(640, 384)
    assert region_size(Size(768, 576), Size(320, 320), 1.2) == Size(640, 576)
    assert Region(2, 4, 6, 8).size == Size(6, 8)
