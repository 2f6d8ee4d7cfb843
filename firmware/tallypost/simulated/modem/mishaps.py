"""What goes wrong on a serial line, and with what is at its end."""

import random
from collections.abc import Mapping
from enum import StrEnum

from tallypost.simulated.modem.base import SimulatedModem

NOISE_BYTES_MAX = 24


class Mishap(StrEnum):
    """Each happens by chance, once in so many commands."""

    NOISE = "noise"
    """Bytes that nobody sent come before the answer."""
    HALF = "half"
    """The rest of the answer is lost."""
    MUTE = "mute"
    """The whole answer is lost."""
    STUCK = "stuck"
    """The modem hears and says nothing more until it is reset."""
    RESTART = "restart"
    """The modem starts afresh after it has answered."""
    BROWN_OUT = "brown-out"
    """The modem starts afresh in the middle of the answer."""


class Mishaps:
    """Decides what goes wrong.

    Args:
        chances: How often each happens, 0..1; what is not named never does.
        seed: The same seed has the same mishaps.
    """

    def __init__(self, chances: Mapping[Mishap, float], seed: int = 0) -> None:
        self._chances = dict(chances)
        self._random = random.Random(seed)  # noqa: S311  # chances, no secrets

    def noise(self) -> bytes:
        """Return bytes that mean nothing: what a line at the wrong speed gives."""
        return self._random.randbytes(self._random.randint(1, NOISE_BYTES_MAX))

    def befall(self, modem: SimulatedModem, answer: bytes) -> bytes:
        """Return what is left of an answer; the modem itself may suffer, too."""
        if self._happens(Mishap.STUCK):
            modem.stuck = True
        if self._happens(Mishap.RESTART):
            modem.restart()
        if self._happens(Mishap.BROWN_OUT):
            modem.restart(brown_out=True)
            answer = answer[: len(answer) // 2]
        if self._happens(Mishap.MUTE):
            answer = b""
        if self._happens(Mishap.HALF):
            answer = answer[: len(answer) // 2]
        if self._happens(Mishap.NOISE):
            answer = self.noise() + answer
        return answer

    def _happens(self, mishap: Mishap) -> bool:
        return self._random.random() < self._chances.get(mishap, 0.0)
