"""Learns slowly what a camera usually shows; keeps nothing that shows a person.

What is kept, in memory alone and never on a disk: of 12 x 16 cells, how much there
usually is to see at three scales (three numbers a cell, each the logarithm of a mean of
differences); of four bands across and four down, where light usually changes along them
(one number a block, each a mean over a quarter of the picture's height or width); and
how well each band usually lies on itself. All of them are means over
the minutes since the start, later over the last five or so: whoever passes weighs as
much as the share of that time for which they were there, and whoever stands there for
an hour is summed up along whole bands and over whole cells with all that is behind and
beside them. Neither has an outline from which anybody could be known again.
"""

import numpy as np
from numpy.typing import NDArray

from tallypost.vision.scrutiny.cells import Cells, Grid
from tallypost.vision.scrutiny.profiles import Match, Profiles, match

TIME_CONSTANT_S = 300.0
DIRTY_TIME_CONSTANT_S = 6000.0
"""Cells that look dirty are learned this much more slowly: dirt shall not become usual
within minutes, and new asphalt shall within hours."""
LEARNED_S = 20.0
LEARNED_LOOKS = 25
DEVIATION_MAX = 0.5
"""Of a logarithm: whoever passes is no more than this far from the usual."""
_TINY = np.float32(1e-3)


class Reference:
    """What is usual.

    Attributes:
        fine: Shape of a grid, usual differences at the finest scale.
        coarse: The same between blocks.
        structure: The same between blocks and cells together.
        profiles: Where light usually changes along the bands; None before the first
            look.
        still: Shape (2 * `BANDS`,), how well each band usually lies on itself.
    """

    def __init__(self) -> None:
        self._logarithms: NDArray[np.float32] | None = None
        self.profiles: Profiles | None = None
        self.still: NDArray[np.float32] = np.zeros(0, np.float32)
        self._looks = 0
        self._seconds = 0.0

    @property
    def is_learned(self) -> bool:
        """Whether it has seen enough to judge others by."""
        return self._looks >= LEARNED_LOOKS and self._seconds >= LEARNED_S

    @property
    def fine(self) -> Grid:
        """Usual differences between neighbouring pixels."""
        return self._usual(0)

    @property
    def coarse(self) -> Grid:
        """Usual differences between neighbouring blocks."""
        return self._usual(1)

    @property
    def structure(self) -> Grid:
        """Usual differences between neighbouring blocks and cells."""
        return self._usual(2)

    def fits(self, seen: Profiles) -> bool:
        """Return whether a picture is of the size that was learned."""
        known = self.profiles
        return known is None or (
            known.across.shape == seen.across.shape
            and known.down.shape == seen.down.shape
        )

    def match(self, seen: Profiles) -> Match | None:
        """Return how a picture's bands lie on the usual ones; None: none are known."""
        return None if self.profiles is None else match(seen, self.profiles)

    def learn(
        self,
        cells: Cells,
        seen: Profiles,
        lies: Match | None,
        *,
        step_s: float,
        dirty: NDArray[np.bool_],
    ) -> None:
        """Take one picture as usual.

        Args:
            cells: What there is to see.
            seen: Where light changes; of the size that was learned.
            lies: What `match` tells of it.
            step_s: Since the picture learned before.
            dirty: Shape of a grid, cells that are learned more slowly.
        """
        self._looks += 1
        self._seconds += step_s
        rate = max(1 / self._looks, min(step_s / TIME_CONSTANT_S, 1.0))
        self._learn_bands(seen, lies, rate)
        now = np.log(np.stack([cells.fine, cells.coarse, cells.structure]) + _TINY)
        if self._logarithms is None:
            self._logarithms = now
            return
        slow = min(step_s / DIRTY_TIME_CONSTANT_S, rate)
        rates = np.where(dirty, np.float32(slow), np.float32(rate))
        off = np.clip(now - self._logarithms, -DEVIATION_MAX, DEVIATION_MAX)
        self._logarithms += rates * off

    def _learn_bands(self, seen: Profiles, lies: Match | None, rate: float) -> None:
        known = self.profiles
        if known is None or lies is None:
            self.profiles = Profiles(seen.across.copy(), seen.down.copy())
            self.still = np.ones(len(seen.across) + len(seen.down), np.float32)
            return
        self.still += rate * (lies.still - self.still)
        known.across[...] += rate * (seen.across - known.across)
        known.down[...] += rate * (seen.down - known.down)

    def _usual(self, row: int) -> Grid:
        assert self._logarithms is not None
        return np.asarray(np.exp(self._logarithms[row]))
