"""A board whose time passes when it is told to: for tests and for replays."""

import threading

from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust


class SimulatedBoard:
    """Clocks that stand still until somebody calls `advance`, `jump` or `wait`.

    Args:
        utc_s: What the calendar says at the beginning.
        trust: How far the calendar may be believed.
    """

    def __init__(
        self, utc_s: float = 0.0, trust: ClockTrust = ClockTrust.SYNCED
    ) -> None:
        self._lock = threading.Lock()
        self._monotonic_s = 0.0
        self._utc_s = utc_s
        self.reading = ClockReading(trust, 0.0 if trust is ClockTrust.SYNCED else None)

    def monotonic_s(self) -> float:
        """Return seconds that never jump, for durations."""
        return self._monotonic_s

    def utc_s(self) -> float:
        """Return seconds since 1970 by the calendar."""
        return self._utc_s

    def clock(self) -> ClockReading:
        """Return how far `utc_s` may be believed just now."""
        return self.reading

    def wait(self, seconds: float) -> None:
        """Let so much time pass, and return at once."""
        self.advance(max(seconds, 0.0))

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        with self._lock:
            self._monotonic_s += seconds
            self._utc_s += seconds

    def jump(self, seconds: float) -> None:
        """Let the calendar jump, forward or back; the monotonic clock knows nothing."""
        with self._lock:
            self._utc_s += seconds
