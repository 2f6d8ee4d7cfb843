"""Tells how sharp a picture is, by what blurring it would take away."""

import numpy as np

from tallypost.domain.vision import Pixels
from tallypost.vision.glimpse import Luma, steps_across, strips_of

STRIP_ROWS = 2
"""So many rows are averaged first: the noise of single pixels is no sharpness."""
BLUR_COLUMNS = 9
BLURRED, SHARP = 0.20, 0.67
"""What far out of focus and in focus measure: of 60 photographs of streets, scaled to
320 pixels, one of 20 measures less than 0.67 as it is, and half of them less than 0.18
when blurred by 5 pixels."""
_TINY = np.float32(1e-6)


def sharpness(pixels: Pixels) -> float:
    """Return how sharp a picture is: 1 for as sharp as what it shows can be, 0 for not.

    It knows nothing of what the camera could show: it is the share of the differences
    between neighbours that a blur would take away, from which what a picture far out of
    focus loses is subtracted. Whatever is made on the way is overwritten.

    Source: F. Crete et al., "The blur effect: perception and estimation with a new
    no-reference perceptual blur metric", Proc. SPIE 6492, 2007, section 3; here from
    left to right alone.

    Args:
        pixels: At least as many columns as `BLUR_COLUMNS`; else it is 0.
    """
    if pixels.shape[0] < STRIP_ROWS or pixels.shape[1] < BLUR_COLUMNS + STRIP_ROWS:
        return 0.0
    strips = strips_of(pixels, STRIP_ROWS)
    blurred = _blurred(strips)
    steps, slower = steps_across(strips), steps_across(blurred)
    np.abs(steps, out=steps)
    np.abs(slower, out=slower)
    whole = float(steps.sum())
    np.subtract(steps, slower, out=slower)
    np.maximum(slower, 0, out=slower)
    lost = float(slower.sum())
    for each in (strips, blurred, steps, slower):
        each.fill(0)
    measured = lost / max(whole, float(_TINY))
    return float(np.clip((measured - BLURRED) / (SHARP - BLURRED), 0.0, 1.0))


def _blurred(strips: Luma) -> Luma:
    """Return running means along each strip; its ends are continued."""
    half = BLUR_COLUMNS // 2
    longer = np.empty((len(strips), strips.shape[1] + 2 * half), np.float32)
    longer[:, half:-half] = strips
    longer[:, :half] = strips[:, :1]
    longer[:, -half:] = strips[:, -1:]
    blurred = np.zeros_like(strips)
    for shift in range(BLUR_COLUMNS):
        blurred += longer[:, shift : shift + strips.shape[1]]
    blurred *= np.float32(1 / BLUR_COLUMNS)
    longer.fill(0)
    return blurred
