"""Tells from how bands lie whether the camera has moved."""

import numpy as np
from numpy.typing import NDArray

from tallypost.vision.scrutiny.profiles import BANDS, Match

USABLE_MIN = 0.5
"""A band that usually correlates less with itself tells nothing."""
USABLE_BANDS_MIN = 3
BEST_MIN = 0.5
GAIN_MIN = 0.2
STILL_RATIO_MAX = 0.6
SHIFT_MIN = 0.018
"""A band is displaced that correlates by `BEST_MIN` somewhere else, by `GAIN_MIN` more
than where it was, and there by no more than this ratio of what is usual."""
DISPLACED_BANDS_MIN = 3
SPREAD_MAX = 0.015
"""Bands agree whose displacements differ by no more than this share of the picture."""
HALF_SHIFT_MIN = 0.01
"""Of a half of a band, as a share of the whole: a zoom of a twenty-fifth."""
ZOOMED_BANDS_MIN = 2
GONE_RATIO_MAX = 0.35
GONE_SHARE_MIN = 0.7
"""Where so many bands correlate by no more than that ratio of what is usual, the camera
shows something else."""
WELL_RATIO_MIN = 0.65
WAYS = (slice(BANDS), slice(BANDS, None))
"""Bands across and bands down."""


def is_moved(match: Match, usual_still: NDArray[np.float32], *, sharp: bool) -> bool:
    """Return whether bands lie elsewhere than they usually do, or nowhere.

    Args:
        match: How they lie on the usual ones.
        usual_still: Shape (2 * `BANDS`,), how well they usually do.
        sharp: Whether the picture is in focus: bands of one that is not may lie on
            nothing though the camera stands still.
    """
    usable = usual_still >= USABLE_MIN
    if usable.sum() < USABLE_BANDS_MIN:
        return False
    gone = usable & (match.still <= GONE_RATIO_MAX * usual_still)
    gone &= (match.best < BEST_MIN) | (np.abs(match.shift) >= SHIFT_MIN)  # no swaying
    if sharp and gone.sum() >= GONE_SHARE_MIN * usable.sum():
        return True
    if _is_zoomed(match):
        return True
    displaced = usable & (match.best >= BEST_MIN)
    displaced &= match.best - match.still >= GAIN_MIN
    displaced &= match.still <= STILL_RATIO_MAX * usual_still
    displaced &= np.abs(match.shift) >= SHIFT_MIN
    if displaced.sum() >= DISPLACED_BANDS_MIN:
        return True
    lies = usable & (match.still >= WELL_RATIO_MIN * usual_still)
    return any(
        2 * displaced[way].sum() >= usable[way].sum()
        and _agree(match.shift[way][displaced[way]], any_lies=bool(lies[way].any()))
        for way in WAYS
    )


def _is_zoomed(match: Match) -> bool:
    """Return whether the halves of bands move apart, or together, by the same."""
    first, second = match.halves
    clear = np.ones(len(match.still), np.bool_)
    for half in match.halves:
        clear &= (half.best >= BEST_MIN) & (half.best - half.still >= GAIN_MIN)
        clear &= np.abs(half.shift) >= 2 * HALF_SHIFT_MIN
    clear &= np.abs(first.shift + second.shift) <= 2 * SPREAD_MAX
    apart = np.sign(second.shift - first.shift)[clear]
    return len(apart) >= ZOOMED_BANDS_MIN and abs(apart.sum()) == len(apart)


def lies_well(match: Match, usual_still: NDArray[np.float32]) -> bool:
    """Return whether most bands of either way lie where, and as well as, they did."""
    usable = usual_still >= USABLE_MIN
    left = match.still / np.maximum(usual_still, USABLE_MIN)
    return all(
        np.median(left[way][usable[way]]) >= WELL_RATIO_MIN
        for way in WAYS
        if usable[way].any()
    )


def _agree(shifts: NDArray[np.float32], *, any_lies: bool) -> bool:
    """Return whether displaced bands of one way tell of one movement.

    Args:
        shifts: How far they are displaced. To the same side: the camera was turned, and
            no band of that way can lie where it did. To both sides: it was rolled, or
            its lens was; bands in the middle may lie where they did.
        any_lies: Whether any band of that way does.
    """
    if len(shifts) < 2 or np.ptp(np.abs(shifts)) > SPREAD_MAX:  # noqa: PLR2004  a pair
        return False
    same_side = bool((shifts > 0).all() or (shifts < 0).all())
    return not (same_side and any_lies)
