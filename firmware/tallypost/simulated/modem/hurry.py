"""A board whose clock runs faster than that of the world."""

from tallypost.board.base import Board, ClockReading


class HurriedBoard:
    """Has so many seconds pass in one; the calendar stays what it is.

    Args:
        board: Whose clocks it takes.
        pace: How many seconds pass in one, above 0.
    """

    def __init__(self, board: Board, pace: float) -> None:
        self._board = board
        self._begins_s = board.monotonic_s()
        self.pace = pace

    def monotonic_s(self) -> float:
        """Return seconds that pass faster."""
        passed_s = self._board.monotonic_s() - self._begins_s
        return self._begins_s + passed_s * self.pace

    def utc_s(self) -> float:
        """Return seconds since 1970 by the calendar."""
        return self._board.utc_s()

    def clock(self) -> ClockReading:
        """Return how far `utc_s` may be believed just now."""
        return self._board.clock()

    def rtc_s(self) -> float | None:
        """Return what the clock on a battery says."""
        return self._board.rtc_s()

    def boot_id(self) -> str:
        """Return a name for this start of the board."""
        return self._board.boot_id()

    def wait(self, seconds: float) -> None:
        """Return after so many of these seconds."""
        self._board.wait(seconds / self.pace)
