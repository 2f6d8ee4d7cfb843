"""What stands in the outbox's tables of alerts: plain functions over a transaction."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from tallypost.domain.alerts import Alert, AlertRecord, AlertState
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.outbox import ledger


def append(connection: sqlite3.Connection, record: AlertRecord) -> None:
    """Keep an alert, and what is going on after it.

    Raises:
        RecordError: The alert breaks the schema.
    """
    payload = json_v1.encode_alert(record)
    insert(connection, [(record, payload)])
    if record.alert.state is AlertState.BEGUN:
        note_ongoing(connection, {record.seq: payload})
    else:
        connection.execute("DELETE FROM ongoing WHERE seq=?", (record.begun_seq,))
    ledger.state(connection, "last_alert_seq", record.seq)


def insert(
    connection: sqlite3.Connection, records: Iterable[tuple[AlertRecord, bytes]]
) -> None:
    """Keep alerts under the numbers that they carry."""
    connection.executemany(
        "INSERT INTO alert VALUES (?, ?, ?, ?)",
        [
            (record.seq, record.begun_seq, payload, zlib.crc32(payload))
            for record, payload in records
        ],
    )


def note_ongoing(connection: sqlite3.Connection, payloads: Mapping[int, bytes]) -> None:
    """Note what has begun, by number."""
    connection.executemany("INSERT INTO ongoing VALUES (?, ?)", payloads.items())


def ongoing(connection: sqlite3.Connection) -> dict[int, Alert]:
    """Return what has begun and is not over, by number, the oldest first."""
    rows = connection.execute("SELECT payload FROM ongoing ORDER BY seq")
    return {record.seq: record.alert for record in _readable(rows)}


def head(connection: sqlite3.Connection, limit: int) -> tuple[list[Message], list[int]]:
    """Return the oldest alerts, and the numbers of damaged ones among them."""
    sound: list[Message] = []
    damaged: list[int] = []
    for seq, payload, checksum in connection.execute(
        "SELECT seq, payload, checksum FROM alert ORDER BY seq LIMIT ?", (limit,)
    ):
        # A single bit makes a text of bytes: SQLite keeps the kind beside the value.
        if isinstance(payload, bytes) and zlib.crc32(payload) == checksum:
            sound.append(Message(Subject.ALERT, seq, payload))
        else:
            damaged.append(seq)
    return sound, damaged


def count(connection: sqlite3.Connection) -> int:
    """Return how many alerts wait."""
    (waiting,) = connection.execute("SELECT count(*) FROM alert").fetchone()
    return int(waiting)


def remove(connection: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Let go of alerts."""
    connection.executemany("DELETE FROM alert WHERE seq=?", [(seq,) for seq in seqs])


def drop_pair(connection: sqlite3.Connection, above_seq: int) -> bool:
    """Drop the oldest alert that waits together with its end; return whether one did.

    Args:
        connection: An open transaction.
        above_seq: Only what began later: the others may be on their way already.
    """
    pair = connection.execute(
        "SELECT begun.seq, ended.seq FROM alert AS ended "
        "JOIN alert AS begun ON begun.seq = ended.begun_seq "
        "WHERE begun.seq > ? ORDER BY begun.seq LIMIT 1",
        (above_seq,),
    ).fetchone()
    remove(connection, pair or ())
    return pair is not None


def _readable(rows: Iterable[tuple[object]]) -> Iterator[AlertRecord]:
    for (payload,) in rows:
        # Of what the card forgot bits of, the end ends nothing when it comes.
        if isinstance(payload, bytes):
            with suppress(RecordError):
                yield json_v1.decode_alert(payload)
