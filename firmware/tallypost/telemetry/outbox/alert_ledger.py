"""What stands in the outbox's tables of alerts: plain functions over a transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from tallypost.domain.alerts import Alert, AlertRecord, AlertState
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.alert_rows import AlertRow, row_of
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.numbers import Range

FORGET_ALERTS = 1000
"""So many are dropped in one step, at most: more than come between two looks."""


def append(connection: sqlite3.Connection, record: AlertRecord, due: Due) -> None:
    """Keep an alert, and what is going on after it.

    Args:
        connection: An open transaction.
        record: The alert.
        due: What must go out, this one included.

    Raises:
        RecordError: The alert breaks the schema.
    """
    payload = json_v1.encode_alert(record)
    insert(connection, [row_of(record, payload, str(due))])
    if record.alert.state is AlertState.BEGUN:
        note_ongoing(connection, {record.seq: payload})
    else:
        connection.execute("DELETE FROM ongoing WHERE seq=?", (record.begun_seq,))


def insert(connection: sqlite3.Connection, rows: Iterable[AlertRow]) -> None:
    """Keep alerts, each in the place of what had its number before."""
    connection.executemany("INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?)", rows)


def note_ongoing(connection: sqlite3.Connection, payloads: Mapping[int, bytes]) -> None:
    """Note what has begun, by number."""
    connection.executemany("INSERT INTO ongoing VALUES (?, ?)", payloads.items())


def ongoing(connection: sqlite3.Connection) -> dict[int, Alert]:
    """Return what has begun and is not over, by number, the oldest first."""
    rows = connection.execute("SELECT payload FROM ongoing ORDER BY seq")
    return {record.seq: record.alert for record in _readable(rows)}


def head(connection: sqlite3.Connection, due: Due, limit: int) -> list[AlertRow]:
    """Return what must go out first, damaged or not.

    Args:
        connection: An open database.
        due: What must go out at all.
        limit: How many at most.
    """
    found: list[AlertRow] = []
    for each in due.ranges():
        if len(found) >= limit:
            break
        found += _within(connection, each, limit - len(found))
    return found


def count(connection: sqlite3.Connection, ranges: Iterable[Range]) -> int:
    """Return how many alerts of these ranges are here."""
    where = "SELECT count(*) FROM alert WHERE seq BETWEEN ? AND ?"
    return sum(connection.execute(where, each).fetchone()[0] for each in ranges)


def last_seq(connection: sqlite3.Connection) -> int | None:
    """Return the highest number of an alert; None where there was none yet."""
    (highest,) = connection.execute("SELECT max(seq) FROM alert").fetchone()
    # Files of before alerts stayed in their table state it.
    stated = ledger.fact(connection, "last_alert_seq")
    known = [int(each) for each in (highest, stated) if each is not None]
    return max(known, default=None)


def due(connection: sqlite3.Connection) -> Due:
    """Return what must go out, as the newest sound row tells it; else all."""
    noted = (row.due for row in _newest(connection) if row.due is not None)
    return Due(next(noted, ""))


def note_due(connection: sqlite3.Connection, due: Due) -> None:
    """Note what must go out; where there is no alert, nothing does."""
    row = next(_newest(connection), None)
    if row is not None:
        insert(connection, [row.with_due(str(due))])


def drop_pair(connection: sqlite3.Connection, due: Due, above_seq: int) -> int:
    """Drop the oldest alert that never went out together with its end.

    Args:
        connection: An open transaction.
        due: What must go out.
        above_seq: Only what began later: the others may be on their way already.

    Returns:
        How many alerts went: 0 where all that wait is still going on.
    """
    for first, last in due.fresh():
        pair = connection.execute(
            "SELECT begun_seq, seq FROM alert WHERE seq BETWEEN ? AND ? "
            "AND begun_seq >= ? AND seq < (SELECT max(seq) FROM alert) "
            "ORDER BY begun_seq LIMIT 1",
            (first, last, max(first, above_seq + 1)),
        ).fetchone()
        if pair is not None:
            return _remove(connection, pair)
    return 0


def forget(
    connection: sqlite3.Connection,
    due: Due,
    last_seq: int,
    *,
    before_utc_s: float | None = None,
) -> int:
    """Drop the oldest alerts that need not go out any more; return how many.

    Args:
        connection: An open transaction.
        due: What must go out.
        last_seq: No later ones; nor ever the newest, which tells what is due.
        before_utc_s: Only what happened earlier, and what without a trusted date lies
            before that; None where all may go.
    """
    (newest,) = connection.execute("SELECT max(seq) FROM alert").fetchone()
    gone: list[int] = []
    for each in due.settled(min(last_seq, (newest or 0) - 1)):
        found = _within(connection, each, FORGET_ALERTS - len(gone))
        if before_utc_s is None:
            gone += [row.seq for row in found]
        else:
            gone += _older(found, before_utc_s)
    return _remove(connection, gone)


def _within(
    connection: sqlite3.Connection, each: Range, limit: int
) -> Iterator[AlertRow]:
    query = "SELECT * FROM alert WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
    return map(AlertRow._make, connection.execute(query, (*each, limit)))


def _newest(connection: sqlite3.Connection) -> Iterator[AlertRow]:
    """Give the sound rows, the highest number first."""
    query = "SELECT * FROM alert ORDER BY seq DESC"
    return (row for row in map(AlertRow._make, connection.execute(query)) if row.sound)


def _older(rows: Iterable[AlertRow], before_utc_s: float) -> Iterator[int]:
    """Give the numbers up to the last that is known to be so old."""
    undated: list[int] = []
    for row in rows:
        undated.append(row.seq)
        known_utc_s = row.known_utc_s
        if known_utc_s is None:
            continue
        if known_utc_s >= before_utc_s:
            break
        yield from undated
        undated.clear()


def _remove(connection: sqlite3.Connection, seqs: Iterable[int]) -> int:
    """Drop alerts; return how many."""
    numbers = [(seq,) for seq in seqs]
    connection.executemany("DELETE FROM alert WHERE seq=?", numbers)
    return len(numbers)


def _readable(rows: Iterable[tuple[object]]) -> Iterator[AlertRecord]:
    for (payload,) in rows:
        # Of what the card forgot bits of, the end ends nothing when it comes.
        if isinstance(payload, bytes):
            with suppress(RecordError):
                yield json_v1.decode_alert(payload)
