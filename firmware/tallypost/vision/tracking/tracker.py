"""Follows objects from frame to frame and gives each a number."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Detections, Tracks
from tallypost.vision.tracking.assignment import assign
from tallypost.vision.tracking.association import class_penalties, similarities
from tallypost.vision.tracking.kalman import Motion, boxes_of, deviations
from tallypost.vision.tracking.population import Population, Rows
from tallypost.vision.tracking.sieve import sieve

_STEP_MIN_S = 1e-3
_HITS_MIN = 2
_HIT_SHARE_MIN = 0.5
_ANY_CLASS_COST = 0.1
_NOBODY = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How unlike its track a detection may be: 0 lies on it, 1 has nothing of it.

    Attributes:
        cost_max: For a confirmed track and a detection that scores well.
        cost_low_max: For a track seen at the look before and one that scores low.
        cost_new_max: For a track not confirmed yet and one that scores well.
        reach: By how many standard deviations of the place boxes are widened.
        reach_new: The same for tracks not confirmed yet, whose speed nobody knows.
    """

    cost_max: float = 0.9
    cost_low_max: float = 0.5
    cost_new_max: float = 0.9
    reach: float = 1.0
    reach_new: float = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is long enough, in seconds, whatever the frame rate.

    Attributes:
        confirm_s: How long an object has been there before it is believed; it was seen
            at least twice by then, and at every second look or oftener.
        weak_s: So long a confirmed one may live on low scores alone (a lamp post that
            was once taken for a person would live on them for ever).
        tentative_s: After so long without being seen, one not confirmed is given up.
        lost_s: After so long without being seen, a confirmed one is given up.
        gap_s: After so long without a frame, everybody is given up; and after so long
            without a look for them, those whom nobody looks for.
    """

    confirm_s: float = 0.15
    weak_s: float = 1.0
    tentative_s: float = 0.3
    lost_s: float = 1.5
    gap_s: float = 5.0


class Tracker:
    """Two-stage association over a constant-velocity filter, at any frame rate.

    Detections that score well are matched with the confirmed tracks first; what is left
    of them goes to tracks not yet confirmed, and then begins new ones; what is left of
    the confirmed tracks seen a look ago may hold on to a detection that scores low (a
    person half hidden). A single false alarm is never told.

    Source: Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every
    Detection Box", ECCV 2022, algorithm 1. Ours differs in that time is told in seconds
    and boxes are widened by the filter's doubt, which makes two frames a second work.

    Args:
        score_min: From this score on a detection scores well; the detector's own
            threshold, kept when >=.
        score_low_share: Down to this share of `score_min` a detection scores low; have
            the detector tell them.
        classes: Names of the detector's classes; without them, any class may be taken
            for any other at a small cost.
        motion: How objects move.
        matching: How unlike its track a detection may be.
        patience: How long is long enough.
    """

    def __init__(
        self,
        *,
        score_min: float = 0.4,
        score_low_share: float = 0.4,
        classes: Sequence[str] = (),
        motion: Motion | None = None,
        matching: Matching | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._score_min = score_min
        self._score_low_min = score_min * score_low_share
        self._penalties = class_penalties(classes) if classes else None
        self._motion = motion or Motion()
        self._matching = matching or Matching()
        self._patience = patience or Patience()
        self._followed = Population()
        self._time_s: float | None = None

    def update(self, detections: Detections, time_s: float) -> Tracks:
        """Take what one look found, and return who is there.

        Call it for every look, also when nothing was found. Time that stands still or
        goes back by less than `lost_s` (a camera whose stamps jitter) is taken as the
        smallest step; where it goes back further, or on by more than `gap_s`, nobody
        can say who is who: everybody is given up, and following begins afresh.

        Who was not looked for is neither seen nor missed.

        Args:
            detections: What was found, and where it was looked for; boxes without an
                area are left out.
            time_s: The frame's time.

        Raises:
            ValueError: The time is no number, or a class has no name in `classes`.
        """
        ended = self._move_on(time_s)
        found = sieve(detections)
        self._check_classes(found)
        followed, rules = self._followed, self._matching
        followed.look(_watched(boxes_of(followed.states), found.looked), time_s)
        low = (found.scores >= self._score_low_min) & (found.scores < self._score_min)
        good = np.flatnonzero(found.scores >= self._score_min)
        steady = np.flatnonzero(followed.confirmed)
        fresh = np.flatnonzero(~followed.confirmed)
        steady, good = self._match(steady, found, good, rules.cost_max, rules.reach)
        _, good = self._match(fresh, found, good, rules.cost_new_max, rules.reach_new)
        followed.good_s[followed.here] = time_s
        recent = time_s - followed.good_s <= self._patience.weak_s
        current = followed.watched & (followed.missed == 1) & recent
        current = steady[current[steady]]
        self._match(
            current, found, np.flatnonzero(low), rules.cost_low_max, rules.reach
        )
        born = found.only(good)
        followed.begin(self._motion.begin(born.boxes), born, time_s)
        return self._told(time_s, np.concatenate([ended, self._give_up(time_s)]))

    def _move_on(self, time_s: float) -> NDArray[np.int64]:
        """Foretell where everybody is by now; return who was given up over a gap."""
        if not math.isfinite(time_s):
            raise ValueError(f"the time of a frame is {time_s}; want seconds")
        step_s = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        if -self._patience.lost_s < step_s <= self._patience.gap_s:
            self._motion.predict(self._followed.states, max(step_s, _STEP_MIN_S))
            return _NOBODY
        ended = self._followed.ids[self._followed.confirmed]
        self._followed.keep(np.zeros(len(self._followed), np.bool_))
        return ended

    def _match(
        self,
        rows: Rows,
        found: Detections,
        offered: Rows,
        cost_max: float,
        reach: float,
    ) -> tuple[Rows, Rows]:
        """Match tracks with offered detections; return the rest of both."""
        if not len(rows) or not len(offered):
            return rows, offered
        followed = self._followed
        states, boxes = followed.states[rows], found.boxes[offered]
        costs = 1 - similarities(boxes_of(states), boxes, reach * deviations(states))
        if followed.votes.shape[1] > 1:
            costs += self._penalty(followed.classes(rows), found.class_ids[offered])
        mine, theirs = assign(costs, cost_max)
        seen_rows, seen = rows[mine], found.only(offered[theirs])
        followed.states[seen_rows] = self._motion.correct(states[mine], seen.boxes)
        assert self._time_s is not None
        followed.see(seen_rows, seen, self._time_s)
        return np.delete(rows, mine), np.delete(offered, theirs)

    def _penalty(
        self, track_classes: NDArray[np.int64], class_ids: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return what it costs a detection to be of another class than its track."""
        if self._penalties is None:
            differ = track_classes[:, None] != class_ids[None, :]
            return np.asarray(_ANY_CLASS_COST * differ)
        return np.asarray(self._penalties[track_classes[:, None], class_ids[None, :]])

    def _give_up(self, time_s: float) -> NDArray[np.int64]:
        """Believe who has been there long enough, and forget who has not been seen."""
        followed, patience = self._followed, self._patience
        here = followed.here
        followed.confirmed |= (
            here
            & (followed.hits >= _HITS_MIN)
            & (followed.hits >= _HIT_SHARE_MIN * followed.looks)
            & (time_s - followed.born_s >= patience.confirm_s)
        )
        allowed_s = np.where(followed.confirmed, patience.lost_s, patience.tentative_s)
        missed = followed.watched & ~here
        over = missed & (time_s - followed.seen_s > allowed_s)
        over |= time_s - followed.watched_s > patience.gap_s
        if not over.any():
            return _NOBODY
        ended = np.asarray(followed.ids[over & followed.confirmed])
        followed.keep(~over)
        return ended

    def _check_classes(self, found: Detections) -> None:
        known = math.inf if self._penalties is None else len(self._penalties)
        most = found.class_ids.max(initial=0)
        if most >= known or found.class_ids.min(initial=0) < 0:
            raise ValueError(f"class {most} has no name; the detector names {known}")

    def _told(self, time_s: float, ended: NDArray[np.int64]) -> Tracks:
        """Return the confirmed who were seen at this look."""
        followed = self._followed
        rows = np.flatnonzero(followed.confirmed & followed.here)
        return Tracks(
            time_s=time_s,
            ids=followed.ids[rows],
            boxes=boxes_of(followed.states[rows]).astype(np.float32),
            class_ids=followed.classes(rows),
            born_boxes=followed.born_boxes[rows],
            born_s=followed.born_s[rows],
            ended_ids=ended,
            seen_boxes=followed.seen_boxes[rows],
        )


def _watched(boxes: NDArray[np.float64], looked: Boxes | None) -> NDArray[np.bool_]:
    """Return who was looked for: shape (n,), those who are whole in one look."""
    if looked is None:
        return np.ones(len(boxes), np.bool_)
    within = (boxes[:, None, :2] >= looked[None, :, :2]) & (
        boxes[:, None, 2:] <= looked[None, :, 2:]
    )
    return np.asarray(np.any(within.all(axis=2), axis=1))
