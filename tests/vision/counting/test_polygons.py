"""Many polygons at once: each is told what it would be told alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.vision import Size
from tallypost.geometry import inside
from tallypost.vision.counting.polygons import Polygons

SCENE = Size(640, 360)
TRIANGLE = ((0.1, 0.1), (0.9, 0.2), (0.5, 0.9))
SQUARE = ((0.25, 0.25), (0.5, 0.25), (0.5, 0.5), (0.25, 0.5))

shares = st.integers(0, 1000).map(lambda share: share / 1000)
corners = st.lists(st.tuples(shares, shares), min_size=3, max_size=9)


@given(st.lists(corners, min_size=1, max_size=6), st.integers(0, 1000))
@settings(deadline=None, max_examples=100)
def test_each_polygon_holds_whom_it_holds_alone(
    polygons: list[list[tuple[float, float]]], seed: int
) -> None:
    points = np.random.default_rng(seed).uniform(0, 1, (50, 2)) * SCENE
    many = Polygons(polygons)
    many.fit(SCENE)

    held = many.inside(points[:, 0], points[None, :, 1])

    for place, polygon in enumerate(polygons):
        assert (held[:, place] == inside(points, np.array(polygon) * SCENE)).all()


def test_an_object_may_stand_elsewhere_for_each_polygon() -> None:
    many = Polygons([SQUARE, SQUARE])
    many.fit(SCENE)

    held = many.inside(np.array([240.0]), np.array([[135.0], [200.0]]))

    assert held.tolist() == [[True, False]]


def test_a_distance_is_that_to_the_border_of_the_polygon_that_is_meant() -> None:
    many = Polygons([TRIANGLE, SQUARE])
    many.fit(SCENE)
    x, y = np.array([240.0, 100.0, 330.0]), np.array([135.0, 80.0, 192.0])

    away = many.distances(x, y, np.array([1, 1, 1]))

    # From the middle to a side, past a corner, and past another.
    assert away == pytest.approx([45.0, np.hypot(60, 10), np.hypot(10, 12)])
