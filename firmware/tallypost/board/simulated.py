"""A board whose time passes when it is told to: for tests and for replays."""

import math
import threading

from tallypost.board.base import UNSYNCED, ClockReading
from tallypost.domain.records import ClockTrust


class SimulatedBoard:
    """Clocks that stand still until somebody calls `advance`, `jump` or `wait`.

    Args:
        utc_s: What the calendar says at the beginning.
        trust: How far the calendar may be believed.

    Attributes:
        reading: How far the calendar may be believed just now.
        battery_s: What the clock on a battery says; None where there is none.
    """

    def __init__(
        self, utc_s: float = 0.0, trust: ClockTrust = ClockTrust.SYNCED
    ) -> None:
        self._lock = threading.Lock()
        self._monotonic_s = 0.0
        self._utc_s = utc_s
        self._boots = 1
        self.battery_s: float | None = None
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

    def rtc_s(self) -> float | None:
        """Return what the clock on a battery says, in whole seconds."""
        return None if self.battery_s is None else float(math.floor(self.battery_s))

    def boot_id(self) -> str:
        """Return a name for this start."""
        return f"boot-{self._boots}"

    def wait(self, seconds: float) -> None:
        """Let so much time pass, and return at once."""
        self.advance(max(seconds, 0.0))

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        with self._lock:
            self._monotonic_s += seconds
            self._utc_s += seconds
            self._run_on(seconds)

    def jump(self, seconds: float) -> None:
        """Let the calendar jump, forward or back; the monotonic clock knows nothing."""
        with self._lock:
            self._utc_s += seconds

    def reboot(self, utc_s: float, *, off_s: float = 0.0) -> None:
        """Start anew: nobody keeps the calendar yet.

        Args:
            utc_s: What the calendar says then.
            off_s: For how long the power was off.
        """
        with self._lock:
            self._boots += 1
            self._monotonic_s, self._utc_s = 0.0, utc_s
            self._run_on(off_s)
            self.reading = UNSYNCED

    def _run_on(self, seconds: float) -> None:
        if self.battery_s is not None:
            self.battery_s += seconds
