"""Keeps the ways that objects have just gone, as straight pieces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Points, Tracks
from tallypost.geometry import areas, foot_points
from tallypost.vision.counting.roster import Ids, Roster

_X, _Y, _TIME_S = range(3)
_POINT = slice(_X, _Y + 1)
_FACTS = 3
PIECE_SHARE = 1.0
"""A piece is as long as the size (the root of the area) of the object's box: shorter
ones would point where the box sways, longer ones would cut corners."""
REST_S = 1.0
"""Who has stood so long goes on from where it stands, and from now."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Straight pieces of ways on the picture.

    Attributes:
        ids: Shape (n,), whose.
        class_ids: Shape (n,), what they are.
        starts: Shape (n, 2), where each began, in pixels.
        ways: Shape (n, 2), from there to its end.
        times_s: Shape (n, 2), when it began and when it ended.
        widths: Shape (n,), of the object's box, in pixels.
    """

    ids: Ids
    class_ids: Ids
    starts: Points
    ways: Points
    times_s: Points
    widths: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Pieces":
        """Return the pieces that a mask or an index array chooses."""
        return Pieces(
            self.ids[chosen],
            self.class_ids[chosen],
            self.starts[chosen],
            self.ways[chosen],
            self.times_s[chosen],
            self.widths[chosen],
        )

    def and_more(self, more: "Pieces") -> "Pieces":
        """Return these pieces and others after them."""
        return Pieces(
            np.concatenate([self.ids, more.ids]),
            np.concatenate([self.class_ids, more.class_ids]),
            np.concatenate([self.starts, more.starts]),
            np.concatenate([self.ways, more.ways]),
            np.concatenate([self.times_s, more.times_s]),
            np.concatenate([self.widths, more.widths]),
        )

    @staticmethod
    def none() -> "Pieces":
        """Return no pieces."""
        nobody, nowhere = np.empty(0, np.int64), np.empty((0, 2))
        return Pieces(nobody, nobody, nowhere, nowhere, nowhere, np.empty(0))


class Paths:
    """Cuts the ways of objects into pieces while they go."""

    def __init__(self) -> None:
        self._roster = Roster(_FACTS)

    def update(self, tracks: Tracks, still_s: NDArray[np.float64]) -> Pieces:
        """Return the pieces that were finished at this moment.

        Args:
            tracks: The confirmed objects; those that ended are forgotten.
            still_s: Shape (n,), for how long each has stood where it stands.
        """
        if len(tracks.ended_ids):
            self._roster.take(tracks.ended_ids)
        if not len(tracks):
            return Pieces.none()
        self._admit(tracks)
        here = np.column_stack(
            [foot_points(tracks.boxes), np.full(len(tracks), tracks.time_s)]
        )
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        ways = here[:, _POINT] - facts[:, _POINT]
        done = np.hypot(*ways.T) >= PIECE_SHARE * np.sqrt(areas(tracks.boxes))
        pieces = Pieces(
            ids=tracks.ids[done],
            class_ids=tracks.class_ids[done],
            starts=facts[done, _POINT],
            ways=ways[done],
            times_s=np.column_stack([facts[done, _TIME_S], here[done, _TIME_S]]),
            widths=(tracks.boxes[done, 2] - tracks.boxes[done, 0]).astype(np.float64),
        )
        begun = done | (still_s >= REST_S)
        facts[begun] = here[begun]
        self._roster.facts[rows] = facts
        return pieces

    def _admit(self, tracks: Tracks) -> None:
        new = self._roster.unknown(tracks.ids)
        if new.any():
            born = foot_points(tracks.born_boxes[new])
            facts = np.column_stack([born, tracks.born_s[new]])
            self._roster.add(tracks.ids[new], facts)
