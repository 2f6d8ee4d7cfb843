"""Tells for how long each object has stood where it stands."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Tracks
from tallypost.geometry import areas, foot_points
from tallypost.vision.counting.roster import Roster

_X, _Y, _SINCE_S = range(3)
_POINT = slice(_X, _Y + 1)
_FACTS = 3
MOVED_SHARE = 0.25
"""Who is farther than this from where it stood, in sizes (the root of the area) of its
box, has moved: boxes of one who stands still sway by less."""


class Stillness:
    """Keeps where each object came to stand, and since when.

    An object that creeps is found to have moved again and again: whoever asks for three
    seconds of standing still takes one for standing that goes less than a twelfth of
    its own size a second, for a car about one kilometre an hour.
    """

    def __init__(self) -> None:
        self._roster = Roster(_FACTS)

    def update(self, tracks: Tracks) -> NDArray[np.float64]:
        """Return for how long each object has stood still: shape (n,), seconds.

        Args:
            tracks: The confirmed objects; those that ended are forgotten.
        """
        if len(tracks.ended_ids):
            self._roster.take(tracks.ended_ids)
        if not len(tracks):
            return np.zeros(0)
        points = foot_points(tracks.boxes)
        self._admit(tracks)
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        gone = np.hypot(*(points - facts[:, _POINT]).T)
        moved = gone > MOVED_SHARE * np.sqrt(areas(tracks.boxes))
        facts[moved, _POINT] = points[moved]
        facts[moved, _SINCE_S] = tracks.time_s
        self._roster.facts[rows] = facts
        return np.asarray(tracks.time_s - facts[:, _SINCE_S])

    def _admit(self, tracks: Tracks) -> None:
        new = self._roster.unknown(tracks.ids)
        if new.any():
            facts = np.empty((int(new.sum()), _FACTS))
            facts[:, _POINT] = foot_points(tracks.born_boxes[new])
            facts[:, _SINCE_S] = tracks.born_s[new]
            self._roster.add(tracks.ids[new], facts)
