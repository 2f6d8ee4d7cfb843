"""What of the records can be signed: those with a date, exactly as they left."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from tallypost.errors import RecordError
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.numbers import END, Numbers, Range


class Signable(NamedTuple):
    """What was found.

    Attributes:
        payloads: Numbers and the JSON of their records, rising.
        until: Every number up to it was looked at.
        undated: Of those, the numbers of records that have no date yet.
    """

    payloads: list[tuple[int, bytes]]
    until: int
    undated: Numbers


def signable(
    connection: sqlite3.Connection, until: int, undated: Numbers, limit: int
) -> Signable:
    """Return what can be signed now.

    Args:
        connection: An open database.
        until: Every number up to it was looked at before.
        undated: But these had no date then.
        limit: Look at so many records at most, those of the lowest numbers.
    """
    found = list(islice(payloads(connection, [*undated, (until + 1, END)]), limit))
    until = max(until, found[-1][0]) if found else until
    without = connection.execute(
        "SELECT seq FROM record WHERE boot IS NOT NULL AND seq <= ?", (until,)
    )
    waiting = Numbers((seq, seq) for (seq,) in without)
    # Those there was no time for stay open, whether they have their date or not.
    if len(found) == limit:
        for first, last in undated:
            waiting.add(first, last)
        for seq, _ in found:
            waiting.remove(seq, seq)
    return Signable(found, until, waiting)


def payloads(
    connection: sqlite3.Connection, ranges: Iterable[Range]
) -> Iterator[tuple[int, bytes]]:
    """Give numbers and JSON of those that have a date, less what the card damaged."""
    where = "seq BETWEEN ? AND ? AND boot IS NULL"
    for each in ranges:
        for row in ledger.rows(connection, where, *each):
            with suppress(RecordError):
                if row.sound:
                    yield row.seq, row.payload
