"""Keeps alerts until an uplink has taken them, and for a while after that."""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from tallypost.board.base import Board
from tallypost.domain.alerts import (
    OF_THE_BOX,
    Alert,
    AlertKind,
    AlertRecord,
    AlertState,
    begun_by,
)
from tallypost.domain.records import ClockTrust
from tallypost.errors import OutboxUnavailableError, RecordError
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.outbox.numbering import Numbering
from tallypost.telemetry.outbox.store import Store
from tallypost.telemetry.outbox.stored_alerts import StoredAlerts

MEMORY_ALERTS_MAX = 200

_logger = logging.getLogger(__name__)


class Alerts:
    """Alerts that wait, those that went out lately, and what is not over.

    Nobody is told that something is over who was not told that it began, and nothing
    that was told to have begun is left at that. Where too many wait, the oldest that
    began and ended meanwhile are dropped, both alerts of each: they would come too late
    for anybody to act on, and records count what happened all the same. Where all that
    wait is still going on, a new one is refused, and its end with it.

    What went out is kept for thirty days, as far as there is room, and sent again where
    somebody asks. While the disk refuses, alerts wait in memory: without the disk no
    number is safe.

    Args:
        store: The outbox's database.
        numbering: The mark at the last number used; alerts are counted apart.
        mutex: The outbox's own.
        arrived: Set whenever an alert has been stored.
        say: Told that the disk refuses.
        board: Whose clocks to ask.

    Attributes:
        refused: How many were not taken, because there was no room for them.
    """

    def __init__(
        self,
        store: Store,
        numbering: Numbering,
        *,
        mutex: "threading.RLock",
        arrived: threading.Event,
        say: Callable[[OutboxUnavailableError], None],
        board: Board,
    ) -> None:
        self.refused = 0
        self._stored = StoredAlerts(store, numbering, board)
        self._numbering = numbering
        self._mutex = mutex
        self._arrived = arrived
        self._say = say
        self._memory: deque[tuple[Alert, str]] = deque()

    def load(self, connection: sqlite3.Connection) -> None:
        """Take up what a database that was just opened holds."""
        self._stored.load(connection)

    def put(self, alert: Alert, device: str) -> AlertRecord | None:
        """Keep an alert; return the record it became, with its number.

        On return the record is on the disk. None says that it waits in memory for the
        disk, that there was no room, or that it ends what nobody was told of.

        Raises:
            RecordError: The alert breaks the schema; nothing was kept.
        """
        with self._mutex:
            self.flush()
            if self._memory:
                self._remember(alert, device)
                return None
            try:
                record = self._append(alert, device)
            except OutboxUnavailableError as error:
                self._remember(alert, device)
                self._say(error)
                return None
            self.mark()
            return record

    def end_all(
        self, device: str, *, time_utc_s: float, clock: ClockTrust
    ) -> list[AlertRecord]:
        """Say of all that the other half told that it is over; return the records."""
        with self._mutex:
            records = [
                self.put(
                    replace(
                        alert,
                        state=AlertState.ENDED,
                        time_utc_s=time_utc_s,
                        value=None,
                        clock=clock,
                    ),
                    device,
                )
                for alert in list(self._told_to_go_on().values())
                if alert.kind not in OF_THE_BOX
            ]
            return [record for record in records if record is not None]

    def going_on(self, kind: AlertKind) -> bool:
        """Return whether something of a kind has begun and is not over."""
        with self._mutex:
            return any(each.kind is kind for each in self._told_to_go_on().values())

    def flush(self) -> None:
        """Write to the disk what waits in memory, and forget what is too old."""
        with self._mutex:
            try:
                while self._memory:
                    with suppress(RecordError):
                        self._append(*self._memory[0])
                    self._memory.popleft()
                self._stored.look_after()
            except OutboxUnavailableError as error:
                self._say(error)

    def head(self, limit: int) -> list[Message]:
        """Return alerts that must go out, so many at most, in the order to send them.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        with self._mutex:
            return self._stored.head(limit)

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of what the far side has; after a power cut some may go out again."""
        with self._mutex:
            try:
                self._stored.conclude(seqs)
            except OutboxUnavailableError as error:
                self._say(error)

    def rejected(self, seq: int, reason: str) -> None:
        """Let go of an alert that the far side will never take; the log was told."""
        del reason
        self.delivered([seq])

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Send again, after what is new, what is here of a range; return how many.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
            ValueError: The numbers are no range.
        """
        if not 1 <= first_seq <= last_seq:
            raise ValueError(f"{first_seq} to {last_seq} is no range of numbers")
        with self._mutex:
            asked = self._stored.ask_again(first_seq, last_seq)
            self._arrived.set()
            return asked

    def forget(self, connection: sqlite3.Connection) -> int:
        """Drop the oldest that went out, for want of room; return how many."""
        return self._stored.forget(connection)

    @property
    def last_seq(self) -> int:
        """The highest number that an alert may have; 0 before the first."""
        return self._stored.last_seq

    @property
    def pending(self) -> int:
        """How many alerts must go out, those in memory included."""
        with self._mutex:
            return self._stored.pending + len(self._memory)

    def mark(self) -> None:
        """Write down the last number used."""
        # A disk that refuses the mark is heard of when it lags too far behind.
        with suppress(OutboxUnavailableError):
            self._numbering.used(self._stored.last_seq)

    def close(self) -> None:
        """Note what went out, and give up what waits in memory: the outbox closes."""
        with suppress(OutboxUnavailableError):
            self._stored.note()
        if self._memory:
            _logger.error("alerts lost count=%d", len(self._memory))
            self._memory.clear()

    def _append(self, alert: Alert, device: str) -> AlertRecord | None:
        record = self._stored.append(alert, device)
        if record is not None:
            self._arrived.set()
        elif alert.state is AlertState.BEGUN:
            self._refuse()
        return record

    def _remember(self, alert: Alert, device: str) -> None:
        if alert.state is AlertState.ENDED:
            if begun_by(alert, self._told_to_go_on()) is not None:
                self._memory.append((alert, device))
        elif len(self._memory) < MEMORY_ALERTS_MAX:
            self._memory.append((alert, device))
        else:
            self._refuse()

    def _told_to_go_on(self) -> dict[int, Alert]:
        """Return what is going on once all that waits in memory is written."""
        going_on = dict(self._stored.ongoing)
        for seq, (alert, _) in enumerate(self._memory, start=self.last_seq + 1):
            if alert.state is AlertState.BEGUN:
                going_on[seq] = alert
            elif (begun_seq := begun_by(alert, going_on)) is not None:
                del going_on[begun_seq]
        return going_on

    def _refuse(self) -> None:
        if not self.refused:
            _logger.error("alerts are many, new ones are refused")
        self.refused += 1
