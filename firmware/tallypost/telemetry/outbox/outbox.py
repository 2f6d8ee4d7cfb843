"""Keeps records until an uplink has taken them, through power cuts and full disks."""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tallypost.board.base import Board
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import OutboxUnavailableError, RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.alerts import Alerts
from tallypost.telemetry.outbox.lock import Lock
from tallypost.telemetry.outbox.numbering import Numbering, Numberings
from tallypost.telemetry.outbox.room import BYTES_MAX, RECORDS_MAX, Held, Room
from tallypost.telemetry.outbox.store import Store
from tallypost.telemetry.outbox.trouble import Trouble

_logger = logging.getLogger(__name__)


class Outbox:
    """A file of records that wait, and the numbers and totals that go with them.

    Any thread may call it. A disk that refuses costs nothing while the intervals fit
    into memory: they go in, in their order, as soon as it takes them again.

    Args:
        path: The database; beside it lie `.lock`, `.seq` and `.alert-seq`. Its folder
            is made.
        memory_records_max: How many intervals wait in memory while the disk refuses;
            when so many do, the oldest are kept and a new one is refused.
        records_max: How many records may wait on the disk; when so many do, likewise.
        bytes_max: How many bytes their payloads may have together.
        board: Whose clocks to ask.

    Attributes:
        alerts: Alerts that wait, kept in the same file and counted apart.
        arrived: Set whenever a record or an alert has been stored; whoever waits clears
            it.
        refused: How many intervals were not taken, because there was no room for them.

    Raises:
        OutboxBusyError: Another tallypost holds this outbox.
        OutboxError: The folder cannot be written to, or the file is not ours.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory_records_max: int = 1440,
        records_max: int = RECORDS_MAX,
        bytes_max: int = BYTES_MAX,
        board: Board,
    ) -> None:
        self.arrived = threading.Event()
        self.refused = 0
        self._board = board
        self._memory: deque[tuple[Interval, str]] = deque()
        self._memory_records_max = memory_records_max
        self._settled: dict[int, str | None] = {}
        self._pruned = 0
        self._last_seq = 0
        self._covered_until_utc_s: float | None = None
        self._room = Room(path, records_max, bytes_max)
        self._trouble = Trouble(path, board)
        marks = Numberings(
            records=Numbering(path.with_name(path.name + ".seq")),
            alerts=Numbering(path.with_name(path.name + ".alert-seq")),
        )
        self._numbering = marks.records
        self._store = Store(path, marks, self._load, board)
        self._mutex = threading.RLock()
        self.alerts = Alerts(
            self._store,
            marks.alerts,
            mutex=self._mutex,
            arrived=self.arrived,
            say=self._say,
        )
        self._lock = Lock(path.with_name(path.name + ".lock"))
        try:
            self._store.do(lambda _: None)
        except OutboxUnavailableError as error:
            self._say(error)
        except BaseException:  # whatever it is: the lock is not kept
            self._lock.close()
            raise

    def put(self, interval: Interval, device: str) -> KpiRecord | None:
        """Keep an interval; return the record it became, with its number and totals.

        On return the record is on the disk. None says that the disk refuses: the
        interval waits in memory and gets its number later, or is refused and counted
        where memory is full; refused, too, where all that may wait on the disk does.

        Raises:
            RecordError: The interval breaks the schema; nothing was kept.
        """
        # Before anything is kept: what waits in memory must be fit to be stored later.
        json_v1.encode(KpiRecord(device=device, seq=1, interval=interval))
        with self._mutex:
            self.flush()
            if self._memory or self._room.full:
                self._remember(interval, device)
                return None
            try:
                record = self._append(interval, device)
            except OutboxUnavailableError as error:
                self._remember(interval, device)
                self._say(error)
                return None
            self._mark()
            return record

    def flush(self) -> int:
        """Write to the disk what waits in memory; return how many records went in."""
        with self._mutex:
            self.alerts.flush()
            written = 0
            try:
                self._settle()
                while self._memory and not self._room.full:
                    try:
                        self._append(*self._memory[0])
                        written += 1
                    except RecordError as error:
                        self.refused += 1
                        _logger.error("interval lost reason=%s", error)  # noqa: TRY400
                    self._memory.popleft()
            except OutboxUnavailableError as error:
                self._say(error)
            if written:
                self._mark()
            return written

    def head(self, limit: int) -> list[Message]:
        """Return records that wait, the oldest first.

        Args:
            limit: How many at most.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        with self._mutex:
            wanted = limit + len(self._settled)
            sound, damaged = self._store.do(
                lambda connection: ledger.head(connection, wanted)
            )
            if damaged:
                _logger.error("records damaged on the disk count=%d", len(damaged))
                self._conclude(dict.fromkeys(damaged, "damaged on the disk"))
            return [row for row in sound if row.seq not in self._settled][:limit]

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of records that the far side has.

        Where the disk refuses, they are let go of later, and `head` leaves them out.
        """
        with self._mutex:
            self._conclude(dict.fromkeys(seqs))

    def rejected(self, seq: int, reason: str) -> None:
        """Set aside a record that the far side will never take.

        Of those set aside the newest are kept: see `ledger.REJECTED_RECORDS_MAX`.
        """
        with self._mutex:
            self._conclude({seq: reason})

    @property
    def pending(self) -> int:
        """How many records wait for an uplink, those in memory included."""
        with self._mutex:
            waiting = self._room.held.records - len(self._settled)
            return waiting + len(self._memory)

    @property
    def in_memory(self) -> int:
        """How many intervals wait for the disk."""
        return len(self._memory)

    @property
    def refusing(self) -> bool:
        """Whether a new interval would be refused just now; the disk is asked first."""
        with self._mutex:
            if self._crowded:
                self.flush()
            return self._crowded

    @property
    def covered_until_utc_s(self) -> float | None:
        """End of the interval that was put last; None before the first ever."""
        return self._covered_until_utc_s

    def close(self) -> None:
        """Write what can be written, and let go of the files; twice is harmless."""
        with self._mutex:
            if not self._lock.held:
                return
            self.flush()
            if self._memory:
                _logger.error("intervals lost count=%d", len(self._memory))
                self._memory.clear()
            self.alerts.lose()
            self._mark()
            self.alerts.mark()
            self._store.close()
            self._lock.close()

    def _load(self, connection: sqlite3.Connection) -> None:
        stored = ledger.fact(connection, "last_seq")
        last_seq = None if stored is None else int(stored)
        # What we know ourselves is exact: nobody else gives numbers while we hold the
        # lock, and the file may have become another one.
        if not self._last_seq:
            self._last_seq = self._numbering.last_used(last_seq, self._board.utc_s())
        self._last_seq = max(self._last_seq, last_seq or 0)
        self.alerts.load(connection, self._board.utc_s())
        self._room.hold(ledger.held(connection))
        if self._covered_until_utc_s is None:
            self._covered_until_utc_s = ledger.fact(connection, "covered_until_utc_s")

    def _append(self, interval: Interval, device: str) -> KpiRecord:
        def work(connection: sqlite3.Connection) -> KpiRecord:
            seq = self._last_seq + 1
            self._numbering.claim(seq)
            return ledger.append(connection, interval, device, seq)

        record = self._store.do(work)
        self._last_seq = record.seq
        self._room.add(len(json_v1.encode(record)))
        self._covered_until_utc_s = interval.end_utc_s
        self._trouble.over(refused=self.refused)
        self.arrived.set()
        return record

    def _mark(self) -> None:
        # A disk that refuses the mark is heard of when it lags too far behind.
        with suppress(OutboxUnavailableError):
            self._numbering.used(self._last_seq)

    @property
    def _crowded(self) -> bool:
        if self._memory:
            return len(self._memory) >= self._memory_records_max
        return self._room.full

    def _remember(self, interval: Interval, device: str) -> None:
        if self._crowded:
            self.refused += 1
            if self._room.full:
                self._room.refuse()
            return
        self._memory.append((interval, device))
        self._covered_until_utc_s = interval.end_utc_s

    def _conclude(self, outcomes: dict[int, str | None]) -> None:
        self._settled.update(outcomes)
        try:
            self._settle()
        except OutboxUnavailableError as error:
            self._say(error)

    def _settle(self) -> None:
        if not self._settled:
            return
        utc_s = self._board.utc_s()

        def work(connection: sqlite3.Connection) -> tuple[Held, int]:
            gone = ledger.settle(connection, self._settled, utc_s)
            if not any(self._settled.values()):
                return gone, 0
            return gone, ledger.prune_rejected(connection)

        gone, pruned = self._store.do(work)
        self._room.remove(gone)
        self._settled.clear()
        if pruned and not self._pruned:
            _logger.warning("rejected records are many, the oldest are dropped")
        self._pruned += pruned

    def _say(self, error: OutboxUnavailableError) -> None:
        self._trouble.say(str(error), in_memory=len(self._memory), refused=self.refused)
