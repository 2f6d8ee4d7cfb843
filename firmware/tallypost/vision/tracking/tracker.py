"""Follows objects from frame to frame and gives each a number."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections, Tracks
from tallypost.vision.tracking.assignment import assign
from tallypost.vision.tracking.association import Kinship, similarities
from tallypost.vision.tracking.company import groups, hull, parted
from tallypost.vision.tracking.kalman import Motion, boxes_of, deviations, sizes
from tallypost.vision.tracking.pieces import contained, joined, parts
from tallypost.vision.tracking.population import Mask, Population, Rows, Times
from tallypost.vision.tracking.rules import Leaping, Matching, Patience
from tallypost.vision.tracking.search import Search
from tallypost.vision.tracking.sieve import sieve, watched
from tallypost.vision.tracking.staying import held
from tallypost.vision.tracking.waiting import (
    HIDDEN_SHARE_MIN,
    dipping,
    hidden,
    lately,
    over,
    weak,
)

_STEP_MIN_S = 1e-3
_NOBODY = np.empty(0, np.int64)


class Tracker:
    """Two-stage association over a constant-velocity filter, at any frame rate.

    Detections that score well are matched with the confirmed tracks first; what is left
    of them goes to tracks not yet confirmed, and then begins new ones; what is left of
    the confirmed tracks seen of late may hold on to a detection that scores low (a
    person half hidden). A single false alarm is never told. Who stands still is waited
    for longer than who moves, and who is hidden by another is not missed.

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
        leaping: How far from where it was seen somebody may be found.
        patience: How long is long enough.
    """

    def __init__(  # noqa: PLR0913  all by name
        self,
        *,
        score_min: float = 0.4,
        score_low_share: float = 0.4,
        classes: Sequence[str] = (),
        motion: Motion | None = None,
        matching: Matching | None = None,
        leaping: Leaping | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._score_min = score_min
        self._score_low_min = score_min * score_low_share
        self._kinship = Kinship(classes)
        self._motion = motion or Motion()
        self._matching = matching or Matching()
        self._patience = patience or Patience()
        self._search = Search(self._motion, leaping or Leaping(), self._patience)
        self._followed = Population()
        self._time_s = -math.inf

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
        self._kinship.check(found.class_ids)
        followed = self._followed
        self._tell_apart(found)
        expected = boxes_of(followed.states)
        followed.look(watched(expected, found.looked), time_s)
        steady = np.flatnonzero(followed.confirmed)
        if len(steady) and len(found) > 1:
            found = joined(found, expected[steady], self._kin(found, steady))
        found = self._parted(found, expected)
        born = found.only(self._pair(found, expected))
        trial_s = self._trial_s(born, steady, expected)
        followed.begin(self._motion.begin(born.boxes), born, time_s, trial_s)
        return self._told(np.concatenate([ended, self._give_up()]))

    def _move_on(self, time_s: float) -> NDArray[np.int64]:
        """Foretell where everybody is by now; return who was given up over a gap."""
        if not math.isfinite(time_s):
            raise ValueError(f"the time of a frame is {time_s}; want seconds")
        followed, patience = self._followed, self._patience
        step_s = 0.0 if math.isinf(self._time_s) else time_s - self._time_s
        self._time_s, self._step_s = time_s, max(step_s, _STEP_MIN_S)
        if -patience.lost_s < step_s <= patience.gap_s:
            followed.rest(patience.still_s)
            self._motion.predict(followed.states, self._step_s)
            return _NOBODY
        ended = followed.ids[followed.confirmed]
        followed.keep(np.zeros(len(followed), np.bool_))
        return ended

    def _tell_apart(self, found: Detections) -> None:
        """Follow each by itself who was followed as one with others, and is seen now.

        Those who are new were there at the look before, with the one; they are on trial
        like anybody. Where others are followed already who may be what is seen, nobody
        is new.
        """
        followed = self._followed
        seen = found.only(found.scores >= self._score_min)
        steady = np.flatnonzero(followed.confirmed)
        if not len(seen) or not len(steady):
            return
        ones, kin = boxes_of(followed.states[steady]), self._kin(seen, steady)
        for place, members in groups(seen.boxes, ones, kin):
            one = steady[[place]]
            around = hull(seen.boxes[members])[None]
            near = contained(boxes_of(followed.states), around)[:, 0]
            near[one] = 0.0
            others = (near >= HIDDEN_SHARE_MIN) & lately(
                followed, self._patience, self._time_s
            )
            if 1 + np.count_nonzero(others) >= len(members):
                continue
            boxes, new = seen.boxes[members], seen.only(members[1:])
            states = self._motion.apart(followed.states[one], boxes)
            followed.states[one] = states[:1]
            followed.begin(states[1:], new, self._time_s, self._doubted_s(new))

    def _parted(self, found: Detections, expected: NDArray[np.float64]) -> Detections:
        """Return what was found, and in what shows several, the share of each.

        Who was seen at too few looks may be nobody, and has no share.
        """
        followed = self._followed
        rows = np.flatnonzero(
            followed.sure & lately(followed, self._patience, self._time_s)
        )
        return parted(found, expected[rows], self._kin(found, rows).T)

    def _faint(
        self, found: Detections, low: Mask, expected: NDArray[np.float64]
    ) -> Mask:
        """Return who is told where it is expected, but with a low score: shape (n,)."""
        if not low.any():
            return np.zeros(len(expected), np.bool_)
        alike = self._kin(found, np.arange(len(expected)))
        return held(expected, found.boxes, low, alike)

    def _pair(self, found: Detections, expected: NDArray[np.float64]) -> Rows:
        """Say who is who; return the good detections that are nobody's.

        Who is told where it is expected, but with a low score, is taken for nobody
        else, and is not missed.
        """
        followed, rules = self._followed, self._matching
        well = found.scores >= self._score_min
        low = ~well & (found.scores >= self._score_low_min)
        faint = self._faint(found, low, expected)
        good = np.flatnonzero(well)
        for those in (followed.confirmed, ~followed.confirmed):
            rows = np.flatnonzero(those & ~faint)
            good = self._match(rows, found, good, rules.cost_max)
        good = self._looked_for(found, good)
        followed.good_s[followed.here] = self._time_s
        lively = faint | dipping(followed, self._patience, self._time_s)
        lively &= weak(followed, self._patience, self._time_s)
        rest = self._match(
            np.flatnonzero(lively), found, np.flatnonzero(low), rules.cost_low_max
        )
        self._looked_for(found, rest, faint=True)
        unseen = hidden(followed) | (faint & followed.missing)
        followed.hide(unseen, self._step_s, self._patience.hidden_max_s)
        return good

    def _looked_for(
        self, found: Detections, offered: Rows, *, faint: bool = False
    ) -> Rows:
        """Look for who is not where it was foretold; return what is left of all."""
        if not len(offered):
            return offered
        followed = self._followed
        rest = found.only(offered)
        alike = self._kin(rest, np.arange(len(followed)))
        taken = self._search.find(followed, rest, alike, self._time_s, faint=faint)
        return offered[~taken]

    def _match(
        self, rows: Rows, found: Detections, offered: Rows, cost_max: float
    ) -> Rows:
        """Match tracks with offered detections; return those that are nobody's."""
        if not len(rows) or not len(offered):
            return offered
        followed, rules, patience = self._followed, self._matching, self._patience
        states, boxes = followed.states[rows], found.boxes[offered]
        stood = followed.unmoved(patience.confirm_s)[rows]
        lost_s = np.where(stood, patience.unmoved_s, patience.lost_s)
        late = self._time_s - followed.seen_s[rows] > lost_s
        free = followed.seen_s[rows] - followed.rest_s[rows] >= patience.still_s
        free &= followed.sure[rows]
        free |= followed.hits[rows] < rules.young_hits
        reach = np.where(free, rules.reach_free, rules.reach)
        limit = np.where(late, rules.widened_late_max, rules.widened_max)
        widened = np.minimum(
            reach[:, None] * deviations(states), limit[:, None] * sizes(states)
        )
        costs = 1 - similarities(boxes_of(states), boxes, widened)
        costs[late] += max(cost_max - rules.cost_late_max, 0.0)
        if followed.votes.shape[1] > 1:
            costs += self._kinship.costs(
                followed.classes(rows), found.class_ids[offered]
            )
        mine, theirs = assign(costs, cost_max)
        seen_rows, seen = rows[mine], found.only(offered[theirs])
        followed.states[seen_rows] = self._motion.correct(states[mine], seen.boxes)
        followed.see(seen_rows, seen, self._time_s)
        return np.delete(offered, theirs)

    def _kin(self, found: Detections, rows: Rows) -> Mask:
        """Return which detections may be of the kind of which track: shape (n, m)."""
        return self._kinship.kin(found.class_ids, self._followed.classes(rows))

    def _trial_s(
        self, born: Detections, steady: Rows, expected: NDArray[np.float64]
    ) -> Times:
        """Return how long each has to be there to be believed: shape (n,)."""
        trial_s = self._doubted_s(born)
        seen = steady[self._followed.here[steady]]
        if len(born) and len(seen):
            part = parts(born.boxes, expected[seen]) & self._kin(born, seen)
            trial_s[part.any(axis=1)] = self._patience.part_s
        return trial_s

    def _doubted_s(self, born: Detections) -> Times:
        """Return how long a detector's word by itself is doubted: shape (n,)."""
        sure = (born.scores - self._score_min) / max(1 - self._score_min, 1e-9)
        trial_s = self._patience.confirm_s * (1 - np.minimum(sure, 1.0))
        return np.asarray(trial_s, np.float64)

    def _give_up(self) -> NDArray[np.int64]:
        """Believe who has been there long enough, and forget who has not been seen."""
        followed = self._followed
        followed.believe(self._time_s)
        given_up = over(followed, self._patience, self._time_s)
        if not given_up.any():
            return _NOBODY
        ended = np.asarray(followed.ids[given_up & followed.confirmed])
        followed.keep(~given_up)
        return ended

    def _told(self, ended: NDArray[np.int64]) -> Tracks:
        """Return the confirmed who were seen at this look.

        Each is told half way between where the filter holds it to be, which lags when
        people turn, and where it was seen, which trembles.
        """
        followed = self._followed
        rows = np.flatnonzero(followed.confirmed & followed.here)
        boxes = (boxes_of(followed.states[rows]) + followed.seen_boxes[rows]) / 2
        return Tracks(
            time_s=self._time_s,
            ids=followed.ids[rows],
            boxes=boxes.astype(np.float32),
            class_ids=followed.classes(rows),
            born_boxes=followed.born_boxes[rows],
            born_s=followed.born_s[rows],
            ended_ids=ended,
            seen_boxes=followed.seen_boxes[rows],
        )
