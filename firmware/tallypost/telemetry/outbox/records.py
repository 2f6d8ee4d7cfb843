"""The records in an outbox's database: what must go out, what has, what has no date."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from tallypost.board.base import Board
from tallypost.domain.dating import Dating, Undated
from tallypost.domain.records import ClockTrust
from tallypost.errors import RecordError
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.outbox import dating, ledger
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.logbook import ROWS_MAX
from tallypost.telemetry.outbox.numbering import Numbering
from tallypost.telemetry.outbox.relief import Coarsening, forget
from tallypost.telemetry.outbox.room import Room
from tallypost.telemetry.outbox.rows import Row
from tallypost.telemetry.outbox.store import Store
from tallypost.telemetry.outbox.waiting import Waiting

DAY_S = 86_400.0
HISTORY_S = 30 * DAY_S
"""How long what went out is kept, for `tallypost history`."""
SNAPSHOT_RECORDS = 256
"""Totals are written down so seldom: the records since tell them too."""
SETTLED_MAX = 1000
"""So many may have gone out before that is noted: a power cut sends them once more."""
_MERGED = b'"first_seq":'

_logger = logging.getLogger(__name__)


class Records:
    """What the database holds, and what of it must still go out.

    Args:
        store: The outbox's database.
        numbering: The mark at the last number used.
        room: Bounds the file.
        board: Whose clocks to ask.

    Attributes:
        last_seq: No number up to this may be used any more; 0 before the first.
        stored_seq: The highest number of which it is known that it was stored.
        pending: How many are stored that must go out, and can.
        covered_until_utc_s: The latest end of a stored interval that has its date.
    """

    def __init__(
        self, store: Store, numbering: Numbering, room: Room, board: Board
    ) -> None:
        self.last_seq = 0
        self.stored_seq = 0
        self.pending = 0
        self.covered_until_utc_s: float | None = None
        self._store = store
        self._numbering = numbering
        self._room = room
        self._board = board
        self._due = Due()
        self._loaded = False
        self._reasons: dict[int, str] = {}
        self._dropping = False
        self._unnoted = 0
        self._totals_seq = 0
        self._first_seqs: dict[int, int] = {}
        self._coarsening = Coarsening()

    def load(self, connection: sqlite3.Connection) -> None:
        """Take up what a database that was just opened holds.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        stored = ledger.last_seq(connection)
        # What we know ourselves is exact: nobody else gives numbers while we hold the
        # lock, and the file may have become another one.
        if not self.last_seq:
            self.last_seq = self._numbering.last_used(stored, self._board.utc_s())
            self.stored_seq = max(stored or 0, self._numbering.mark)
        self.last_seq = max(self.last_seq, stored or 0)
        if not self._loaded:
            self.covered_until_utc_s = ledger.covered_until_utc_s(connection)
            self._due = ledger.due(connection)
        self._totals_seq = int(ledger.fact(connection, "totals_seq") or 0)
        self.pending = ledger.count(connection, self._due.ranges())
        self._coarsening.begin()
        self._room.measure(connection)
        self._loaded = True

    def add(self, waiting: Waiting) -> int:
        """Store the first of what waits, all or nothing; return how many it were.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """
        self._look_after()

        # All of it within: whoever opens the database numbers what waits first.
        def work(connection: sqlite3.Connection) -> list[Row]:
            rows = [entry.row for entry in islice(waiting, ROWS_MAX)]
            if rows:
                self._numbering.claim(rows[0].seq, rows[-1].seq)
                rows[-1] = rows[-1].with_due(str(self._due))
                for row in rows:
                    ledger.insert(connection, row)
            self._room.measure(connection)
            return rows

        rows = self._store.keep(work)
        if rows:
            self._unnoted = 0
            self.last_seq = rows[-1].seq
            self.pending += sum(row.boot is None for row in rows)
            self._cover(row.end_utc_s for row in rows if row.boot is None)
        return len(rows)

    def note(self) -> None:
        """Note what went out, where it is not noted yet.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """
        if not self._unnoted:
            return

        def work(connection: sqlite3.Connection) -> None:
            ledger.note_due(connection, self._due)
            self._note_reasons(connection)

        self._store.do(work)
        self._reasons.clear()
        self._unnoted = 0

    def relieve(self, forget_others: Callable[[sqlite3.Connection], int]) -> None:
        """Make some room, where the file has outgrown its share of the disk.

        Args:
            forget_others: Drops some other history, once that of records is gone;
                returns how much.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """
        if not self._room.crowded:
            return

        def work(connection: sqlite3.Connection) -> int:
            merged = 0
            history = forget(connection, self._due, self._totals_seq)
            if not history and not forget_others(connection):
                if self._coarsening.exhausted:
                    self._coarsening.begin()
                merged = self._coarsening.step(connection, self._due)
            self._room.measure(connection)
            return merged

        merged = self._store.do(work)
        if merged:
            self.pending -= merged
            self._room.merging()

    def head(self, limit: int, *, newest_first: bool = False) -> list[Message]:
        """Return what must go out: the oldest first, then what was asked for again.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        found = self._store.do(
            lambda connection: ledger.head(
                connection, self._due, limit, newest_first=newest_first
            )
        )
        messages: list[Message] = []
        damaged: list[int] = []
        for row in found:
            try:
                payload = row.payload if row.sound else b""
            except RecordError:
                payload = b""
            if not payload:
                damaged.append(row.seq)
                continue
            if _MERGED in payload and (record := ledger.record_in(row)) is not None:
                self._first_seqs[row.seq] = record.numbers.start
            messages.append(Message(Subject.KPI, row.seq, payload))
        if damaged:
            _logger.error("records damaged on the disk count=%d", len(damaged))
            self.conclude(dict.fromkeys(damaged, "damaged on the disk"))
        return messages

    def conclude(self, outcomes: Mapping[int, str | None]) -> None:
        """Take records out of those that must go out.

        It is noted with the next record that is stored.

        Args:
            outcomes: By number: None where the far side has the record, else why it
                never will.
        """
        for seq, reason in outcomes.items():
            if seq not in self._due:
                continue
            self._due.settle(self._first_seqs.pop(seq, seq), seq)
            self.pending -= 1
            self._unnoted += 1
            if reason is not None:
                self._reasons[seq] = reason
        if self._unnoted >= SETTLED_MAX:
            self.note()

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Have records sent again, after all else; return how many.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """

        def work(connection: sqlite3.Connection) -> int:
            last = min(ledger.told_with(connection, last_seq), self.last_seq)
            if first_seq > last:
                return 0
            asked = Due(str(self._due))
            asked.ask(first_seq, last)
            more = ledger.count(connection, asked.ranges()) - ledger.count(
                connection, self._due.ranges()
            )
            ledger.note_due(connection, asked)
            self._due = asked
            return more

        more = self._store.do(work)
        self.pending += more
        return more

    def undated(self) -> list[Undated]:
        """Return what waits for its date.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        return self._store.do(dating.undated)

    def date(self, dates: Mapping[int, Dating]) -> int:
        """Date records, all of them or none; return how many had no date before.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
            RecordError: A date is none; nothing was done.
        """

        def work(connection: sqlite3.Connection) -> tuple[int, float | None]:
            dated = dating.date(connection, dates)
            return dated, ledger.covered_until_utc_s(connection)

        dated, self.covered_until_utc_s = self._store.do(work)
        self.pending += dated
        return dated

    def _cover(self, ends_utc_s: Iterable[float]) -> None:
        known = () if self.covered_until_utc_s is None else (self.covered_until_utc_s,)
        self.covered_until_utc_s = max((*known, *ends_utc_s), default=None)

    def _look_after(self) -> None:
        """Write down reasons; once in a while totals too, and forget what is old."""
        grown = self.last_seq - self._totals_seq >= SNAPSHOT_RECORDS
        if not (grown or self._reasons):
            return

        def work(connection: sqlite3.Connection) -> int:
            self._note_reasons(connection)
            seq = self.last_seq
            if seq - self._totals_seq < SNAPSHOT_RECORDS:
                return self._totals_seq
            ledger.note_totals(connection, ledger.totals(connection), seq)
            if self._board.clock().trust is not ClockTrust.UNSYNCED:
                old_utc_s = self._board.utc_s() - HISTORY_S
                forget(connection, self._due, seq, before_utc_s=old_utc_s)
            return seq

        self._totals_seq = self._store.do(work)
        self._reasons.clear()

    def _note_reasons(self, connection: sqlite3.Connection) -> None:
        if not self._reasons:
            return
        dropped = ledger.reject(connection, self._reasons, self._board.utc_s())
        if dropped and not self._dropping:
            _logger.warning("rejected records are many, the oldest are dropped")
            self._dropping = True
