"""Leads an outbox of the first two versions on to the table of all records."""

import sqlite3
import zlib

from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.rows import row_of

# A single bit makes a text of bytes: SQLite keeps the kind beside the value.
_BYTES = "WHERE typeof(payload) = 'blob' ORDER BY seq"
_PENDING = f"SELECT seq, payload, checksum FROM pending {_BYTES}"  # noqa: S608  # ours
_REJECTED = f"SELECT seq, payload FROM rejected_before {_BYTES}"  # noqa: S608  # ours


def lead_on(connection: sqlite3.Connection) -> None:
    """Take over what waited and what was set aside; drop the tables it lay in.

    What the card has damaged stays behind: it would never have gone out.

    Args:
        connection: An open transaction; the new tables are there, and empty.
    """
    due, last_seq = Due(), int(ledger.fact(connection, "last_seq") or 0)
    due.settle(1, last_seq)
    ledger.state(connection, "totals_seq", last_seq)
    for seq, payload, checksum in connection.execute(_PENDING):
        if zlib.crc32(payload) == checksum and _take_over(connection, seq, payload):
            due.expect(seq, seq)
    for seq, payload in connection.execute(_REJECTED):
        _take_over(connection, seq, payload)
    connection.execute(
        "INSERT INTO rejected SELECT seq, reason, utc_s FROM rejected_before"
    )
    connection.execute("DROP TABLE rejected_before")
    connection.execute("DROP TABLE pending")
    ledger.note_due(connection, due)


def _take_over(connection: sqlite3.Connection, seq: int, payload: bytes) -> bool:
    try:
        record = json_v1.decode(payload)
    except RecordError:
        return False
    if record.seq == seq:
        ledger.insert(connection, row_of(record, payload))
    return record.seq == seq
