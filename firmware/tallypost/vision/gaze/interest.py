"""Says where on the scene it matters who is there: a raster of the site's drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Points, Size
from tallypost.geometry import Boxes, inside

Raster = NDArray[np.bool_]
"""Shape (rows, columns): which cells of the scene matter."""


@dataclass(frozen=True, slots=True)
class Interest:
    """A line that is crossed, or an area that is watched: a zone, a parking space.

    Attributes:
        corners: x and y, 0..1 of the picture; an area has three or more.
        is_area: Whether what lies between the corners matters too.
    """

    corners: tuple[tuple[float, float], ...]
    is_area: bool


def raster(interests: Sequence[Interest], scene: Size, cell_px: int) -> Raster:
    """Return the cells that any interest touches; one too many rather than too few.

    Args:
        interests: What matters.
        scene: Size of the picture.
        cell_px: Side of a cell; the last row and column may be cut.
    """
    columns, rows = (-(-side // cell_px) for side in scene)
    touched = np.zeros((rows, columns), np.bool_)
    last = np.array([columns - 1, rows - 1] * 2)
    for interest in interests:
        corners = np.array(interest.corners) * scene
        ends = [*corners, corners[0]] if interest.is_area else [*corners]
        for first, second in pairwise(ends):
            cells = np.floor(_pieces(first, second, cell_px) / cell_px).astype(int)
            for left, top, right, bottom in np.clip(cells, 0, last).tolist():
                touched[top : bottom + 1, left : right + 1] = True
        if interest.is_area:
            touched |= _within(corners, touched.shape, cell_px)
    return touched


def _pieces(start: Points, end: Points, length_px: int) -> Boxes:
    """Return the boxes round the pieces of a way: shape (n, 4)."""
    count = max(int(np.ceil(np.abs(end - start).max() / length_px)), 1)
    points = start + np.linspace(0, 1, count + 1)[:, None] * (end - start)
    low = np.minimum(points[:-1], points[1:])
    high = np.maximum(points[:-1], points[1:])
    return np.concatenate([low, high], axis=1)


def _within(corners: Points, shape: tuple[int, ...], cell_px: int) -> Raster:
    """Return the cells whose middle lies in a polygon; its border is seen to above."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    middles = (np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5) * cell_px
    return inside(middles, corners).reshape(shape)
