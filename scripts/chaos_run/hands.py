"""Tells where an interval was that never became a record."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from enum import Enum

from scripts.chaos_run.evidence import Done
from scripts.chaos_run.faults import Kind

SOON_S = 15.0
"""So soon after it was handed over its half must have been killed."""
_KILLS = frozenset({Kind.TELEMETRY, Kind.TORN, Kind.REBOOT})


class Whereabouts(Enum):
    """Where an interval was when it was lost."""

    HAND = "read by a telemetry half that was killed with it"
    MEMORY = "in the memory of one killed on a full disk"
    PIPE = "in the pipe when all was killed at once"
    NOWHERE = "nowhere: nobody was killed"


class Hands:
    """What befell those who had intervals in their hands.

    Args:
        faults: What was done.
        told_s: When each interval was through the wall's opening that is in a record.
    """

    def __init__(self, faults: Iterable[Done], told_s: Iterable[float]) -> None:
        done = sorted(faults, key=lambda each: each.begun_s)
        self._told_s = sorted(told_s)
        self._reboots_s = [
            each.begun_s for each in done if each.fault.kind is Kind.REBOOT
        ]
        self._kills = [each for each in done if each.fault.kind in _KILLS]
        self._kills_s = [each.begun_s for each in self._kills]
        self._full = [each for each in done if each.fault.kind is Kind.FULL]

    @property
    def kills(self) -> int:
        """How often a telemetry half was killed."""
        return len(self._kills)

    def had(self, handed_s: float) -> Whereabouts:
        """Return where an interval was that is in no record.

        A pipe gives first what came first: of what lay in it when all was killed,
        nothing that came later is in a record.

        Args:
            handed_s: When it was through the wall's opening.
        """
        if _next(self._reboots_s, handed_s) < _next(self._told_s, handed_s):
            return Whereabouts.PIPE
        kills = self._soon(handed_s)
        if not kills:
            return Whereabouts.NOWHERE
        last_s = kills[-1].begun_s
        if any(
            full.begun_s <= last_s and full.ended_s >= handed_s for full in self._full
        ):
            return Whereabouts.MEMORY
        return Whereabouts.HAND

    def _soon(self, handed_s: float) -> Sequence[Done]:
        first = bisect_left(self._kills_s, handed_s)
        last = bisect_left(self._kills_s, handed_s + SOON_S)
        return self._kills[first:last]


def _next(times_s: Sequence[float], after_s: float) -> float:
    """Return the first of some times, in their order, after one; or never."""
    place = bisect_right(times_s, after_s)
    return times_s[place] if place < len(times_s) else math.inf
