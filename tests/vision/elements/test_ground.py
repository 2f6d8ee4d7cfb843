"""From the picture to the ground."""

import numpy as np
import pytest

from tallypost.domain.vision import Size
from tallypost.vision.elements.ground import Ground, homography, project

SCENE = Size(1000, 500)
SEEN = ((0.1, 0.9), (0.9, 0.9), (0.6, 0.4), (0.4, 0.4))
RECTANGLE = ((0.0, 0.0), (8.0, 0.0), (8.0, 20.0), (0.0, 20.0))


def ground() -> Ground:
    return Ground(SEEN, RECTANGLE)


def camera(x: float, y: float) -> tuple[float, float]:
    """Where a camera sees a place: not affine, and known in closed form."""
    return (0.5 + 0.1 * (x - 4) / (1 + 0.1 * y)), 0.3 + 0.6 / (1 + 0.1 * y)


def test_four_points_are_met_exactly() -> None:
    places = ground().places(np.array(SEEN) * SCENE, SCENE)

    assert places == pytest.approx(np.array(RECTANGLE), abs=1e-9)
    assert ground().residuals_m == pytest.approx(np.zeros(4), abs=1e-9)


def test_every_place_of_the_plane_comes_back_not_only_those_it_was_made_of() -> None:
    seen = [camera(*place) for place in RECTANGLE]
    strangers = np.array([(1.0, 3.0), (7.0, 15.0), (-5.0, 30.0)])

    places = Ground(seen, RECTANGLE).places(
        np.array([camera(*place) for place in strangers]) * SCENE, SCENE
    )

    assert places == pytest.approx(strangers)


def test_more_than_four_points_share_what_is_wrong() -> None:
    picture = [*(camera(*place) for place in RECTANGLE), camera(4.0, 10.0)]
    wrong = (*RECTANGLE, (4.5, 10.0))

    off_m = Ground(picture, wrong).residuals_m

    assert 0.1 < off_m.max() < 0.5
    assert (off_m > 0).sum() > 1


def test_the_size_of_the_picture_does_not_matter() -> None:
    small, large = Size(320, 160), Size(3200, 1600)
    point = np.array([[0.5, 0.7]])

    assert ground().places(point * small, small) == pytest.approx(
        ground().places(point * large, large)
    )


def test_beyond_the_horizon_is_no_place() -> None:
    above = np.array([[0.5, 0.05], [0.5, 0.2]]) * SCENE

    assert np.isnan(ground().places(above, SCENE)).all()


def test_what_is_too_far_to_be_measured_is_no_place() -> None:
    near, far = camera(4.0, 20.0), camera(4.0, 300.0)
    seen = Ground([camera(*place) for place in RECTANGLE], RECTANGLE)

    places = seen.places(np.array([near, far]) * SCENE, SCENE)

    assert np.isfinite(places[0]).all()
    assert np.isnan(places[1]).all()


def test_slopes_are_what_a_pixel_more_changes() -> None:
    point = np.array([[480.0, 300.0]])
    step = 1e-3
    slopes = ground().measure(point, SCENE)[1][0]

    for axis in (0, 1):
        moved = point.copy()
        moved[0, axis] += step
        change = ground().places(moved, SCENE) - ground().places(point, SCENE)
        assert slopes[:, axis] == pytest.approx(change[0] / step, rel=1e-3)


def test_doubt_is_small_between_the_points_and_grows_away_from_them() -> None:
    ways = np.array([[4.0, 5.0], [4.0, 12.0], [4.0, 35.0]])

    doubts = ground().doubts(ways, ways + np.array([0.0, 3.0]))

    assert doubts[0] < 0.05
    assert doubts[2] > doubts[1] > 0.01


def test_a_mirrored_ground_is_one_too() -> None:
    mirrored = [(-x, y) for x, y in RECTANGLE]
    matrix = homography(np.array(SEEN), np.array(mirrored))

    assert project(matrix, np.array(SEEN)) == pytest.approx(np.array(mirrored))
