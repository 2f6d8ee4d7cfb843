"""Tells when the light fell, from the stamps of a driver on the kernel's own clock."""

import math

# So little that even a camera of a million frames a second cannot outrun the clock.
TICK_S = 1e-6


class DriverStamps:
    """Believes a driver's stamps while they can be true; see `stamps.Stamps`.

    Some drivers stamp nothing, and some count from another beginning: a stamp that lies
    ahead of its arrival, or too far behind it, gives way to the arrival.

    Args:
        age_s_max: How long before its arrival a picture may have been taken.
    """

    def __init__(self, age_s_max: float) -> None:
        self._age_s_max = age_s_max
        self._last_s = -math.inf

    def place(self, stamp_s: float | None, step_s: float, arrival_s: float) -> float:
        """Return the picture's time, above that of the picture before."""
        del step_s
        time_s = arrival_s
        if stamp_s is not None and 0 <= arrival_s - stamp_s <= self._age_s_max:
            time_s = stamp_s
        self._last_s = max(time_s, self._last_s + TICK_S)
        return self._last_s
