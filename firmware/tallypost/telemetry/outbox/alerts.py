"""Keeps alerts until an uplink has taken them, in the same file as records."""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from tallypost.domain.alerts import Alert, AlertRecord, AlertState, begun_by
from tallypost.domain.records import ClockTrust
from tallypost.errors import OutboxUnavailableError, RecordError
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.outbox import alert_ledger, ledger
from tallypost.telemetry.outbox.numbering import Numbering
from tallypost.telemetry.outbox.store import Store

ALERTS_MAX = 1000
"""How many alerts wait on the disk, and how many things may be going on at once."""
MEMORY_ALERTS_MAX = 200

_logger = logging.getLogger(__name__)


class Alerts:
    """Alerts that wait, and what has begun and is not over.

    Nobody is told that something is over who was not told that it began, and nothing
    that was told to have begun is left at that. Where too many wait, the oldest that
    began and ended meanwhile are dropped, both alerts of each: they would come too late
    for anybody to act on, and records count what happened all the same. Where all that
    wait is still going on, a new one is refused, and its end with it.

    While the disk refuses, alerts wait in memory: without the disk no number is safe.

    Args:
        store: The outbox's database.
        numbering: The mark at the last number used; alerts are counted apart.
        mutex: The outbox's own.
        arrived: Set whenever an alert has been stored.
        say: Told that the disk refuses.

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
    ) -> None:
        self.refused = 0
        self._store = store
        self._numbering = numbering
        self._mutex = mutex
        self._arrived = arrived
        self._say = say
        self._memory: deque[tuple[Alert, str]] = deque()
        self._ongoing: dict[int, Alert] = {}
        self._settled: set[int] = set()
        self._waiting = 0
        self._last_seq = 0
        self._handed_seq = 0

    def load(self, connection: sqlite3.Connection, utc_s: float) -> None:
        """Take up what a database that was just opened holds."""
        stored = ledger.fact(connection, "last_alert_seq")
        last_seq = None if stored is None else int(stored)
        if not self._last_seq:
            self._last_seq = self._numbering.last_used(last_seq, utc_s)
        self._last_seq = max(self._last_seq, last_seq or 0)
        self._waiting = alert_ledger.count(connection)
        self._ongoing = alert_ledger.ongoing(connection)

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
        """Say of all that is going on that it is over; return the records of that."""
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
            ]
            return [record for record in records if record is not None]

    def flush(self) -> None:
        """Write to the disk what waits in memory."""
        with self._mutex:
            try:
                self._settle()
                while self._memory:
                    with suppress(RecordError):
                        self._append(*self._memory[0])
                    self._memory.popleft()
            except OutboxUnavailableError as error:
                self._say(error)

    def head(self, limit: int) -> list[Message]:
        """Return alerts that wait, the oldest first.

        Args:
            limit: How many at most.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        with self._mutex:
            if not self._waiting:
                return []
            wanted = limit + len(self._settled)
            sound, damaged = self._store.do(
                lambda connection: alert_ledger.head(connection, wanted)
            )
            if damaged:
                _logger.error("alerts damaged on the disk count=%d", len(damaged))
                self.delivered(damaged)
            found = [row for row in sound if row.seq not in self._settled][:limit]
            if found:
                self._handed_seq = max(self._handed_seq, found[-1].seq)
            return found

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of alerts that the far side has."""
        with self._mutex:
            self._settled.update(seqs)
            try:
                self._settle()
            except OutboxUnavailableError as error:
                self._say(error)

    def rejected(self, seq: int, reason: str) -> None:
        """Let go of an alert that the far side will never take; the log was told."""
        del reason
        self.delivered([seq])

    @property
    def pending(self) -> int:
        """How many alerts wait for an uplink, those in memory included."""
        with self._mutex:
            return self._waiting - len(self._settled) + len(self._memory)

    def mark(self) -> None:
        """Write down the last number used."""
        # A disk that refuses the mark is heard of when it lags too far behind.
        with suppress(OutboxUnavailableError):
            self._numbering.used(self._last_seq)

    def settle(self) -> None:
        """Move the mark up, now that the outbox is closed."""
        with suppress(OutboxUnavailableError):
            self._numbering.settle()

    def lose(self) -> None:
        """Give up what waits in memory: the outbox is closed."""
        if self._memory:
            _logger.error("alerts lost count=%d", len(self._memory))
            self._memory.clear()

    def _append(self, alert: Alert, device: str) -> AlertRecord | None:
        # All of it within: whoever opens the database learns what it holds first.
        def work(connection: sqlite3.Connection) -> tuple[AlertRecord, int] | None:
            begun_seq = begun_by(alert, self._ongoing) if ended else None
            if ended and begun_seq is None:
                return None
            if not ended and len(self._ongoing) >= ALERTS_MAX:
                return None
            dropped = self._make_room(connection)
            if not ended and self._waiting - dropped >= ALERTS_MAX:
                return None
            seq = self._last_seq + 1
            self._numbering.claim(seq, seq)
            record = AlertRecord(
                device=device, seq=seq, alert=alert, begun_seq=begun_seq
            )
            alert_ledger.append(connection, record)
            return record, self._waiting - dropped + 1

        ended = alert.state is AlertState.ENDED
        done = self._store.do(work)
        if done is None:
            if not ended:
                self._refuse()
            return None
        record, self._waiting = done
        self._last_seq = record.seq
        if record.begun_seq is None:
            self._ongoing[record.seq] = alert
        else:
            del self._ongoing[record.begun_seq]
        self._arrived.set()
        return record

    def _make_room(self, connection: sqlite3.Connection) -> int:
        """Drop what is over where too many wait; return how many alerts went."""
        crowded = self._waiting >= ALERTS_MAX
        return (
            2 if crowded and alert_ledger.drop_pair(connection, self._handed_seq) else 0
        )

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
        going_on = dict(self._ongoing)
        for seq, (alert, _) in enumerate(self._memory, start=self._last_seq + 1):
            if alert.state is AlertState.BEGUN:
                going_on[seq] = alert
            elif (begun_seq := begun_by(alert, going_on)) is not None:
                del going_on[begun_seq]
        return going_on

    def _refuse(self) -> None:
        if not self.refused:
            _logger.error("alerts are many, new ones are refused")
        self.refused += 1

    def _settle(self) -> None:
        if not self._settled:
            return

        def work(connection: sqlite3.Connection) -> int:
            alert_ledger.remove(connection, self._settled)
            return alert_ledger.count(connection)

        self._waiting = self._store.do(work)
        self._settled.clear()
