"""Takes out of a damaged outbox what can still be read."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import Interval
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import alert_ledger, ledger
from tallypost.telemetry.outbox.alert_rows import AlertRow
from tallypost.telemetry.outbox.database import transaction
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.rows import COLUMNS, Row, row_of

Total = tuple[str, str, str]
"""Line, direction, class."""


_RECORDS = f"SELECT {COLUMNS} FROM record ORDER BY seq"  # noqa: S608  # ours alone
_PENDING = "SELECT seq, payload FROM pending ORDER BY seq"
_ALERTS = "SELECT seq, begun_seq, payload, checksum, due FROM alert ORDER BY seq"
_ALERTS_BEFORE = "SELECT seq, begun_seq, payload, checksum FROM alert ORDER BY seq"
_ONGOING = "SELECT seq, payload FROM ongoing ORDER BY seq"
_REJECTED = "SELECT seq, reason, utc_s FROM rejected ORDER BY seq"
# Ordered by the first column alone: the table is walked as it lies, nothing is sorted.
_TOTALS = "SELECT line, direction, class, count FROM total ORDER BY line"


@dataclass(slots=True)
class Salvage:
    """What a damaged outbox still told.

    Attributes:
        rows: Sound records, by number.
        rejected: Reason and time of records set aside, by number.
        totals: Crossings since commissioning: the most that any table or record names.
        alerts: Sound alerts, by number.
        ongoing: Alerts of what has begun and is not over, by number.
        last_seq: The highest number of a record seen; 0 where none was.
        last_alert_seq: The highest number of an alert seen; 0 where none was.
        covered_until_utc_s: End of the last interval seen.
    """

    rows: dict[int, Row] = field(default_factory=dict)
    rejected: dict[int, tuple[str, float]] = field(default_factory=dict)
    totals: dict[Total, int] = field(default_factory=dict)
    alerts: dict[int, AlertRow] = field(default_factory=dict)
    ongoing: dict[int, bytes] = field(default_factory=dict)
    last_seq: int = 0
    last_alert_seq: int = 0
    covered_until_utc_s: float | None = None

    @property
    def due(self) -> Due:
        """What had to go out, as the newest row tells; all, where none does."""
        noted = {row.seq: row.due for row in self.rows.values() if row.due is not None}
        return Due(noted[max(noted)] if noted else "")

    @property
    def last_seqs(self) -> tuple[int, int]:
        """The highest numbers seen, of a record and of an alert."""
        return self.last_seq, self.last_alert_seq


def salvage(connection: sqlite3.Connection) -> Salvage:
    """Return what can be read of a damaged database; nothing where that is nothing."""
    found = Salvage()
    with suppress(sqlite3.Error):
        # Else SQLite reads nothing at all of a file that is shorter than it says.
        connection.execute("PRAGMA writable_schema=ON")
    for query, keep in (
        (_RECORDS, _keep_row),
        (_PENDING, _keep_pending),
        (_ALERTS, _keep_alert),
        (_ALERTS_BEFORE, _keep_alert),
        (_ONGOING, _keep_ongoing),
        (_TOTALS, _keep_total),
        (_REJECTED, _keep_rejected),
    ):
        # Two ways through a table: a torn page hides what lies beyond it.
        for way in ("", " DESC"):
            for row in _rows(connection, query + way):
                keep(found, row)
    for row in _rows(connection, "SELECT name, value FROM fact"):
        _keep_fact(found, row)
    return found


def restore(connection: sqlite3.Connection, found: Salvage) -> None:
    """Write down in a new outbox what was found in the damaged one."""
    with transaction(connection):
        for row in found.rows.values():
            ledger.insert(connection, row)
        ledger.note_due(connection, found.due)
        alert_ledger.insert(connection, found.alerts.values())
        alert_ledger.note_ongoing(connection, found.ongoing)
        connection.executemany(
            "INSERT INTO rejected VALUES (?, ?, ?)",
            [(seq, *rest) for seq, rest in found.rejected.items()],
        )
        connection.executemany(
            "INSERT INTO total VALUES (?, ?, ?, ?)",
            [(*key, count) for key, count in found.totals.items()],
        )
        ledger.state(connection, "totals_seq", found.last_seq)
        if found.covered_until_utc_s is not None:
            ledger.state(connection, "covered_until_utc_s", found.covered_until_utc_s)


def _rows(connection: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...]]:
    with suppress(sqlite3.Error):
        yield from connection.execute(query)


def _keep_row(found: Salvage, values: tuple[object, ...]) -> None:
    row = Row._make(values)
    if not row.sound:
        return
    with suppress(RecordError):
        _keep_record(found, row, row.record.interval)


def _keep_pending(found: Salvage, row: tuple[object, ...]) -> None:
    seq, payload = row
    if not isinstance(payload, bytes):
        return
    with suppress(RecordError):
        record = json_v1.decode(payload)
        if record.seq == seq:
            _keep_record(found, row_of(record, payload), record.interval)


def _keep_record(found: Salvage, row: Row, interval: Interval) -> None:
    found.rows[row.seq] = row
    if row.seq >= found.last_seq:
        found.last_seq = row.seq
        found.covered_until_utc_s = interval.end_utc_s
    _keep_totals_told(found, interval)


def _keep_alert(found: Salvage, values: tuple[object, ...]) -> None:
    row = AlertRow(*values)  # type: ignore[arg-type]  # a row is what is read
    if not row.sound:
        return
    with suppress(RecordError):
        seq = row.record.seq
        found.alerts[seq] = row
        found.last_alert_seq = max(seq, found.last_alert_seq)


def _keep_ongoing(found: Salvage, row: tuple[object, ...]) -> None:
    seq, payload = row
    if not isinstance(payload, bytes):
        return
    with suppress(RecordError):
        record = json_v1.decode_alert(payload)
        if record.seq == seq:
            found.ongoing[record.seq] = payload
            found.last_alert_seq = max(record.seq, found.last_alert_seq)


def _keep_totals_told(found: Salvage, interval: Interval) -> None:
    for name, line in interval.lines.items():
        total = line.total or LineTotals()
        for direction, counts in (
            ("forward", total.forward),
            ("backward", total.backward),
        ):
            for class_name, count in counts.items():
                _keep_total(found, (name, direction, class_name, count))


def _keep_rejected(found: Salvage, row: tuple[object, ...]) -> None:
    match row:
        case (int(seq), str(reason), float(utc_s)):
            found.rejected[seq] = (reason, utc_s)
        case _:
            pass


def _keep_total(found: Salvage, row: tuple[object, ...]) -> None:
    match row:
        case (str(line), ("forward" | "backward") as direction, str(name), int(count)):
            key = (line, str(direction), name)
            found.totals[key] = max(count, found.totals.get(key, 0))
        case _:
            pass


def _keep_fact(found: Salvage, row: tuple[object, ...]) -> None:
    match row:
        case ("last_seq", int(seq)):
            found.last_seq = max(seq, found.last_seq)
        case ("last_alert_seq", int(seq)):
            found.last_alert_seq = max(seq, found.last_alert_seq)
        case ("covered_until_utc_s", float(utc_s)):
            found.covered_until_utc_s = utc_s
        case _:
            pass
