"""Looks for who is not where it was foretold."""

import numpy as np

from tallypost.domain.vision import Detections
from tallypost.vision.tracking.assignment import assign
from tallypost.vision.tracking.kalman import Motion, boxes_of
from tallypost.vision.tracking.leaping import Unseen, leapt, reach_px
from tallypost.vision.tracking.population import Mask, Population
from tallypost.vision.tracking.rules import Leaping, Patience
from tallypost.vision.tracking.staying import halted
from tallypost.vision.tracking.waiting import lately, weak


class Search:
    """Finds among boxes that are nobody's who stopped, turned, or was quicker.

    Args:
        motion: How objects move.
        leaping: How far from where it was seen somebody may be found.
        patience: How long is long enough.
    """

    def __init__(self, motion: Motion, leaping: Leaping, patience: Patience) -> None:
        self._motion = motion
        self._leaping = leaping
        self._patience = patience

    def find(
        self,
        followed: Population,
        found: Detections,
        alike: Mask,
        time_s: float,
        *,
        faint: bool,
    ) -> Mask:
        """See whoever was found; return which detections are somebody's: shape (m,).

        Args:
            followed: Everybody; those who are found are seen from then on.
            found: What is nobody's so far.
            alike: Shape (m, n), whose class is near enough.
            time_s: The time of the look.
            faint: Whether all of `found` score low.
        """
        taken = np.zeros(len(found), np.bool_)
        self._halt(followed, found, alike, time_s, taken)
        self._leap(followed, found, alike, time_s, taken, faint=faint)
        return taken

    def _halt(
        self,
        followed: Population,
        found: Detections,
        alike: Mask,
        time_s: float,
        taken: Mask,
    ) -> None:
        """Take who went on unseen for stopped, where one is."""
        gone = lately(followed, self._patience, time_s) & followed.missing
        rows = np.flatnonzero(gone)
        if not len(rows):
            return
        expected = boxes_of(followed.states[rows])
        fits = halted(followed.seen_boxes[rows], expected, found.boxes, alike[:, rows])
        mine, theirs = assign(-fits, 0.0)
        seen = found.only(theirs)
        followed.states[rows[mine]] = self._motion.begin(seen.boxes)
        followed.see(rows[mine], seen, time_s)
        taken[theirs] = True

    def _leap(
        self,
        followed: Population,
        found: Detections,
        alike: Mask,
        time_s: float,
        taken: Mask,
        *,
        faint: bool,
    ) -> None:
        """Take who was here a look ago for gone further than foretold, where one is.

        Who was seen but once before has to be seen once more to be believed.
        """
        unseen_s = time_s - followed.seen_s
        gone = followed.watched & (followed.missed == 1)
        gone &= unseen_s > self._patience.tentative_s
        if faint:
            gone &= (followed.hits == 1) | weak(followed, self._patience, time_s)
        rows = np.flatnonzero(gone)
        if not len(rows) or taken.all():
            return
        unseen = Unseen(
            boxes=followed.seen_boxes[rows],
            states=followed.states[rows],
            newborn=followed.hits[rows] == 1,
            unseen_s=unseen_s[rows],
        )
        reach = reach_px(unseen, self._leaping, faint=faint)
        free = alike[:, rows] & ~taken[:, None]
        fits = leapt(unseen.boxes, reach, found.boxes, free, self._leaping.larger_max)
        mine, theirs = assign(-fits, 0.0)
        newborn, seen, rows = unseen.newborn[mine], found.only(theirs), rows[mine]
        followed.states[rows] = np.where(
            newborn[:, None],
            self._motion.correct(followed.states[rows], seen.boxes),
            self._motion.begin(seen.boxes),
        )
        followed.see(rows, seen, time_s)
        followed.doubt(rows[newborn], time_s)
        taken[theirs] = True
