"""What stands in the outbox's tables: plain functions over an open transaction."""

import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.records import Interval, KpiRecord
from tallypost.domain.words import Counts
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.outbox.room import Held

REJECTED_RECORDS_MAX = 1000
REJECTED_BYTES_MAX = 4 * 2**20
"""What is set aside is for a person to look at: the newest tell enough."""

Fact = Literal["last_seq", "last_alert_seq", "covered_until_utc_s"]


def fact(connection: sqlite3.Connection, name: Fact) -> float | None:
    """Return one of the facts; None where nobody has stated it yet."""
    row = connection.execute("SELECT value FROM fact WHERE name=?", (name,)).fetchone()
    return None if row is None else row[0]


def state(connection: sqlite3.Connection, name: Fact, value: float) -> None:
    """Write down one of the facts."""
    connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))


def append(
    connection: sqlite3.Connection, interval: Interval, device: str, seq: int
) -> KpiRecord:
    """Return the record of an interval, its crossings added to the totals, and keep it.

    Raises:
        RecordError: The record breaks the schema.
    """
    lines = {
        name: _counted(connection, name, line) for name, line in interval.lines.items()
    }
    record = KpiRecord(device=device, seq=seq, interval=replace(interval, lines=lines))
    insert(connection, [Message(Subject.KPI, seq, json_v1.encode(record))])
    state(connection, "last_seq", seq)
    state(connection, "covered_until_utc_s", interval.end_utc_s)
    return record


def insert(connection: sqlite3.Connection, records: Iterable[Message]) -> None:
    """Keep payloads under the numbers that they carry."""
    connection.executemany(
        "INSERT INTO pending VALUES (?, ?, ?)",
        [(seq, payload, zlib.crc32(payload)) for _, seq, payload in records],
    )


def head(connection: sqlite3.Connection, limit: int) -> tuple[list[Message], list[int]]:
    """Return the oldest records, and the numbers of damaged ones among them."""
    sound: list[Message] = []
    damaged: list[int] = []
    for seq, payload, checksum in connection.execute(
        "SELECT * FROM pending ORDER BY seq LIMIT ?", (limit,)
    ):
        if zlib.crc32(payload) == checksum:
            sound.append(Message(Subject.KPI, seq, payload))
        else:
            damaged.append(seq)
    return sound, damaged


def held(connection: sqlite3.Connection) -> Held:
    """Return how much waits."""
    return Held(
        *connection.execute(
            "SELECT count(*), coalesce(sum(length(payload)), 0) FROM pending"
        ).fetchone()
    )


def settle(
    connection: sqlite3.Connection, outcomes: Mapping[int, str | None], utc_s: float
) -> Held:
    """Take records out of those that wait; return what was there of them.

    Args:
        connection: An open transaction.
        outcomes: By number: None where the far side has the record, else why it never
            will; such a record is set aside.
        utc_s: What the calendar says.
    """
    connection.executemany(
        "INSERT OR REPLACE INTO rejected "
        "SELECT seq, payload, ?, ? FROM pending WHERE seq=?",
        [
            (reason, utc_s, seq)
            for seq, reason in outcomes.items()
            if reason is not None
        ],
    )
    numbers = [(seq,) for seq in outcomes]
    lengths = [
        length
        for number in numbers
        for (length,) in connection.execute(
            "SELECT length(payload) FROM pending WHERE seq=?", number
        )
    ]
    connection.executemany("DELETE FROM pending WHERE seq=?", numbers)
    return Held(len(lengths), sum(lengths))


def prune_rejected(connection: sqlite3.Connection) -> int:
    """Drop the oldest of what was set aside where it is too much; return how many."""
    return connection.execute(
        """
        DELETE FROM rejected WHERE seq <= (
            SELECT max(seq) FROM (
                SELECT seq, row_number() OVER newest AS place,
                    sum(length(payload) + length(reason)) OVER newest AS bytes
                FROM rejected WINDOW newest AS (ORDER BY seq DESC)
            ) WHERE place > ? OR bytes > ?
        )
        """,
        (REJECTED_RECORDS_MAX, REJECTED_BYTES_MAX),
    ).rowcount


def _counted(
    connection: sqlite3.Connection, name: str, line: LineFigures
) -> LineFigures:
    _add(connection, name, "forward", line.forward)
    _add(connection, name, "backward", line.backward)
    return replace(
        line,
        total=LineTotals(
            forward=_totals(connection, name, "forward"),
            backward=_totals(connection, name, "backward"),
        ),
    )


def _add(
    connection: sqlite3.Connection, line: str, direction: str, counts: Counts
) -> None:
    connection.executemany(
        "INSERT INTO total VALUES (?, ?, ?, ?) ON CONFLICT (line, direction, class) "
        "DO UPDATE SET count = count + excluded.count",
        [(line, direction, name, number) for name, number in counts.items()],
    )


def _totals(connection: sqlite3.Connection, line: str, direction: str) -> Counts:
    return dict(
        connection.execute(
            "SELECT class, count FROM total WHERE line=? AND direction=? "
            "ORDER BY class",
            (line, direction),
        ).fetchall()
    )
