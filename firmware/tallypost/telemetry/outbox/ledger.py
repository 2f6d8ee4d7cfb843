"""What stands in the outbox's tables: plain functions over an open transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.numbers import Range
from tallypost.telemetry.outbox.rows import COLUMNS, Row

REJECTED_RECORDS_MAX = 1000
"""So many reasons are kept: a person may look at them, and the newest tell enough."""

Fact = Literal[
    "last_seq", "last_alert_seq", "covered_until_utc_s", "totals_seq", "logged"
]
Totals = dict[str, LineTotals]
"""What each line has counted since the device was commissioned."""


def fact(connection: sqlite3.Connection, name: Fact) -> float | None:
    """Return one of the facts; None where nobody has stated it yet."""
    row = connection.execute("SELECT value FROM fact WHERE name=?", (name,)).fetchone()
    return None if row is None else row[0]


def state(connection: sqlite3.Connection, name: Fact, value: float) -> None:
    """Write down one of the facts."""
    connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))


def insert(connection: sqlite3.Connection, row: Row) -> None:
    """Keep a record, in the place of what had its number before."""
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT OR REPLACE INTO record VALUES ({marks})", row)  # noqa: S608  # question marks


def catch_up(connection: sqlite3.Connection, kept: Iterable[Row]) -> None:
    """Keep those records of a logbook that came after all that are here."""
    last = last_seq(connection) or 0
    for row in kept:
        if row.seq > last:
            insert(connection, row)


def remove(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Drop records."""
    connection.executemany("DELETE FROM record WHERE seq=?", [(seq,) for seq in seqs])


def rows(
    connection: sqlite3.Connection,
    where: str,
    *values: float,
    limit: int = -1,
    newest_first: bool = False,
) -> Iterator[Row]:
    """Give rows, the lowest numbers first.

    Args:
        connection: An open database.
        where: An expression of SQL, a question mark for each of the values.
        values: They.
        limit: How many at most; below 0, all.
        newest_first: The highest numbers first.
    """
    order = "DESC" if newest_first else "ASC"
    found = connection.execute(
        f"SELECT {COLUMNS} FROM record WHERE {where} ORDER BY seq {order} LIMIT ?",  # noqa: S608  # ours alone
        (*values, limit),
    )
    return map(Row._make, found)


def within(
    connection: sqlite3.Connection,
    each: Range,
    limit: int = -1,
    *,
    newest_first: bool = False,
) -> list[Row]:
    """Return the rows of a range that have a date, the lowest numbers first."""
    where = "seq BETWEEN ? AND ? AND boot IS NULL"
    return list(rows(connection, where, *each, limit=limit, newest_first=newest_first))


def head(
    connection: sqlite3.Connection, due: Due, limit: int, *, newest_first: bool = False
) -> list[Row]:
    """Return what must go out first.

    Args:
        connection: An open database.
        due: What must go out at all.
        limit: How many at most.
        newest_first: The highest numbers first, asked for again or not.
    """
    ranges = list(due.ranges())
    if newest_first:
        ranges.sort(reverse=True)
    found: list[Row] = []
    for each in ranges:
        if len(found) >= limit:
            break
        left = limit - len(found)
        found += within(connection, each, left, newest_first=newest_first)
    return found


def record_in(row: Row) -> KpiRecord | None:
    """Return the record of a row; None where the card has damaged it."""
    try:
        return row.record if row.sound else None
    except RecordError:
        return None


def count(connection: sqlite3.Connection, ranges: Iterable[Range]) -> int:
    """Return how many records of these ranges are here, and have a date."""
    where = "SELECT count(*) FROM record WHERE seq BETWEEN ? AND ? AND boot IS NULL"
    return sum(connection.execute(where, each).fetchone()[0] for each in ranges)


def newest(connection: sqlite3.Connection) -> Iterator[Row]:
    """Give the sound rows, the highest number first."""
    query = f"SELECT {COLUMNS} FROM record ORDER BY seq DESC"  # noqa: S608  # ours alone
    return (row for row in map(Row._make, connection.execute(query)) if row.sound)


def told_with(connection: sqlite3.Connection, seq: int) -> int:
    """Return the number of the record that tells of a number: its own, or a merged one.

    Returns:
        The number itself where no other record does.
    """
    for row in rows(connection, "seq >= ?", seq, limit=1):
        record = record_in(row)
        if record is not None and seq in record.numbers:
            return row.seq
    return seq


def last_seq(connection: sqlite3.Connection) -> int | None:
    """Return the highest number of a record; None where there was none yet."""
    (highest,) = connection.execute("SELECT max(seq) FROM record").fetchone()
    stated = fact(connection, "last_seq")
    known = [int(each) for each in (highest, stated) if each is not None]
    return max(known, default=None)


def due(connection: sqlite3.Connection) -> Due:
    """Return what must go out, as the newest sound row tells it."""
    noted = (row.due for row in newest(connection) if row.due is not None)
    return Due(next(noted, ""))


def note_due(connection: sqlite3.Connection, due: Due) -> None:
    """Note what must go out; where there is no record, nothing does."""
    row = next(newest(connection), None)
    if row is not None:
        insert(connection, row.with_due(str(due)))


def covered_until_utc_s(connection: sqlite3.Connection) -> float | None:
    """Return the latest end of an interval that has its date; None before the first."""
    (stored_utc_s,) = connection.execute(
        "SELECT max(start_utc_s + duration_s) FROM record WHERE boot IS NULL"
    ).fetchone()
    known = (stored_utc_s, fact(connection, "covered_until_utc_s"))
    return max((each for each in known if each is not None), default=None)


def totals(connection: sqlite3.Connection) -> Totals:
    """Return the totals of every line: as last noted, and as the records since tell."""
    found: Totals = {}
    for line, direction, name, number in connection.execute(
        "SELECT line, direction, class, count FROM total"
    ):
        so_far = found.setdefault(line, LineTotals(forward={}, backward={}))
        counts = so_far.forward if direction == "forward" else so_far.backward
        assert isinstance(counts, dict)
        counts[name] = number
    for row in rows(connection, "seq > ?", fact(connection, "totals_seq") or 0):
        record = record_in(row)
        if record is not None:
            found |= {
                name: line.total
                for name, line in record.interval.lines.items()
                if line.total is not None
            }
    return found


def note_totals(
    connection: sqlite3.Connection, totals: Mapping[str, LineTotals], seq: int
) -> None:
    """Write down the totals of every line.

    Args:
        connection: An open transaction.
        totals: They.
        seq: The record after which they stood so.
    """
    connection.executemany(
        "INSERT OR REPLACE INTO total VALUES (?, ?, ?, ?)",
        [
            (line, direction, name, number)
            for line, told in totals.items()
            for direction, counts in (
                ("forward", told.forward),
                ("backward", told.backward),
            )
            for name, number in counts.items()
        ],
    )
    state(connection, "totals_seq", seq)


def reject(
    connection: sqlite3.Connection, reasons: Mapping[int, str], utc_s: float
) -> int:
    """Write down why records were not taken; return how many old reasons went."""
    connection.executemany(
        "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?)",
        [(seq, reason, utc_s) for seq, reason in reasons.items()],
    )
    return connection.execute(
        "DELETE FROM rejected WHERE seq <= "
        "(SELECT seq FROM rejected ORDER BY seq DESC LIMIT 1 OFFSET ?)",
        (REJECTED_RECORDS_MAX,),
    ).rowcount
