"""Spreads a day's airtime, so that the newest record never waits for old ones."""

from tallypost.board.base import Board
from tallypost.telemetry.uplink.lorawan.duty import DAY_S, RESERVE

EARLY = 0.9
"""A new record may come a little before its time: intervals end by another clock."""


class Pace:
    """Says how soon a record may follow another.

    A day's airtime, less what is kept for what is urgent, is first given to new records
    in equal steps; what these leave is given to old ones in equal steps, too. So making
    up for an outage never costs the next day's figures.

    Args:
        day_s: How much airtime there is in a day.
        record_s: At least so long from one new record to the next.
        board: Whose clock to ask.
    """

    def __init__(self, day_s: float, record_s: float, board: Board) -> None:
        self._day_s = day_s * (1.0 - RESERVE)
        self._record_s = record_s
        self._board = board
        self._new_not_before_s = self._old_not_before_s = board.monotonic_s()
        self._new_day_s = 0.0
        """What new records take of a day."""

    def wait_s(self, *, new: bool) -> float:
        """Return after how long a record may go."""
        not_before_s = self._new_not_before_s if new else self._old_not_before_s
        return max(not_before_s - self._board.monotonic_s(), 0.0)

    def went(self, air_s: float, *, new: bool) -> None:
        """Note that a record went out.

        Args:
            air_s: For how long it was on air.
            new: Whether it was newer than any before.
        """
        now_s = self._board.monotonic_s()
        if new:
            step_s = max(self._record_s, air_s * DAY_S / self._day_s)
            self._new_day_s = air_s * DAY_S / step_s
            self._new_not_before_s = now_s + EARLY * step_s
        else:
            left_s = max(self._day_s - self._new_day_s, air_s)
            self._old_not_before_s = now_s + air_s * DAY_S / left_s
