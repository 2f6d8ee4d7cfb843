"""Tells where points lie to many polygons at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


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
        self._to = np.concatenate([np.roll(each, -1, axis=0) for each in polygons])
        self.fit(Size(1, 1))

    def fit(self, scene: Size) -> None:
        """Draw them on pictures of this size."""
        self._start = self._from * scene
        self._way = self._to * scene - self._start
        x, y = self._start.T
        across, down = self._way.T
        slope = across / np.where(down == 0, 1.0, down)
        self._top, self._bottom = y[:, None], (y + down)[:, None]
        self._slope, self._x_at_0 = slope[:, None], (x - slope * y)[:, None]
        spans = np.maximum((self._way**2).sum(axis=1), np.finfo(float).tiny)
        self._along = self._way / spans[:, None]

    def inside(self, x: Numbers, y: Numbers) -> Mask:
        """Return who is inside which polygon.

        Args:
            x: Shape (n,), pixels.
            y: Shape (polygons, n): an object may stand for itself elsewhere for each.

        Returns:
            Shape (n, polygons). Source: W. R. Franklin, "PNPOLY", even-odd rule.
        """
        heights = y[self._owner]
        met = (self._top > heights) != (self._bottom > heights)
        met &= x < self._slope * heights + self._x_at_0
        return np.asarray(np.logical_xor.reduceat(met, self._first, axis=0).T)

    def distances(self, points: Numbers, places: Places) -> Numbers:
        """Return how far each point is from the border of its polygon: shape (n,).

        Args:
            points: Shape (n, 2), pixels.
            places: Shape (n,), which polygon is meant.
        """
        gaps = points[:, None] - self._start
        along = np.clip((gaps * self._along).sum(axis=2), 0.0, 1.0)
        gaps -= along[..., None] * self._way
        squares = np.minimum.reduceat((gaps**2).sum(axis=2), self._first, axis=1)
        return np.asarray(np.sqrt(squares[np.arange(len(points)), places]))
