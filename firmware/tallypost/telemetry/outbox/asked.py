"""Finds what of a range of records must still go out: a plain function over a database.

What is due is read where it was noted last, with the newest record: what went out since
may be found once more.
"""

import sqlite3

from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.outbox import ledger


def due_within(
    connection: sqlite3.Connection, first_seq: int, last_seq: int
) -> tuple[int, Message | None]:
    """Return how many records of a range must go out, and the newest sound one of them.

    Args:
        connection: An open database.
        first_seq: The range's first number.
        last_seq: Its last one, which counts too.
    """
    ranges = sorted(
        (max(first, first_seq), min(last, last_seq))
        for first, last in ledger.due(connection).ranges()
        if first <= last_seq and last >= first_seq
    )
    for each in reversed(ranges):
        where = "seq BETWEEN ? AND ? AND boot IS NULL"
        for row in ledger.rows(connection, where, *each, newest_first=True):
            if ledger.record_in(row) is not None:
                message = Message(Subject.KPI, row.seq, row.payload)
                return ledger.count(connection, ranges), message
    return 0, None
