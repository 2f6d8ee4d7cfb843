"""Tells when a frame's light fell, by the calendar."""

from typing import Protocol

from tallypost.board.base import Board, ClockReading
from tallypost.domain.records import ClockTrust
from tallypost.domain.vision import Frame
from tallypost.vision.kpi.window import Moment


class Timeline(Protocol):
    """Puts frames on the calendar."""

    def moment(self, frame: Frame) -> Moment:
        """Return when this frame's light fell."""
        ...

    def now(self) -> Moment | None:
        """Return the present moment; None where time passes with the frames only."""
        ...


class LiveTimeline:
    """The board's own clocks: a frame is as old as it says.

    Args:
        board: Whose clocks are read.
    """

    def __init__(self, board: Board) -> None:
        self._board = board

    def moment(self, frame: Frame) -> Moment:
        """Return when this frame was captured."""
        now_s = self._board.monotonic_s()
        age_s = max(now_s - frame.captured_monotonic_s, 0.0)
        # A calendar that begins with 1970 knows of nothing before.
        utc_s = max(self._board.utc_s() - age_s, 0.0)
        return Moment(now_s - age_s, utc_s, self._board.clock())

    def now(self) -> Moment:
        """Return the present moment."""
        board = self._board
        return Moment(board.monotonic_s(), board.utc_s(), board.clock())


class FootageTimeline:
    """Footage's own time, laid on the calendar from a given moment on.

    Args:
        origin_utc_s: When the footage began.
        clock: How far that may be believed.
    """

    def __init__(
        self,
        origin_utc_s: float = 0.0,
        clock: ClockReading = ClockReading(ClockTrust.UNSYNCED, None),  # noqa: B008  # frozen
    ) -> None:
        self._origin_utc_s = origin_utc_s
        self._clock = clock

    def moment(self, frame: Frame) -> Moment:
        """Return when this frame's light fell."""
        return self.at(frame.time_s)

    def at(self, time_s: float) -> Moment:
        """Return the moment so many seconds into the footage."""
        return Moment(time_s, self._origin_utc_s + time_s, self._clock)

    def now(self) -> None:
        """Return nothing: between two frames no time passes."""
