"""Tells whether anything has moved since the detector last looked."""

import numpy as np

from tallypost.vision.glimpse import Luma

REST_S_MAX = 1.0
CHANGE_MIN = 4.0
"""Levels of 0..255: a block that changes by less has not changed."""
NOISE_TIMES = 8.0
"""A block must change by this many times what it usually does: of 5000 blocks whose
noise is Gaussian, one in 3000 pictures does so by chance."""
NOISE_MAX = 2.0
"""More is no noise but leaves in the wind: there the detector does not rest."""
NOISE_PER_S = 0.5
STEP_S_MAX = 0.2


class MotionGate:
    """Compares each glimpse with the one that the detector last looked at.

    It does so block by block. What a cloud or the camera's gain does to all of them
    alike does not count.

    It keeps one glimpse, of at most 96 blocks in a row, until the next look, and
    overwrites it then: after `rest_s_max` at most. Whoever gets no picture says so.
    What it makes on the way is overwritten at once.

    Args:
        rest_s_max: After so long without a look, the detector looks in any case.
    """

    def __init__(self, *, rest_s_max: float = REST_S_MAX) -> None:
        self._rest_s_max = rest_s_max
        self._known: Luma | None = None
        self._noise: Luma = np.zeros((0, 0), np.float32)
        self._looked_s = 0.0
        self._last_s = 0.0

    def is_still(self, luma: Luma, time_s: float) -> bool:
        """Return whether the detector would see what it saw at the last look.

        Args:
            luma: The glimpse of this picture.
            time_s: When its light fell, on the frames' clock.
        """
        if self._known is None or self._known.shape != luma.shape:
            return False
        step_s = min(abs(time_s - self._last_s), STEP_S_MAX)
        self._last_s = time_s
        fresh = 0 <= time_s - self._looked_s < self._rest_s_max
        changes, beside = luma - self._known, luma - self._known
        changes -= np.median(beside, overwrite_input=True)
        np.abs(changes, out=changes)
        bound = np.maximum(NOISE_TIMES * self._noise, CHANGE_MIN)
        np.subtract(changes, bound, out=beside)
        changed = beside.max() >= 0
        np.subtract(changes, self._noise, out=beside)
        self._follow(beside, step_s)
        for each in (changes, beside):
            each.fill(0)
        return bool(fresh and not changed)

    def looked(self, luma: Luma, time_s: float) -> None:
        """Note that the detector looks at this picture.

        Args:
            luma: Its glimpse; a copy is kept until the next look.
            time_s: When its light fell.
        """
        if self._known is None or self._known.shape != luma.shape:
            self.forget()
            self._known = luma.copy()
            self._noise = np.zeros_like(luma)
        else:
            self._known[...] = luma
        self._looked_s = self._last_s = time_s

    def forget(self) -> None:
        """Overwrite what is kept: the next picture must be looked at."""
        if self._known is not None:
            self._known[...] = 0
        self._known = None

    def _follow(self, off: Luma, step_s: float) -> None:
        """Follow the median of each block's changes.

        Args:
            off: By how much they are off from it; is overwritten.
            step_s: For how long.
        """
        np.sign(off, out=off)
        off *= NOISE_PER_S * step_s
        self._noise += off
        np.clip(self._noise, 0, NOISE_MAX, out=self._noise)
