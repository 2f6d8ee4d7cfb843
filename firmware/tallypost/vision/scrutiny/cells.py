"""Sums a picture up in a coarse grid of cells, by which nobody can be known again."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tallypost.vision.glimpse import Glimpse, Luma, steps_across

Grid = NDArray[np.float32]
"""Shape `SHAPE`, one value a cell."""

SHAPE = (12, 16)
SOFTENING = 8.0
"""Added before the logarithm is taken, in levels of 0..255: noise in the dark."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """How much there is to see in each cell, at three scales.

    Differences are those of the logarithm of light, so that exposure, clouds and gain
    change none of them. Source: the retinex model, E. H. Land and J. J. McCann,
    "Lightness and Retinex Theory", J. Opt. Soc. Am. 61(1), 1971.

    Attributes:
        level: Mean luma, 0..255.
        fine: Differences between neighbouring pixels.
        coarse: Differences between neighbouring blocks of the glimpse.
        gross: Differences between neighbouring cells.
    """

    level: Grid
    fine: Grid
    coarse: Grid
    gross: Grid

    @property
    def structure(self) -> Grid:
        """What is still there when a lens is out of focus, and gone when covered."""
        return self.coarse + self.gross


def logarithm(luma: Luma) -> Luma:
    """Return the softened logarithm of light, of the same shape.

    It shows what the glimpse shows: whoever asks for it overwrites it.
    """
    light = luma + np.float32(SOFTENING)
    np.log(light, out=light)
    return light


def cells(seen: Glimpse, light: Luma) -> Cells:
    """Return the cells of a glimpse.

    Args:
        seen: At least one block.
        light: `logarithm(seen.luma)`.
    """
    level = _means(seen.luma)
    relative = seen.luma + np.float32(SOFTENING)
    np.divide(seen.detail, relative, out=relative)
    differences = _differences(light)
    found = Cells(
        level=level,
        fine=_means(relative),
        coarse=_means(differences),
        gross=_differences(logarithm(level)),
    )
    for each in (relative, differences):
        each.fill(0)
    return found


def _differences(light: Luma) -> Luma:
    """Return the sum of absolute differences to the right-hand and lower neighbour."""
    sums, steps = np.zeros_like(light), steps_across(light)
    sums += np.abs(steps, out=steps)
    steps[0] = 0
    np.subtract(light[1:], light[:-1], out=steps[1:])
    sums += np.abs(steps, out=steps)
    steps.fill(0)
    return sums


def _means(values: Luma) -> Grid:
    rows, columns = values.shape
    bands = np.einsum("ir,rc->ic", _averaging(SHAPE[0], rows), values)  # `@` keeps one
    return np.asarray(bands @ _averaging(SHAPE[1], columns).T)


@lru_cache(maxsize=8)
def _averaging(cells: int, values: int) -> NDArray[np.float32]:
    """Return what averages values into cells of equal width: shape (cells, values)."""
    edges = np.linspace(0, values, cells + 1)
    at = np.arange(values)
    first = np.maximum(edges[:-1, None], at)
    last = np.minimum(edges[1:, None], at + 1)
    shares = np.clip(last - first, 0, None)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)
