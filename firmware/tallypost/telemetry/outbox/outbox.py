"""Keeps records until an uplink has taken them, through power cuts and full disks."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tallypost.board.base import Board
from tallypost.domain.dating import Dating, Stamp, Undated
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import OutboxUnavailableError
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.alerts import Alerts
from tallypost.telemetry.outbox.history import records_between
from tallypost.telemetry.outbox.lock import Lock
from tallypost.telemetry.outbox.numbering import numberings
from tallypost.telemetry.outbox.ram import private_folder, twin
from tallypost.telemetry.outbox.records import Records
from tallypost.telemetry.outbox.room import BYTES_MAX, Room
from tallypost.telemetry.outbox.store import Result, Store
from tallypost.telemetry.outbox.trouble import Trouble
from tallypost.telemetry.outbox.waiting import Waiting

_logger = logging.getLogger(__name__)


class Outbox:
    """A file of records, those that wait and those that went out lately.

    Any thread may call it. With a RAM disk, records are stored two at a time, which
    halves what a card has to bear; the one that waits meanwhile outlives a kill, not a
    power cut, and never leaves the device before it is stored. While a disk refuses,
    intervals wait in memory, in their order.

    Args:
        path: The database; `.logbook`, `.lock`, `.seq`, `.alert-seq` lie beside it.
        ram_folder: A folder in a RAM disk; without, each record is stored at once.
        memory_records_max: How many intervals wait in memory before one is refused.
        bytes_max: Of the database: history goes first, then what waits is merged, and
            only then are intervals refused.
        board: Whose clocks to ask.

    Attributes:
        alerts: Alerts, kept in the same file and counted apart.
        arrived: Set when a record or an alert has been stored; whoever waits clears it.
        refused: How many intervals were not taken, because there was no room for them.

    Raises:
        OutboxBusyError: Another tallypost holds this outbox.
        OutboxError: The folder cannot be written to, or the file is not ours.
    """

    def __init__(
        self,
        path: Path,
        *,
        ram_folder: Path | None = None,
        memory_records_max: int = 1440,
        bytes_max: int = BYTES_MAX,
        board: Board,
    ) -> None:
        self.arrived = threading.Event()
        self.refused = 0
        self._board = board
        self._memory_records_max = memory_records_max
        self._mutex = threading.RLock()
        self._trouble = Trouble(path, board)
        self._room = Room(path, bytes_max)
        ram = private_folder(ram_folder)
        self._numberings = numberings(path, ram)
        self._store = Store(path, self._numberings, self._load, board)
        self._records = Records(
            self._store, self._numberings.records, self._room, board
        )
        self.alerts = Alerts(
            self._store,
            self._numberings.alerts,
            mutex=self._mutex,
            arrived=self.arrived,
            say=self._say,
            board=board,
        )
        self._lock = Lock(path.with_name(path.name + ".lock"))
        self._waiting = Waiting(twin(path, ram, ".spool"), board)
        try:
            self._store.do(lambda _: None)
        except OutboxUnavailableError as error:
            self._say(error)
        except BaseException:  # whatever it is: the lock is not kept
            self._lock.close()
            raise
        self.flush()

    def put(
        self, interval: Interval, device: str, undated: Stamp | None = None
    ) -> KpiRecord | None:
        """Keep an interval; return the record it became, with its number and totals.

        On return it is on the disk, or outlives a kill in the RAM disk. None says that
        the disk refuses: it waits in memory, or is refused where nothing has room.

        Args:
            interval: What was counted; its start is a guess while it is undated.
            device: Who measured.
            undated: When it began, where nobody knows the date: it is kept back until
                `date` tells.

        Raises:
            RecordError: The interval breaks the schema; nothing was kept.
        """
        with self._mutex:
            if self.refusing:
                self._refuse()
                return None
            self._waiting.put(interval, device, undated)
            if self._waiting.ripe:
                self.flush()
                if len(self._waiting):
                    return None
            return self._waiting.newest

    def tick(self) -> None:
        """Store what has waited for company long enough."""
        with self._mutex:
            self.alerts.flush()
            if len(self._waiting) and self._waiting.ripe:
                self.flush()

    def flush(self) -> int:
        """Store what waits, if the disk takes it; return how many records went in."""
        written = 0
        with self._mutex:
            self.alerts.flush()
            try:
                self._records.relieve(self.alerts.forget)
                while len(self._waiting) and not self._room.full:
                    written += self._store_some()
            except OutboxUnavailableError as error:
                self._say(error)
            return written

    def head(self, limit: int, *, newest_first: bool = False) -> list[Message]:
        """Return records that must go out, so many at most: first what never did.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        with self._mutex:
            return self._records.head(limit, newest_first=newest_first)

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of what the far side has; after a power cut some may go out again."""
        with self._mutex:
            self._conclude(dict.fromkeys(seqs))

    def rejected(self, seq: int, reason: str) -> None:
        """Set aside a record that the far side will never take; its reason is kept."""
        with self._mutex:
            self._conclude({seq: reason})

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Send again, after what is new, what is here of a range; return how many.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
            ValueError: The numbers are no range.
        """
        if not 1 <= first_seq <= last_seq:
            raise ValueError(f"{first_seq} to {last_seq} is no range of numbers")
        with self._mutex:
            asked = self._records.ask_again(first_seq, last_seq)
            self.arrived.set()
            return asked

    def undated(self) -> list[Undated]:
        """Return the records that wait for their date, the lowest numbers first.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        with self._mutex:
            self.flush()
            return self._records.undated() + self._waiting.undated

    def date(self, dates: Mapping[int, Dating]) -> int:
        """Date records, all or none; return how many: what has a date keeps it.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
            RecordError: A date is none.
        """
        with self._mutex:
            self.flush()
            if not self._room.full:  # else dates make room
                self._waiting.hold_back(dates)
            dated = self._records.date(dates)
            self.arrived.set()
            return dated

    def history(self, from_utc_s: float, until_utc_s: float) -> Iterator[KpiRecord]:
        """Give the records that began from one moment until before another, by number.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        return records_between(self._locked, from_utc_s, until_utc_s)

    @property
    def pending(self) -> int:
        """How many records must go out and can, those in memory included."""
        with self._mutex:
            return self._records.pending + len(self._waiting)

    @property
    def in_memory(self) -> int:
        """How many intervals wait for the disk."""
        return len(self._waiting)

    @property
    def refusing(self) -> bool:
        """Whether a new interval would be refused just now; the disk is asked first."""
        with self._mutex:
            if self._crowded:
                self.flush()
            return self._crowded

    @property
    def covered_until_utc_s(self) -> float | None:
        """The latest end of an interval that has its date; None before the first."""
        with self._mutex:
            known = (
                self._waiting.covered_until_utc_s,
                self._records.covered_until_utc_s,
            )
            return max((each for each in known if each is not None), default=None)

    def close(self) -> None:
        """Write what can be written, and let go of the files; twice is harmless."""
        with self._mutex:
            if not self._lock.held:
                return
            self.flush()
            with suppress(OutboxUnavailableError):
                self._records.note()
            if len(self._waiting) and not self._waiting.spooling:
                _logger.error("intervals lost count=%d", len(self._waiting))
            self.alerts.close()
            for numbering in self._numberings:
                with suppress(OutboxUnavailableError):
                    numbering.settle()
            self._store.close()
            self._lock.close()

    def _locked(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._mutex:
            return self._store.do(work)

    def _load(self, connection: sqlite3.Connection) -> None:
        records = self._records
        records.load(connection)
        self.alerts.load(connection)
        if not self._waiting.numbered:
            self._waiting.begin(ledger.totals(connection))
        self.refused += self._waiting.number(records.last_seq, records.stored_seq)

    def _store_some(self) -> int:
        stored = self._records.add(self._waiting)
        self._waiting.shift(stored)
        # A disk that refuses the mark is heard of when it lags too far behind.
        with suppress(OutboxUnavailableError):
            self._numberings.records.used(self._records.last_seq)
        self._records.relieve(self.alerts.forget)
        self._trouble.over(refused=self.refused)
        self.arrived.set()
        return stored

    @property
    def _crowded(self) -> bool:
        if len(self._waiting):
            return len(self._waiting) >= self._memory_records_max
        return self._room.full

    def _refuse(self) -> None:
        self.refused += 1
        if self._room.full:
            self._room.refuse()

    def _conclude(self, outcomes: dict[int, str | None]) -> None:
        try:
            self._records.conclude(outcomes)
        except OutboxUnavailableError as error:
            self._say(error)

    def _say(self, error: OutboxUnavailableError) -> None:
        self._trouble.say(
            str(error), in_memory=len(self._waiting), refused=self.refused
        )
