"""Finds edges on a grid so coarse that nothing smaller than a cell exists in it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.aiming import SKETCH_CELLS_MAX, SKETCH_SIDE_MAX
from tallypost.domain.vision import Pixels
from tallypost.vision.glimpse import Luma, means

Cells = NDArray[np.bool_]
"""Shape (rows, columns)."""

SOFTENING = 8.0
"""Added before the logarithm is taken, in levels of 0..255: noise in the dark."""
CONTRAST_MIN = 0.12
"""Of the logarithm of light, over two cells: an eighth brighter or darker."""
REACH = 3
"""An edge stands out from the cells up to so far around it."""
RIDGE_SHARE = 0.9
"""It is no weaker than so much of its neighbours across: edges are thin."""


def side_of(width: int, height: int) -> int:
    """Return the side of a cell, in pixels, so that no more cells than may be are."""
    side = -(-max(width, height) // SKETCH_SIDE_MAX)
    while (width // side) * (height // side) > SKETCH_CELLS_MAX:
        side += 1
    return side


class Grid(NamedTuple):
    """The cells of a picture.

    Attributes:
        rows: So many.
        columns: So many.
        across: Which share of the picture's width a cell has.
        down: Which share of its height.
    """

    rows: int
    columns: int
    across: float
    down: float


def grid_of(pixels: Pixels) -> Grid:
    """Return the cells of a picture; what fills none at its end is left out."""
    height, width = pixels.shape[:2]
    side = side_of(width, height)
    return Grid(height // side, width // side, side / width, side / height)


def edges(pixels: Pixels, covered: Cells) -> Cells:
    """Return in which cells an edge is.

    Means over cells come first, so that no detail finer than a cell is in what follows;
    then the logarithm of light, so that exposure and clouds change little, its
    differences, and one bit a cell by its own surroundings. All that is made on the way
    is overwritten.

    What is in a covered cell changes nothing of any: no difference is taken from it,
    and it counts for nobody's surroundings.

    Args:
        pixels: Any size, at least 1x1; may be a strided view.
        covered: Of the shape of its grid, cells that are to be left out.
    """
    height, width = pixels.shape[:2]
    light = means(pixels, side_of(width, height))
    light += np.float32(SOFTENING)
    np.log(light, out=light)
    free = np.asarray(~covered, np.float32)
    across, down = _steps(light, free), _steps(light.T, free.T).T
    slope = np.hypot(across, down)
    slope *= free
    around = _sums(slope) / np.maximum(_sums(free), 1)
    ridge = np.where(np.abs(across) >= np.abs(down), _beside(slope), _beside(slope.T).T)
    ridge *= np.float32(RIDGE_SHARE)
    found = (slope > np.maximum(around, np.float32(CONTRAST_MIN))) & (slope >= ridge)
    for each in (light, across, down, slope, around, ridge):
        each.fill(0)
    return np.asarray(found)


def _steps(light: Luma, free: Luma) -> Luma:
    """Return differences between the cell to the right and the cell to the left."""
    steps = np.zeros(light.shape, np.float32)
    np.subtract(light[:, 2:], light[:, :-2], out=steps[:, 1:-1])
    steps[:, 1:-1] *= free[:, 2:]
    steps[:, 1:-1] *= free[:, :-2]
    return steps


def _beside(slope: Luma) -> Luma:
    """Return the greater of the neighbours to the left and to the right."""
    greater = np.zeros(slope.shape, np.float32)
    greater[:, 1:] = slope[:, :-1]
    np.maximum(greater[:, :-1], slope[:, 1:], out=greater[:, :-1])
    return greater


def _sums(values: Luma) -> Luma:
    """Return sums over the cells around each, `REACH` of them to every side."""
    return _running(_running(values).T).T


def _running(values: Luma) -> Luma:
    sums = np.zeros(values.shape, np.float32)
    for shift in range(-REACH, REACH + 1):
        low, high = max(shift, 0), values.shape[1] + min(shift, 0)
        if low < high:
            sums[:, low:high] += values[:, low - shift : high - shift]
    return sums
