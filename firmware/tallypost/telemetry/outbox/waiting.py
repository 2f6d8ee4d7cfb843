"""Intervals that are not on the disk yet, and the numbers that they will have."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tallypost.board.base import Board
from tallypost.domain.dating import Stamp, Undated
from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import Interval, KpiRecord
from tallypost.domain.totals import with_totals
from tallypost.errors import OutboxUnavailableError, RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.rows import Row, row_of
from tallypost.telemetry.outbox.spool import Spool, Spooled

Totals = Mapping[str, LineTotals]
BATCH_RECORDS = 2
"""So many are stored at once: a power cut costs one finished interval at most."""
BATCH_S = 150.0
"""Whoever counts longer intervals than half of this has each stored by itself."""
NOT_YET_SEQ = 1
"""What stands where the number belongs that nobody knows yet."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One interval that waits.

    Attributes:
        record: What becomes of it; its number and totals hold if `numbered`.
        payload: The record as JSON.
        totals: What every line has counted with it.
        numbered: Whether the database was there to number it.
        stamp: When it began, where nobody knows the date.
    """

    record: KpiRecord
    payload: bytes
    totals: Totals
    numbered: bool
    stamp: Stamp | None

    @property
    def row(self) -> Row:
        """What will stand in the database."""
        return row_of(self.record, self.payload, self.stamp)

    @property
    def spooled(self) -> Spooled:
        """What stands in the spool meanwhile."""
        return Spooled(self.record, self.numbered, self.stamp)


class Waiting:
    """A queue of intervals, in the order in which they came.

    Args:
        spool: The file in which they outlive us; None where nothing does.
        board: Whose clock tells how long they have waited.

    Attributes:
        spooling: Whether what waits outlives us.
        newest: What becomes of the interval that came last; None where none came, or
            nobody knows its number yet.
    """

    def __init__(self, spool: Path | None, board: Board) -> None:
        self._board = board
        self._not_before_s = board.monotonic_s()
        self.spooling = spool is not None
        self.newest: KpiRecord | None = None
        self._spool = None if spool is None else Spool(spool)
        self._entries: list[Entry] = []
        self._last_seq: int | None = None
        self._totals: Totals = {}
        if self._spool is not None:
            try:
                self._entries = [_entry(each) for each in self._spool.read()]
            except OSError as error:
                self._give_up(error)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    @property
    def ripe(self) -> bool:
        """Whether what waits is to be stored now."""
        return (
            not self.spooling
            or len(self._entries) >= BATCH_RECORDS
            or self._board.monotonic_s() >= self._not_before_s
        )

    @property
    def numbered(self) -> bool:
        """Whether the database has been there to number what waits."""
        return self._last_seq is not None

    @property
    def totals(self) -> Totals:
        """What every line has counted, that which waits included."""
        return self._entries[-1].totals if self._entries else self._totals

    @property
    def covered_until_utc_s(self) -> float | None:
        """The latest end of what has its date; None where nothing has."""
        dated = (each.record for each in self._entries if each.stamp is None)
        return max((record.interval.end_utc_s for record in dated), default=None)

    @property
    def undated(self) -> list[Undated]:
        """What has no date yet, the lowest numbers first."""
        return [
            Undated(each.record.seq, *each.stamp, each.record.interval.duration_s)
            for each in self._entries
            if each.stamp is not None
        ]

    def hold_back(self, dates: Iterable[int]) -> None:
        """Let only what is stored be dated.

        Args:
            dates: The numbers of what is to have a date.

        Raises:
            OutboxUnavailableError: One of them waits here.
        """
        if not {each.seq for each in self.undated}.isdisjoint(dates):
            raise OutboxUnavailableError("not all of them are on the disk yet")

    def begin(self, totals: Totals) -> None:
        """Take what every line has counted until now."""
        self._totals = totals

    def number(self, after_seq: int, stored_seq: int) -> int:
        """Number all that waits; return how many were left out.

        What a run that was killed had stored already is left out, and what breaks the
        schema with its totals in it.

        Args:
            after_seq: No number up to this may be used any more.
            stored_seq: Up to this they were stored: what has a higher number from a run
                before was not, and has another one now.
        """
        entries, first_time = self._entries, not self.numbered
        self._entries, self._last_seq = [], after_seq
        lost = 0
        for entry in entries:
            if first_time and entry.numbered and entry.record.seq <= stored_seq:
                continue
            try:
                self._take(entry.record.interval, entry.record.device, entry.stamp)
            except RecordError as error:
                lost += 1
                _logger.error("interval lost reason=%s", error)  # noqa: TRY400
        if entries:
            self._spool_all()
        return lost

    def put(self, interval: Interval, device: str, stamp: Stamp | None) -> None:
        """Add one.

        Raises:
            RecordError: It breaks the schema; nothing was added.
        """
        entry = self._take(interval, device, stamp)
        if self._spool is not None:
            try:
                self._spool.append(entry.spooled)
            except OSError as error:
                self._give_up(error)

    def shift(self, count: int) -> None:
        """Let go of the first ones: they are stored."""
        if count:
            self._totals = self._entries[count - 1].totals
            del self._entries[:count]
        if not self._entries:
            self._spool_all()
        self._not_before_s = self._board.monotonic_s() + BATCH_S

    def _take(self, interval: Interval, device: str, stamp: Stamp | None) -> Entry:
        totals, seq = self.totals, NOT_YET_SEQ
        if self._last_seq is not None:
            seq = self._last_seq + 1
            interval, totals = with_totals(interval, totals)
        record = KpiRecord(device=device, seq=seq, interval=interval)
        payload = json_v1.encode(record)
        entry = Entry(record, payload, totals, self.numbered, stamp)
        self._entries.append(entry)
        if self.numbered:
            self.newest, self._last_seq = record, seq
        return entry

    def _spool_all(self) -> None:
        if self._spool is None:
            return
        try:
            self._spool.replace(entry.spooled for entry in self._entries)
            self.spooling = True
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Go on without: what waits is stored sooner, and told apart by its number."""
        if self.spooling:
            _logger.error("spool cannot be written reason=%s", error.strerror)
        self.spooling = False


def _entry(spooled: Spooled) -> Entry:
    payload = json_v1.encode(spooled.record)
    return Entry(spooled.record, payload, {}, spooled.numbered, spooled.stamp)
