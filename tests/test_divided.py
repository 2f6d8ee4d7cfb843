"""Rows of spaces are divided as a camera sees them."""

import numpy as np
import pytest

from tallypost.geometry import Points, divided

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def seen(places: Points) -> Points:
    """Where a camera sees places on the ground."""
    x, y = places[..., 0], places[..., 1]
    depth = 4 + 0.5 * x + 2 * y
    return np.stack([(3 * x + y) / depth, (5 - x + y) / depth], axis=-1)


def test_a_square_is_cut_into_equal_slices() -> None:
    slices = divided(SQUARE, 4)

    assert slices.shape == (4, 4, 2)
    assert slices[1] == pytest.approx(
        np.array([[0.25, 0], [0.5, 0], [0.5, 1], [0.25, 1]])
    )


def test_one_part_is_the_whole() -> None:
    assert divided(seen(SQUARE), 1)[0] == pytest.approx(seen(SQUARE))


@pytest.mark.parametrize("count", [2, 7, 200])
def test_the_parts_are_equal_on_the_ground_not_on_the_picture(count: int) -> None:
    expected = seen(divided(SQUARE, count))

    assert divided(seen(SQUARE), count) == pytest.approx(expected)
    widths = np.hypot(*(expected[:, 1] - expected[:, 0]).T)
    assert widths[0] / widths[-1] > 1.1
