"""Remembers what airtime was used, so that a restart does not begin with a new day."""

from collections import Counter

from tallypost.board.base import Board
from tallypost.telemetry.uplink.lorawan.duty import DAY_S, HOUR_S, Budget
from tallypost.telemetry.uplink.lorawan.memory import Memory

NOTE_S = 1800.0
"""So seldom it is written down, to spare the card; and with the first uplink."""


class AirLedger:
    """Gives a budget back what was used before, and notes what is used.

    It goes by the calendar, right or wrong: a wrong one costs airtime at worst.

    Args:
        budget: Whose.
        memory: Where it is kept.
        board: Whose clocks to ask.
    """

    def __init__(self, budget: Budget, memory: Memory, board: Board) -> None:
        self._budget = budget
        self._memory = memory
        self._board = board
        self._due_s = board.monotonic_s()
        now_utc_s = board.utc_s()
        for hour, air_s in sorted(memory.kept.air):
            # All of it at the hour's end: the latest that it can have been.
            ago_s = now_utc_s - (hour + 1) * HOUR_S
            if ago_s < DAY_S:
                budget.spend(air_s, ago_s=max(ago_s, 0.0))

    def note(self) -> None:
        """Write it down, if that is due; call it behind each uplink."""
        now_s = self._board.monotonic_s()
        if now_s < self._due_s:
            return
        self._due_s = now_s + NOTE_S
        ahead_s = self._board.utc_s() - now_s
        hours: Counter[int] = Counter()
        for spent in self._budget.spent:
            hours[int((spent.at_s + ahead_s) // HOUR_S)] += round(1000 * spent.air_s)
        self._memory.keep(air=tuple((hour, ms / 1000) for hour, ms in hours.items()))
