"""Knows for how long the processor was slowed down, and when."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from tallypost.board.base import Board
from tallypost.domain.records import Interval

LOOK_S = 5.0
KEPT_S = 7200.0
"""Twice the longest interval."""


class Strain:
    """Looks now and then; what was seen is taken to last until the next look.

    Args:
        throttled: Whether it is slowed down just now; None where nobody can tell.
        board: Whose monotonic clock is asked.
    """

    def __init__(self, throttled: Callable[[], bool | None], board: Board) -> None:
        self._throttled = throttled
        self._board = board
        self._spans: deque[tuple[float, float]] = deque()
        self._begun_s = self._looked_s = board.monotonic_s()
        self._now: bool | None = throttled()

    def look(self) -> None:
        """Look, if it is time to."""
        now_s = self._board.monotonic_s()
        if now_s - self._looked_s < LOOK_S:
            return
        if self._now:
            self._spans.append((self._looked_s, now_s))
        self._looked_s, self._now = now_s, self._throttled()
        while self._spans and self._spans[0][1] < now_s - KEPT_S:
            self._spans.popleft()

    def told(self, interval: Interval) -> Interval:
        """Return an interval that tells it, where its own monotonic time is known."""
        start_s = interval.start_monotonic_s
        if start_s is None:
            return interval
        seconds = self.within_s(start_s, start_s + interval.duration_s)
        return replace(interval, quality=replace(interval.quality, throttled_s=seconds))

    def within_s(self, start_s: float, end_s: float) -> float | None:
        """Return for how many seconds of a time it was; None where nobody can tell.

        Nobody can of a time that began before this did, or that is forgotten.

        Args:
            start_s: When that time began, by the board's monotonic clock.
            end_s: When it ended.
        """
        known_s = max(self._begun_s, self._looked_s - KEPT_S)
        if self._now is None or start_s < known_s:
            return None
        spans = [*self._spans, *([(self._looked_s, end_s)] if self._now else [])]
        return sum(
            max(min(until_s, end_s) - max(from_s, start_s), 0.0)
            for from_s, until_s in spans
        )
