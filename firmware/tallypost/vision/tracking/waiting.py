"""Tells for whom to wait, and for whom no longer."""

import numpy as np

from tallypost.vision.tracking.kalman import boxes_of
from tallypost.vision.tracking.pieces import contained
from tallypost.vision.tracking.population import HITS_MIN, Mask, Population, Times
from tallypost.vision.tracking.rules import Patience

HIDDEN_SHARE_MIN = 0.5
"""Who lies in another by so much of the own box may be behind it."""


def lately(followed: Population, patience: Patience, time_s: float) -> Mask:
    """Return who was seen of late, but for the time when they were hidden."""
    unseen_s = time_s - followed.seen_s - followed.hidden_s
    return np.asarray(unseen_s <= patience.lost_s)


def weak(followed: Population, patience: Patience, time_s: float) -> Mask:
    """Return who may live on a low score, by how they were seen last.

    Three looks are no chance, nor is a part of another by itself: the next may be bad
    ones.
    """
    weak_s = np.maximum(patience.weak_s, _stood_s(followed, patience, followed.good_s))
    known = followed.hits >= HITS_MIN
    known &= followed.trial_s <= patience.confirm_s
    known |= followed.confirmed
    return np.asarray(
        known & followed.watched & ~followed.here & (time_s - followed.good_s <= weak_s)
    )


def dipping(followed: Population, patience: Patience, time_s: float) -> Mask:
    """Return who was seen at the last look for them, or a moment ago."""
    unseen_s = time_s - followed.seen_s
    return np.asarray((followed.missed <= 1) | (unseen_s <= patience.dip_s))


def hidden(followed: Population) -> Mask:
    """Return who is not seen because another is in the way."""
    gone = followed.missing
    if gone.any():
        here = followed.seen_boxes[followed.confirmed & followed.here]
        shares = contained(boxes_of(followed.states[gone]), here)
        gone[gone] = (shares >= HIDDEN_SHARE_MIN).any(axis=1)
    return gone


def over(followed: Population, patience: Patience, time_s: float) -> Mask:
    """Return who is given up."""
    stood_s = _stood_s(followed, patience, followed.seen_s)
    awaited_s = np.maximum(patience.awaited_s, stood_s)
    allowed_s = np.where(followed.confirmed, awaited_s, patience.tentative_s)
    unseen_s = time_s - followed.seen_s - followed.hidden_s
    missed = followed.watched & ~followed.here & (unseen_s > allowed_s)
    # Frames that the camera dropped are no looks: one in vain is not enough.
    missed &= followed.confirmed | (followed.missed > 1) | (followed.hits <= 1)
    return np.asarray(missed | (time_s - followed.watched_s > patience.gap_s))


def _stood_s(followed: Population, patience: Patience, until_s: Times) -> Times:
    """Return how long each had stood still by then, as far as it counts."""
    return np.asarray(np.minimum(until_s - followed.rest_s, patience.stood_max_s))
