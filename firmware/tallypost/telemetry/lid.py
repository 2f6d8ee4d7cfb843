"""Tells that the box was opened, and that it was shut: once each, through restarts."""

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from tallypost.board.base import Board
from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState

APART_S, APART_S_MAX = 10.0, 3600.0
"""A lid that rattles makes no flood: each time that it is opened doubles the wait."""
QUIET_S = 3600.0
"""A lid that nobody moved for so long is told at once again."""


class Ongoing(Protocol):
    """What is asked of the outbox's alerts."""

    def going_on(self, kind: AlertKind) -> bool:
        """Return whether something of a kind has begun and is not over."""
        ...


class Lid:
    """What was told last of the lid, as the outbox remembers it.

    Args:
        alerts: Knows what has begun and is not over.
        tell: Keeps an alert; returns the record made of it, if one was.
        board: Whose clocks are read.
    """

    def __init__(
        self,
        alerts: Ongoing,
        tell: Callable[[Alert], Sequence[AlertRecord]],
        board: Board,
    ) -> None:
        self._alerts = alerts
        self._tell = tell
        self._board = board
        self._not_before_s = -math.inf
        self._apart_s = APART_S
        self._moved_s = -math.inf

    def note(self, *, opened: bool, since_s: float) -> list[AlertRecord]:
        """Tell that it was opened or shut, if that is not what was told last.

        Asked again and again, it tells later what would be too soon now; what is over
        by then is never told.

        Args:
            opened: Whether it is open.
            since_s: Since when, by the board's monotonic clock.
        """
        now_s = self._board.monotonic_s()
        if since_s - self._moved_s >= QUIET_S:
            self._apart_s = APART_S
        self._moved_s = max(since_s, self._moved_s)
        if self._alerts.going_on(AlertKind.TAMPER) == opened:
            return []
        if opened and now_s < self._not_before_s:
            return []
        if opened:
            self._not_before_s = now_s + self._apart_s
            self._apart_s = min(self._apart_s * 2.0, APART_S_MAX)
        self._not_before_s = max(self._not_before_s, now_s + APART_S)
        ago_s = now_s - since_s
        told = Alert(
            kind=AlertKind.TAMPER,
            state=AlertState.BEGUN if opened else AlertState.ENDED,
            time_utc_s=max(self._board.utc_s() - ago_s, 0.0),
            clock=self._board.clock().trust,
        )
        return [*self._tell(told)]
