"""Repairs the times that pictures come with, so that time always rises."""

import math
from typing import Protocol

GAP_S_MAX = 3600.0
"""A longer hole between two stamps of footage is taken for a fault of the stamps."""
LAG_S_MAX = 1.0
"""A live stream's stamps that fall further behind their arrival begin anew."""
LAG_GAIN = 0.002
"""The share of the lag that each frame takes up: follows clocks that drift apart."""
TICK_S = 0.001
RISE_S_MIN = 1e-6
"""Stamps of footage that lie closer are taken for the same."""
STAMP_S_MAX = 1e10
"""Further from zero (300 years), a stamp is a fault, and too coarse to add up."""


class Stamps(Protocol):
    """Puts a picture on the scene's own clock."""

    def place(self, stamp_s: float | None, step_s: float, arrival_s: float) -> float:
        """Return the picture's time, above that of the picture before.

        Args:
            stamp_s: What the picture came with; None where it came with nothing.
            step_s: The usual time from one picture to the next, above 0.
            arrival_s: When we got hold of it, on the board's monotonic clock.
        """
        ...


class FootageStamps:
    """Begins at 0 and believes the stamps, at whatever rate, while they rise.

    A picture without a stamp, or with one that does not rise (footage joined from
    pieces, or begun again), comes one usual step after the one before.
    """

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._shift_s: float | None = None

    def place(self, stamp_s: float | None, step_s: float, arrival_s: float) -> float:
        """Return the picture's time; see the Protocol."""
        del arrival_s
        next_s = 0.0 if self._last_s is None else self._last_s + step_s
        if stamp_s is not None and abs(stamp_s) <= STAMP_S_MAX:
            if self._shift_s is None or not self._rises(stamp_s + self._shift_s):
                self._shift_s = next_s - stamp_s
            next_s = stamp_s + self._shift_s
        self._last_s = next_s
        return next_s

    def _rises(self, time_s: float) -> bool:
        assert self._last_s is not None
        return RISE_S_MIN <= time_s - self._last_s <= GAP_S_MAX


class LiveStamps:
    """Tells when a live picture was taken, on the board's monotonic clock.

    Arrival alone would do, but the network delivers in bursts, and a burst would make
    everybody on it seem to jump. The stamps say how far pictures lie apart; arrivals
    say when that was: a picture cannot arrive before it was taken, and whatever came
    with the least delay fixes where the stamps' zero lies. Where stamps are missing or
    make no sense, the arrival is taken.
    """

    def __init__(self) -> None:
        self._last_s = -math.inf
        self._shift_s: float | None = None

    def place(self, stamp_s: float | None, step_s: float, arrival_s: float) -> float:
        """Return the picture's time; see the Protocol."""
        del step_s
        time_s = arrival_s
        if stamp_s is not None and abs(stamp_s) <= STAMP_S_MAX:
            time_s = self._smoothed(stamp_s, arrival_s)
        self._last_s = max(time_s, self._last_s + TICK_S)
        return self._last_s

    def _smoothed(self, stamp_s: float, arrival_s: float) -> float:
        newest = arrival_s - stamp_s
        lag_s = math.inf if self._shift_s is None else newest - self._shift_s
        if self._shift_s is None or not 0 <= lag_s <= LAG_S_MAX:
            self._shift_s = newest
        else:
            self._shift_s += LAG_GAIN * lag_s
        return stamp_s + self._shift_s


class Thinning:
    """Lets through so many pictures a second, evenly, and no more.

    Args:
        rate_hz_max: None lets all through.
    """

    def __init__(self, rate_hz_max: float | None) -> None:
        self._period_s = 0.0 if rate_hz_max is None else 1 / rate_hz_max
        self._due_s = -math.inf

    def takes(self, time_s: float) -> bool:
        """Return whether the picture of this time is one of those to look at."""
        # Stamps are rounded: one that is due within a tick is due.
        if time_s < self._due_s - TICK_S:
            return False
        self._due_s += self._period_s
        if self._due_s <= time_s:
            self._due_s = time_s + self._period_s
        return True
