"""When a road is congested, and when no longer."""

import math

RELIEF_SHARE = 0.1
"""Traffic flows again when its share of free flow is by so much above the limit,"""
RELIEF_COUNT = 0.5
"""or when no more than this share of the vehicles is left that congestion needs."""


class Congestion:
    """Weighs what happens by how long ago it was, so that one red light is none.

    Args:
        below: Traffic is congested below this share of free flow.
        after_s: About over so long it is taken: what lies farther back counts for less
            than a third.
        count_min: Fewer vehicles, on average over that time, are no congestion.
    """

    def __init__(self, *, below: float, after_s: float, count_min: int) -> None:
        self._below = below
        self._after_s = after_s
        self._count_min = count_min
        self.forget()

    def forget(self) -> None:
        """Begin afresh: nobody knows what happened of late."""
        self._watched_s = 0.0
        self._stays_s = 0.0
        self._free_s = 0.0
        self._is_congested = False

    @property
    def is_congested(self) -> bool:
        """Whether it is."""
        return self._is_congested

    @property
    def count(self) -> float:
        """How many vehicles there were, on average."""
        return self._stays_s / self._watched_s if self._watched_s else 0.0

    def elapse(self, seconds: float, count: float, free: float) -> None:
        """Let time pass.

        Args:
            seconds: How much of it.
            count: How many vehicles there were.
            free: The sum of their shares of free flow: `count` if nothing hinders them.
        """
        kept = math.exp(-seconds / self._after_s)
        self._watched_s = self._watched_s * kept + seconds
        self._stays_s = self._stays_s * kept + seconds * count
        self._free_s = self._free_s * kept + seconds * free

    def turned(self) -> bool:
        """Return whether congestion has just begun or ended."""
        was = self._is_congested
        self._is_congested = self._goes_on() if was else self._begins()
        return self._is_congested != was

    def _begins(self) -> bool:
        long_enough = self._watched_s >= self._after_s * (1 - math.exp(-1))
        slow = self._free_s < self._below * self._stays_s
        return long_enough and slow and self.count >= self._count_min

    def _goes_on(self) -> bool:
        slow = self._free_s < (self._below + RELIEF_SHARE) * self._stays_s
        return slow and self.count >= self._count_min * RELIEF_COUNT
