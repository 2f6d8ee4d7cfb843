"""Tells for how long each object has stood where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Tracks
from tallypost.geometry import areas, foot_points
from tallypost.vision.counting.roster import Facts, Ids, Roster

_X, _Y, _SINCE_S, _SEEN_S = range(4)
_POINT = slice(_X, _Y + 1)
_FACTS = 4
MOVED_SHARE = 0.25
"""Who is farther than this from where it stood, in sizes (the root of the area) of its
box, has moved: boxes of one who stands still sway by less."""
STAND_S_MIN = 2.0
"""A stand counts once it has lasted so long, and then from its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Somebody stood still for a while, and no longer does.

    Attributes:
        track_id: The object's number.
        begun_s: Since when, on the scene's clock.
        ended_s: When it was last seen standing there.
    """

    track_id: int
    begun_s: float
    ended_s: float


class Stillness:
    """Keeps where each object came to stand, and since when.

    An object that creeps is found to have moved again and again: whoever asks for three
    seconds of standing still takes one for standing that goes less than a twelfth of
    its own size a second, for a car about one kilometre an hour.
    """

    def __init__(self) -> None:
        self._roster = Roster(_FACTS)
        self.over: Sequence[Stand] = ()
        """The stands that were found to be over at the last update."""

    def update(self, tracks: Tracks) -> NDArray[np.float64]:
        """Return for how long each object has stood still: shape (n,), seconds.

        Args:
            tracks: The confirmed objects; those that ended are forgotten.
        """
        self.over = ()
        if len(tracks.ended_ids):
            ids, facts = self._roster.take(tracks.ended_ids)
            stood = _stood(facts)
            self.over = _stands(ids[stood], facts[stood])
        if not len(tracks):
            return np.zeros(0)
        points = foot_points(tracks.boxes)
        self._admit(tracks)
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        gone = np.hypot(*(points - facts[:, _POINT]).T)
        moved = gone > MOVED_SHARE * np.sqrt(areas(tracks.boxes))
        stood = moved & _stood(facts)
        self.over = [*self.over, *_stands(tracks.ids[stood], facts[stood])]
        facts[moved, _POINT] = points[moved]
        facts[moved, _SINCE_S] = tracks.time_s
        facts[:, _SEEN_S] = tracks.time_s
        self._roster.facts[rows] = facts
        return np.asarray(tracks.time_s - facts[:, _SINCE_S])

    def _admit(self, tracks: Tracks) -> None:
        new = self._roster.unknown(tracks.ids)
        if new.any():
            facts = np.empty((int(new.sum()), _FACTS))
            facts[:, _POINT] = foot_points(tracks.born_boxes[new])
            facts[:, _SINCE_S] = facts[:, _SEEN_S] = tracks.born_s[new]
            self._roster.add(tracks.ids[new], facts)


def _stood(facts: Facts) -> NDArray[np.bool_]:
    """Return who had stood for long enough when last seen: shape (n,)."""
    return np.asarray(facts[:, _SEEN_S] - facts[:, _SINCE_S] >= STAND_S_MIN)


def _stands(ids: Ids, facts: Facts) -> list[Stand]:
    begun_s, ended_s = facts[:, _SINCE_S], facts[:, _SEEN_S]
    stands = zip(ids.tolist(), begun_s.tolist(), ended_s.tolist(), strict=True)
    return [
        Stand(track_id=track_id, begun_s=since_s, ended_s=seen_s)
        for track_id, since_s, seen_s in stands
    ]
