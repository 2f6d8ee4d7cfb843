"""The alerts in an outbox's database: what must go out, what has, what is not over."""

import logging
import sqlite3
from collections.abc import Iterable

from tallypost.board.base import Board
from tallypost.domain.alerts import Alert, AlertRecord, AlertState, begun_by
from tallypost.domain.records import ClockTrust
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.outbox import alert_ledger
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.numbering import Numbering
from tallypost.telemetry.outbox.records import HISTORY_S
from tallypost.telemetry.outbox.store import Store

ALERTS_MAX = 1000
"""How many that never went out are kept, and how many things may go on at once."""
HISTORY_ALERTS_MAX = 20_000
"""So many are kept at most, 5 MB: thirty days may see very many."""
LOOK_AFTER_S = 600.0
"""How often to see what is too old."""
UNNOTED_MAX = 50
"""So many may have gone out before that is noted: a power cut sends them once more."""

_logger = logging.getLogger(__name__)


class StoredAlerts:
    """What the database holds of alerts, and what of it must still go out.

    Args:
        store: The outbox's database.
        numbering: The mark at the last number used.
        board: Whose clocks to ask.

    Attributes:
        last_seq: No number up to this may be used any more; 0 before the first.
        pending: How many must go out.
        ongoing: What has begun and is not over, by number, the oldest first.
    """

    def __init__(self, store: Store, numbering: Numbering, board: Board) -> None:
        self.last_seq = 0
        self.pending = 0
        self.ongoing: dict[int, Alert] = {}
        self._store = store
        self._numbering = numbering
        self._board = board
        self._due = Due()
        self._loaded = False
        self._unnoted = 0
        self._handed_seq = 0
        self._not_before_s = board.monotonic_s()

    def load(self, connection: sqlite3.Connection) -> None:
        """Take up what a database that was just opened holds.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        stored = alert_ledger.last_seq(connection)
        # What we know ourselves is exact, and the file may have become another one.
        if not self.last_seq:
            self.last_seq = self._numbering.last_used(stored, self._board.utc_s())
        self.last_seq = max(self.last_seq, stored or 0)
        if not self._loaded:
            self._due = alert_ledger.due(connection)
        self._loaded = True
        self.pending = alert_ledger.count(connection, self._due.ranges())
        self.ongoing = alert_ledger.ongoing(connection)

    def append(self, alert: Alert, device: str) -> AlertRecord | None:
        """Keep an alert under the next number; return the record it became.

        None says that there was no room, or that it ends what nobody was told of.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
            RecordError: The alert breaks the schema; nothing was done.
        """
        ended = alert.state is AlertState.ENDED

        # All of it within: whoever opens the database learns what it holds first.
        def work(connection: sqlite3.Connection) -> tuple[AlertRecord | None, int]:
            begun_seq = begun_by(alert, self.ongoing) if ended else None
            if ended and begun_seq is None:
                return None, 0
            dropped, full = self._make_room(connection)
            if full and not ended:
                return None, dropped
            seq = self.last_seq + 1
            self._numbering.claim(seq, seq)
            record = AlertRecord(
                device=device, seq=seq, alert=alert, begun_seq=begun_seq
            )
            alert_ledger.append(connection, record, self._due)
            return record, dropped

        record, dropped = self._store.do(work)
        self.pending -= dropped
        if record is None:
            return None
        self.pending += 1
        self.last_seq = record.seq
        self._unnoted = 0
        if record.begun_seq is None:
            self.ongoing[record.seq] = alert
        else:
            del self.ongoing[record.begun_seq]
        return record

    def head(self, limit: int) -> list[Message]:
        """Return what must go out: the oldest first, then what was asked for again.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        if not self.pending:
            return []
        rows = self._store.do(
            lambda connection: alert_ledger.head(connection, self._due, limit)
        )
        damaged = [row.seq for row in rows if not row.sound]
        if damaged:
            _logger.error("alerts damaged on the disk count=%d", len(damaged))
            self.conclude(damaged)
        sound = [
            Message(Subject.ALERT, row.seq, row.payload) for row in rows if row.sound
        ]
        self._handed_seq = max((self._handed_seq, *(each.seq for each in sound)))
        return sound

    def conclude(self, seqs: Iterable[int]) -> None:
        """Take alerts out of those that must go out; it is noted with the next alert.

        Raises:
            OutboxUnavailableError: The disk refuses; it is noted later.
        """
        for seq in seqs:
            if seq in self._due:
                self._due.settle(seq, seq)
                self.pending -= 1
                self._unnoted += 1
        if self._unnoted >= UNNOTED_MAX:
            self.note()

    def note(self) -> None:
        """Note what went out, where it is not noted yet.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """
        if self._unnoted:
            self._store.do(
                lambda connection: alert_ledger.note_due(connection, self._due)
            )
            self._unnoted = 0

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Have alerts sent again, after those that never were; return how many.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """

        def work(connection: sqlite3.Connection) -> tuple[Due, int]:
            asked = Due(str(self._due))
            last = min(last_seq, self.last_seq)
            if first_seq <= last:
                asked.ask(first_seq, last)
                alert_ledger.note_due(connection, asked)
            return asked, alert_ledger.count(connection, asked.ranges())

        before = self.pending
        self._due, self.pending = self._store.do(work)
        return self.pending - before

    def forget(self, connection: sqlite3.Connection) -> int:
        """Drop the oldest that went out, for want of room; return how many."""
        return alert_ledger.forget(connection, self._due, self.last_seq)

    def look_after(self) -> None:
        """Once in a while drop what is too old or too much.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
        """
        now_s = self._board.monotonic_s()
        if now_s >= self._not_before_s:
            self._store.do(self._forget_old)
            self._not_before_s = now_s + LOOK_AFTER_S

    def _make_room(self, connection: sqlite3.Connection) -> tuple[int, bool]:
        """Drop what is over where too many wait.

        Returns:
            How many alerts went, and whether there is no room for one that begins.
        """
        dropped = waiting = 0
        if self.pending >= ALERTS_MAX:
            waiting = alert_ledger.count(connection, self._due.fresh())
        if waiting >= ALERTS_MAX:
            dropped = alert_ledger.drop_pair(connection, self._due, self._handed_seq)
        return dropped, max(waiting - dropped, len(self.ongoing)) >= ALERTS_MAX

    def _forget_old(self, connection: sqlite3.Connection) -> None:
        beyond_seq = self.last_seq - HISTORY_ALERTS_MAX
        alert_ledger.forget(connection, self._due, beyond_seq)
        if self._board.clock().trust is not ClockTrust.UNSYNCED:
            old_utc_s = self._board.utc_s() - HISTORY_S
            alert_ledger.forget(
                connection, self._due, self.last_seq, before_utc_s=old_utc_s
            )
