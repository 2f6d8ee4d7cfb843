"""Tells where points lie to many polygons at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

_LEVEL_PX = 1e-9
"""Nobody stands between the ends of a side that falls by less."""


class Polygons:
    """The sides of all polygons in one row: NumPy takes as long for one as for twenty.

    Args:
        polygons: The corners of each in order, x y in 0..1 of the picture; they close
            by themselves.
    """

    def __init__(self, polygons: Sequence[Sequence[tuple[float, float]]]) -> None:
        counts = [len(each) for each in polygons]
        self._first = np.concatenate([[0], np.cumsum(counts[:-1])]).astype(np.intp)
        self._owner = np.repeat(np.arange(len(counts)), counts)
        self._from = np.concatenate([np.array(each, np.float64) for each in polygons])
        self._next = np.arange(len(self._from)) + 1
        self._next[self._first + counts - 1] = self._first
        self._to = self._from[self._next]
        self.fit(Size(1, 1))

    def fit(self, scene: Size) -> None:
        """Draw them on pictures of this size."""
        start, end = self._from * scene, self._to * scene
        self._left, self._top = start.T.copy()
        self._across, self._down = (end - start).T.copy()
        level = np.abs(self._down) < _LEVEL_PX
        slope = self._across / np.where(level, 1.0, self._down)
        self._slope, self._x_at_0 = slope, self._left - slope * self._top
        spans = self._across**2 + self._down**2
        spans = np.maximum(spans, np.finfo(float).tiny)
        self._along_x, self._along_y = self._across / spans, self._down / spans

    def inside(self, x: Numbers, y: Numbers) -> Mask:
        """Return who is inside which polygon.

        Args:
            x: Shape (n,), pixels.
            y: Shape (polygons, n), or (1, n) where it is the same for all.

        Returns:
            Shape (n, polygons). Source: W. R. Franklin, "PNPOLY", even-odd rule.
        """
        heights = y if len(y) == 1 else y[self._owner]
        above = self._top[:, None] > heights
        met = above != above[self._next]
        met &= x < self._slope[:, None] * heights + self._x_at_0[:, None]
        odd = np.logical_xor.reduceat(met, self._first, axis=0)
        return np.ascontiguousarray(odd.T)

    def distances(self, x: Numbers, y: Numbers, places: Places) -> Numbers:
        """Return how far each point is from the border of its polygon: shape (n,).

        Args:
            x: Shape (n,), pixels.
            y: Shape (n,), pixels.
            places: Shape (n,), which polygon is meant.
        """
        away_x, away_y = x[:, None] - self._left, y[:, None] - self._top
        along = away_x * self._along_x + away_y * self._along_y
        along = np.minimum(np.maximum(along, 0.0), 1.0)
        away_x -= along * self._across
        away_y -= along * self._down
        squares = away_x * away_x + away_y * away_y
        nearest = np.minimum.reduceat(squares, self._first, axis=1)
        return np.asarray(np.sqrt(nearest[np.arange(len(places)), places]))
