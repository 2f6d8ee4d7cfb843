"""Keeps a row of facts about each track for as long as it is followed."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Rows = NDArray[np.intp]
Facts = NDArray[np.float64]
Mask = NDArray[np.bool_]

_NOBODY: Ids = np.empty(0, np.int64)
_NOWHERE: Rows = np.empty(0, np.intp)


class Roster:
    """Facts by track id, in one array: looking many up costs one search at most.

    Args:
        width: How many facts a track has.
    """

    def __init__(self, width: int) -> None:
        self._ids = _NOBODY
        self._last_ids = _NOBODY
        self._last_rows = _NOWHERE
        self.facts: Facts = np.empty((0, width))
        """Shape (n, width), in the order of the ids."""

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> Ids:
        """The ids that have a row, rising; facts stand in the same order."""
        return self._ids

    def unknown(self, ids: Ids) -> Mask:
        """Return which ids have no row so far."""
        if ids is self._last_ids:
            return np.zeros(len(ids), np.bool_)
        if not len(self._ids):
            return np.ones(len(ids), np.bool_)
        rows = self._ids.searchsorted(ids)
        known = self._ids[np.minimum(rows, len(self._ids) - 1)] == ids
        if np.count_nonzero(known) == len(ids):
            self._last_ids, self._last_rows = ids, rows
        return np.asarray(~known)

    def add(self, ids: Ids, facts: Facts) -> None:
        """Give rows to ids that have none."""
        ids = np.concatenate([self._ids, ids])
        order = ids.argsort(kind="stable")
        self._replace(ids[order], np.concatenate([self.facts, facts])[order])

    def rows(self, ids: Ids) -> Rows:
        """Return the rows of ids that have one."""
        if ids is not self._last_ids:
            self._last_ids, self._last_rows = ids, self._ids.searchsorted(ids)
        return self._last_rows

    def take(self, ids: Ids) -> tuple[Ids, Facts]:
        """Return the ids that have a row, and their facts; the rows are forgotten."""
        known = ids[~self.unknown(ids)]
        rows = self._ids.searchsorted(known)
        facts = self.facts[rows]
        if len(known):
            kept = np.ones(len(self._ids), np.bool_)
            kept[rows] = False
            self._replace(self._ids[kept], self.facts[kept])
        return known, facts

    def clear(self) -> None:
        """Forget everybody."""
        self._replace(_NOBODY, self.facts[:0])

    def _replace(self, ids: Ids, facts: Facts) -> None:
        self._ids, self.facts = ids, facts
        self._last_ids, self._last_rows = _NOBODY, _NOWHERE
