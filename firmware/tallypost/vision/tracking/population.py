"""Everybody who is being followed: one row an object, one array a fact."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Detections
from tallypost.vision.tracking.kalman import States

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

_VOTE_MIN = 1e-3


class Population:
    """Rows in the order of birth; ids rise with the rows and never come again.

    Attributes:
        states: Shape (n, 20), what the filter knows.
        ids: Shape (n,).
        born_boxes: Shape (n, 4), where they were first seen.
        born_s: Shape (n,), when.
        seen_boxes: Shape (n, 4), where they were last seen.
        seen_s: Shape (n,), when they were last seen.
        watched: Shape (n,), for whom this look looks: they are seen, or missed.
        watched_s: Shape (n,), when they were last looked for.
        good_s: Shape (n,), when a detection that scores well was last theirs.
        missed: Shape (n,), how many looks for them ago they were seen; 0 for those
            whom the last of them saw.
        hits: Shape (n,), on how many looks they were seen.
        looks: Shape (n,), how many looks for them there were since birth, that one
            included.
        confirmed: Shape (n,), who is believed to be real.
        votes: Shape (n, classes), what they were taken for, weighed by the scores.
    """

    def __init__(self) -> None:
        self.states: States = np.empty((0, 20))
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)
        self.born_boxes: Boxes = np.empty((0, 4), np.float32)
        self.born_s: NDArray[np.float64] = np.empty(0)
        self.seen_boxes: Boxes = np.empty((0, 4), np.float32)
        self.seen_s: NDArray[np.float64] = np.empty(0)
        self.watched: Mask = np.empty(0, np.bool_)
        self.watched_s: NDArray[np.float64] = np.empty(0)
        self.good_s: NDArray[np.float64] = np.empty(0)
        self.missed: NDArray[np.int64] = np.empty(0, np.int64)
        self.hits: NDArray[np.int64] = np.empty(0, np.int64)
        self.looks: NDArray[np.int64] = np.empty(0, np.int64)
        self.confirmed: Mask = np.empty(0, np.bool_)
        self.votes: NDArray[np.float64] = np.empty((0, 1))
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

    def look(self, watched: Mask, time_s: float) -> None:
        """Begin a look for some of them, at which nobody has been seen so far.

        For the others it is as though there were no look: in turns, everybody is
        watched at a lower rate.
        """
        self.watched = watched
        self.watched_s[watched] = time_s
        self.looks[watched] += 1
        self.missed[watched] += 1

    def see(self, rows: Rows, seen: Detections, time_s: float) -> None:
        """Note that objects were seen, and what for they were taken."""
        self._make_room(seen.class_ids)
        self.hits[rows] += 1
        self.seen_boxes[rows] = seen.boxes
        self.seen_s[rows] = self.watched_s[rows] = time_s
        self.watched[rows] = True
        self.missed[rows] = 0
        self.votes[rows, seen.class_ids] += np.maximum(seen.scores, _VOTE_MIN)

    def begin(self, states: States, born: Detections, time_s: float) -> None:
        """Add objects seen for the first time."""
        count = len(born)
        if not count:
            return
        self._make_room(born.class_ids)
        votes = np.zeros((count, self.votes.shape[1]))
        votes[np.arange(count), born.class_ids] = np.maximum(born.scores, _VOTE_MIN)
        now_s, one = np.full(count, time_s), np.ones(count, np.int64)
        self.states = np.concatenate([self.states, states])
        self.ids = np.concatenate([self.ids, np.arange(count) + self._next_id])
        self.born_boxes = np.concatenate([self.born_boxes, born.boxes])
        self.born_s = np.concatenate([self.born_s, now_s])
        self.seen_boxes = np.concatenate([self.seen_boxes, born.boxes])
        self.seen_s = np.concatenate([self.seen_s, now_s])
        self.watched = np.concatenate([self.watched, np.ones(count, np.bool_)])
        self.watched_s = np.concatenate([self.watched_s, now_s])
        self.good_s = np.concatenate([self.good_s, now_s])
        self.missed = np.concatenate([self.missed, one - 1])
        self.hits = np.concatenate([self.hits, one])
        self.looks = np.concatenate([self.looks, one])
        self.confirmed = np.concatenate([self.confirmed, np.zeros(count, np.bool_)])
        self.votes = np.concatenate([self.votes, votes])
        self._next_id += count

    def keep(self, chosen: Mask) -> None:
        """Forget everybody who is not chosen."""
        self.states = self.states[chosen]
        self.ids = self.ids[chosen]
        self.born_boxes = self.born_boxes[chosen]
        self.born_s = self.born_s[chosen]
        self.seen_boxes = self.seen_boxes[chosen]
        self.seen_s = self.seen_s[chosen]
        self.watched = self.watched[chosen]
        self.watched_s = self.watched_s[chosen]
        self.good_s = self.good_s[chosen]
        self.missed = self.missed[chosen]
        self.hits = self.hits[chosen]
        self.looks = self.looks[chosen]
        self.confirmed = self.confirmed[chosen]
        self.votes = self.votes[chosen]

    def _make_room(self, class_ids: NDArray[np.int64]) -> None:
        """Widen the votes to hold classes that nobody was taken for so far."""
        missing = int(class_ids.max(initial=0)) + 1 - self.votes.shape[1]
        if missing > 0:
            self.votes = np.pad(self.votes, ((0, 0), (0, missing)))
