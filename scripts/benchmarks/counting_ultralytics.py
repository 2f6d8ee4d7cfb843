"""Counts as Ultralytics' `solutions.ObjectCounter` is documented to.

Written anew from what its makers say that it does, because the package is under the
AGPL and heavy; it is no copy, and it is a part of the benchmark only.

Sources: docs.ultralytics.com, "Reference for ultralytics/solutions/object_counter.py"
(each track counts once; centres of boxes; a region of two points is a line, of more a
polygon); pull request 17607, release 8.3.33 (a line is met by the step between two
centres; in is to the right over an upright line and downward over a level one); pull
requests 25104 and 25492, July 2026 (a polygon counts whose centre lies inside, or whose
step from outside leads through it; in is to the right or downward, along the longer
axis of the way over the last five places).
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import crosses, inside

Points = NDArray[np.float64]

_LINE_POINTS = 2
_BASELINE = 5


class ObjectCounting:
    """Objects that go in and out over a line or into a polygon.

    Args:
        region: Shape (2, 2) for a line, (n, 2) for a polygon.

    Attributes:
        in_count: How many went right or downward.
        out_count: How many went left or upward.
    """

    def __init__(self, region: Points) -> None:
        self._region = region
        self._ways: dict[int, deque[Points]] = {}
        self._counted: set[int] = set()
        self.in_count = 0
        self.out_count = 0

    def look(self, ids: NDArray[np.int64], centres: Points) -> None:
        """Take the tracks of one frame: ids of shape (n,), centres of shape (n, 2)."""
        for one, centre in zip(ids.tolist(), centres, strict=True):
            way = self._ways.setdefault(one, deque(maxlen=_BASELINE))
            if way and one not in self._counted and self._met(way[-1], centre):
                self._counted.add(one)
                self._count(way[0], way[-1], centre)
            way.append(centre)

    def _met(self, before: Points, now: Points) -> bool:
        if len(self._region) == _LINE_POINTS:
            return crosses(before, now, *self._region)
        was, is_inside = inside(np.array([before, now]), self._region)
        if was or is_inside:
            return bool(is_inside)
        corners = zip(self._region, np.roll(self._region, -1, axis=0), strict=True)
        return any(crosses(before, now, first, second) for first, second in corners)

    def _count(self, baseline: Points, before: Points, now: Points) -> None:
        if len(self._region) == _LINE_POINTS:
            wide, high = np.abs(self._region[1] - self._region[0])
            axis, since = int(wide >= high), before
        else:
            since = baseline
            axis = int(np.abs(now - since).argmax())
        if now[axis] > since[axis]:
            self.in_count += 1
        else:
            self.out_count += 1
