"""Tells for how long those who are inside a zone have stood still there."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Tracks
from tallypost.vision.counting.roster import Roster

_ENTERED_S, _DONE_S, _NOW_S = range(3)
_FACTS = 3
STAND_S_MIN = 2.0
"""A stand counts once it has lasted so long, and then from its beginning."""


class Waiting:
    """Adds up the stands of everybody who is inside, one by one."""

    def __init__(self) -> None:
        self._roster = Roster(_FACTS)

    def enter(self, track_id: int, entered_s: float) -> None:
        """Begin with one who has come in.

        Args:
            track_id: The object's number.
            entered_s: When it was first seen inside.
        """
        self._roster.add(np.array([track_id]), np.array([[entered_s, 0.0, 0.0]]))

    def leave(self, track_id: int) -> float:
        """Return for how long one stood still inside, in seconds; it is forgotten."""
        _, facts = self._roster.take(np.array([track_id]))
        return float(facts[:, _DONE_S].sum() + facts[:, _NOW_S].sum())

    def update(self, tracks: Tracks, still_s: NDArray[np.float64]) -> None:
        """Take one moment.

        Args:
            tracks: The confirmed objects.
            still_s: Shape (n,), for how long each has stood where it stands.
        """
        if not len(self._roster):
            return
        inside = ~self._roster.unknown(tracks.ids)
        rows = self._roster.rows(tracks.ids[inside])
        facts = self._roster.facts[rows]
        within_s = np.minimum(still_s[inside], tracks.time_s - facts[:, _ENTERED_S])
        now_s = np.where(still_s[inside] >= STAND_S_MIN, within_s, 0.0)
        over = now_s < facts[:, _NOW_S]
        facts[over, _DONE_S] += facts[over, _NOW_S]
        facts[:, _NOW_S] = now_s
        self._roster.facts[rows] = facts
