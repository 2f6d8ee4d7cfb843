"""Noise for differential privacy: whole numbers, sampled exactly."""

import math
import secrets
from collections.abc import Callable
from fractions import Fraction

RandBelow = Callable[[int], int]
"""Returns a uniform random number in 0..n-1, given n."""
GHOSTS_SHARE_MAX = 0.01
"""Of a hundred cells in which nobody was, noise lifts one above the floor."""


class DiscreteLaplace:
    """Two-sided geometric noise: P(z) is in proportion to exp(-|z| / scale).

    Added to a count that one object changes by no more than `scale` times epsilon, it
    makes the count epsilon-differentially private. No floating-point number is
    involved: what such numbers leave out would tell the true count. Sources: Ghosh,
    Roughgarden and Sundararajan, "Universally Utility-Maximizing Privacy Mechanisms"
    (SIAM J. Comput. 41, 2012); Mironov, "On Significance of the Least Significant Bits
    for Differential Privacy" (CCS 2012); Canonne, Kamath and Steinke, "The Discrete
    Gaussian for Differential Privacy" (NeurIPS 2020), algorithms 1 and 2.

    Args:
        scale: Above 0.
        randbelow: Where chance comes from; by default, from the kernel.
    """

    def __init__(
        self, scale: Fraction, *, randbelow: RandBelow = secrets.randbelow
    ) -> None:
        self.scale = scale
        """By how much one number is off in the mean, roughly."""
        self._randbelow = randbelow

    def sample(self) -> int:
        """Return one number."""
        span, step = self.scale.numerator, self.scale.denominator
        while True:
            low = self._randbelow(span)
            if not self._decays(low, span):
                continue
            high = 0
            while self._decays(1, 1):
                high += 1
            size = (low + span * high) // step
            below = self._randbelow(2)
            if size or not below:
                return -size if below else size

    @property
    def floor(self) -> int:
        """The least number that noise alone reaches in one of a hundred cases at most.

        From P(z >= n) = p**n / (1 + p), p = exp(-1 / scale), for n of 1 and more.
        """
        p = math.exp(-1 / self.scale)
        return max(math.ceil(math.log(GHOSTS_SHARE_MAX * (1 + p)) / math.log(p)), 1)

    def _decays(self, numerator: int, denominator: int) -> bool:
        """Return True with probability exp(-numerator / denominator), a part of 1."""
        tries = 1
        while self._randbelow(denominator * tries) < numerator:
            tries += 1
        return tries % 2 == 1
