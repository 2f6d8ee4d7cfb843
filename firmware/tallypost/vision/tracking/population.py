"""Everybody who is being followed: one row an object, one array a fact."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Detections
from tallypost.geometry import areas, centre_points
from tallypost.vision.tracking.kalman import GROWTH, SPEED, States

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
Times = NDArray[np.float64]

HITS_MIN = 3
"""So many looks are no chance."""
_LOOKS_MIN = 2
_HIT_SHARE_MIN = 0.5
_VOTE_MIN = 1e-3
_REST_SHARE = 0.25
"""Who has not moved by so many sizes of the box rests."""


class Population:
    """Rows in the order of birth; ids rise with the rows and never come again.

    Attributes:
        states: Shape (n, 20), what the filter knows.
        ids: Shape (n,).
        born_boxes: Shape (n, 4), where they were first seen.
        born_s: Shape (n,), when.
        seen_boxes: Shape (n, 4), where they were last seen.
        seen_s: Shape (n,), when.
        good_s: Shape (n,), when a detection that scores well was last theirs.
        rest_points: Shape (n, 2), the middle of the box where they began to rest.
        rest_s: Shape (n,), since when they have not moved from there.
        watched: Shape (n,), for whom this look looks: they are seen, or missed.
        watched_s: Shape (n,), when they were last looked for.
        missed: Shape (n,), how many looks for them ago they were seen; 0 for those
            whom the last of them saw.
        hits: Shape (n,), on how many looks they were seen.
        looks: Shape (n,), how many looks for them there were since birth, that one
            included.
        hidden_s: Shape (n,), for how long they have been hidden since.
        trial_s: Shape (n,), how long they must have been there to be believed.
        confirmed: Shape (n,), who is believed to be real.
        votes: Shape (n, classes), what they were taken for, weighed by the scores.
    """

    states: States
    ids: NDArray[np.int64]
    born_boxes: Boxes
    born_s: Times
    seen_boxes: Boxes
    seen_s: Times
    good_s: Times
    rest_points: NDArray[np.float64]
    rest_s: Times
    watched: Mask
    watched_s: Times
    missed: NDArray[np.int64]
    hits: NDArray[np.int64]
    looks: NDArray[np.int64]
    trial_s: Times
    hidden_s: Times
    confirmed: Mask
    votes: NDArray[np.float64]

    def __init__(self) -> None:
        nobody = _newborn(np.empty((0, 20)), Detections.none(), 0.0, np.empty(0))
        self._facts = tuple(nobody)
        for fact, values in nobody.items():
            setattr(self, fact, values)
        self.votes = np.empty((0, 1))
        self._next_id = 1

    def __len__(self) -> int:
        return len(self.ids)

    def classes(self, rows: Rows) -> NDArray[np.int64]:
        """Return what each object was most often taken for."""
        if self.votes.shape[1] == 1:
            return np.zeros(len(rows), np.int64)
        return np.asarray(self.votes[rows].argmax(axis=1), np.int64)

    @property
    def here(self) -> Mask:
        """Who was seen at this look: shape (n,)."""
        return np.asarray(self.watched & (self.missed == 0))

    @property
    def missing(self) -> Mask:
        """Who is confirmed, and was looked for in vain at this look: shape (n,)."""
        return np.asarray(self.confirmed & self.watched & ~self.here)

    @property
    def sure(self) -> Mask:
        """Who was seen at every second look or oftener: shape (n,)."""
        return np.asarray(self.hits >= _HIT_SHARE_MIN * self.looks)

    def unmoved(self, seen_for_s: float) -> Mask:
        """Return who was seen for so long, and stood where it was born: shape (n,)."""
        long = self.seen_s - self.born_s >= seen_for_s
        return np.asarray(long & (self.rest_s == self.born_s))

    def look(self, watched: Mask, time_s: float) -> None:
        """Begin a look for some of them, at which nobody has been seen so far.

        For the others it is as though there were no look: in turns, everybody is
        watched at a lower rate.
        """
        self.watched = watched
        self.watched_s[watched] = time_s
        self.looks[watched] += 1
        self.missed[watched] += 1

    def rest(self, still_s: float) -> None:
        """Stop whoever was not seen: none goes on growing, nor on walking if it stood.

        A box that was half hidden or cut by the picture's edge when it was last seen
        shrank, and would shrink to nothing.
        """
        gone = ~self.here
        self.states[gone, GROWTH] = 0.0
        stands = gone & self.confirmed & (self.seen_s - self.rest_s >= still_s)
        self.states[stands, SPEED] = 0.0

    def hide(self, unseen: Mask, step_s: float, hidden_max_s: float) -> None:
        """Note that some could not be seen: as though there were no look for them."""
        rows = np.flatnonzero(unseen & (self.hidden_s < hidden_max_s))
        self.watched[rows] = False
        self.missed[rows] -= 1
        self.looks[rows] -= 1
        self.hidden_s[rows] += step_s

    def see(self, rows: Rows, seen: Detections, time_s: float) -> None:
        """Note that objects were seen, and what for they were taken."""
        self._make_room(seen.class_ids)
        self.hits[rows] += 1
        self.seen_boxes[rows] = seen.boxes
        self.seen_s[rows] = self.watched_s[rows] = time_s
        self.watched[rows] = True
        self.missed[rows] = 0
        self.hidden_s[rows] = 0.0
        self.votes[rows, seen.class_ids] += np.maximum(seen.scores, _VOTE_MIN)
        points = centre_points(seen.boxes)
        way = np.square(points - self.rest_points[rows]).sum(axis=1)
        moved = way > _REST_SHARE**2 * areas(seen.boxes)
        self.rest_points[rows[moved]] = points[moved]
        self.rest_s[rows[moved]] = time_s

    def begin(
        self, states: States, born: Detections, time_s: float, trial_s: Times
    ) -> None:
        """Add objects seen for the first time, on trial for so long."""
        count = len(born)
        if not count:
            return
        self._make_room(born.class_ids)
        votes = np.zeros((count, self.votes.shape[1]))
        votes[np.arange(count), born.class_ids] = np.maximum(born.scores, _VOTE_MIN)
        self.votes = np.concatenate([self.votes, votes])
        newborn = _newborn(states, born, time_s, trial_s)
        newborn["ids"] = np.arange(count) + self._next_id
        for fact in self._facts:
            joined = np.concatenate([getattr(self, fact), newborn[fact]])
            setattr(self, fact, joined)
        self._next_id += count

    def doubt(self, rows: Rows, time_s: float) -> None:
        """Believe some at a later look than this one at the earliest."""
        since_s = np.nextafter(time_s, np.inf) - self.born_s[rows]
        self.trial_s[rows] = np.maximum(self.trial_s[rows], since_s)

    def believe(self, time_s: float) -> None:
        """Confirm who is here and has been there often and long enough."""
        often = (self.looks >= _LOOKS_MIN) & self.sure
        often &= self.hits >= np.minimum(self.looks, HITS_MIN)
        self.confirmed |= self.here & often & (time_s - self.born_s >= self.trial_s)

    def keep(self, chosen: Mask) -> None:
        """Forget everybody who is not chosen."""
        for fact in (*self._facts, "votes"):
            setattr(self, fact, getattr(self, fact)[chosen])

    def _make_room(self, class_ids: NDArray[np.int64]) -> None:
        """Widen the votes to hold classes that nobody was taken for so far."""
        missing = int(class_ids.max(initial=0)) + 1 - self.votes.shape[1]
        if missing > 0:
            self.votes = np.pad(self.votes, ((0, 0), (0, missing)))


def _newborn(
    states: States, born: Detections, time_s: float, trial_s: Times
) -> dict[str, NDArray[np.generic]]:
    """Return every fact but the votes of those seen for the first time."""
    count = len(born)
    now_s, once = np.full(count, time_s), np.ones(count, np.int64)
    return {
        "states": states,
        "ids": np.arange(count),
        "born_boxes": born.boxes,
        "born_s": now_s,
        "seen_boxes": born.boxes,
        "seen_s": now_s,
        "good_s": now_s,
        "rest_points": centre_points(born.boxes),
        "rest_s": now_s,
        "watched": np.ones(count, np.bool_),
        "watched_s": now_s,
        "missed": np.zeros(count, np.int64),
        "hits": once,
        "looks": once,
        "trial_s": trial_s,
        "hidden_s": np.zeros(count),
        "confirmed": np.zeros(count, np.bool_),
    }
