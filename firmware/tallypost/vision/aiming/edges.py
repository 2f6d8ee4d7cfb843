"""Finds edges on a grid so coarse that nothing smaller than a cell exists in it."""

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


def edges(pixels: Pixels) -> Cells:
    """Return in which cells an edge is.

    Means over cells come first, so that no detail finer than a cell is in what follows;
    then the logarithm of light, so that exposure and clouds change little, its
    differences, and one bit a cell by its own surroundings. All that is made on the way
    is overwritten.

    Args:
        pixels: Any size, at least 1x1; may be a strided view.
    """
    height, width = pixels.shape[:2]
    light = means(pixels, side_of(width, height))
    light += np.float32(SOFTENING)
    np.log(light, out=light)
    across, down = _steps(light), _steps(light.T).T
    slope = np.hypot(across, down)
    around = _around(slope)
    ridge = np.where(np.abs(across) >= np.abs(down), _beside(slope), _beside(slope.T).T)
    ridge *= np.float32(RIDGE_SHARE)
    found = (slope > np.maximum(around, np.float32(CONTRAST_MIN))) & (slope >= ridge)
    for each in (light, across, down, slope, around, ridge):
        each.fill(0)
    return np.asarray(found)


def _steps(light: Luma) -> Luma:
    """Return differences between the cell to the right and the cell to the left."""
    steps = np.zeros(light.shape, np.float32)
    np.subtract(light[:, 2:], light[:, :-2], out=steps[:, 1:-1])
    return steps


def _beside(slope: Luma) -> Luma:
    """Return the greater of the neighbours to the left and to the right."""
    greater = np.zeros(slope.shape, np.float32)
    greater[:, 1:] = slope[:, :-1]
    np.maximum(greater[:, :-1], slope[:, 1:], out=greater[:, :-1])
    return greater


def _around(slope: Luma) -> Luma:
    """Return means over the cells around each, as far as there are any."""
    return _running(_running(slope).T).T


def _running(values: Luma) -> Luma:
    """Return means along each row, over `REACH` cells to either side."""
    sums = np.zeros((len(values), values.shape[1] + 1), np.float32)
    np.cumsum(values, axis=1, out=sums[:, 1:])
    at = np.arange(values.shape[1])
    first = np.maximum(at - REACH, 0)
    last = np.minimum(at + REACH + 1, values.shape[1])
    found = (sums[:, last] - sums[:, first]) / (last - first).astype(np.float32)
    sums.fill(0)
    return np.asarray(found)
