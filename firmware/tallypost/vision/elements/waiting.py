"""Tells for how long those who are inside a zone have stood still there."""

from dataclasses import dataclass

import numpy as np

from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.stillness import STAND_S_MIN, Stand


@dataclass(slots=True)
class _Visit:
    """One who is inside: since when, and for how long it stood in stands now over."""

    entered_s: float
    waited_s: float = 0.0


class Waiting:
    """Adds up the stands of everybody who is inside, one by one."""

    def __init__(self) -> None:
        self._visits: dict[int, _Visit] = {}

    def enter(self, entry: ZoneEntry) -> None:
        """Begin with one who has come in."""
        self._visits[entry.track_id] = _Visit(entry.entered_s)

    def note(self, stand: Stand) -> None:
        """Add a stand that is over, if it was one of somebody inside."""
        if visit := self._visits.get(stand.track_id):
            begun_s = max(stand.begun_s, visit.entered_s)
            visit.waited_s += max(stand.ended_s - begun_s, 0.0)

    def leave(self, left: ZoneExit, glance: Glance) -> float:
        """Return for how long one stood still inside, in seconds; it is forgotten.

        Args:
            left: Who has gone out.
            glance: The moment; stands that are over at it were noted before.
        """
        visit = self._visits.pop(left.track_id)
        waited_s = visit.waited_s
        for row in np.flatnonzero(glance.tracks.ids == left.track_id).tolist():
            still_s = float(glance.still_s[row])
            if still_s >= STAND_S_MIN:
                begun_s = max(glance.time_s - still_s, visit.entered_s)
                waited_s += max(left.left_s - begun_s, 0.0)
        return min(waited_s, left.dwell_s)
