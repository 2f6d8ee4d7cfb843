"""Gives dates to records that were counted before anybody had set the clock."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from tallypost.domain.dating import Dating, Undated
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.rows import row_of


def undated(connection: sqlite3.Connection) -> list[Undated]:
    """Return what waits for its date, the lowest numbers first."""
    return [
        Undated(row.seq, *row.stamp, row.duration_s)
        for row in ledger.rows(connection, "boot IS NOT NULL")
        if row.stamp is not None and row.sound
    ]


def date(connection: sqlite3.Connection, dates: Mapping[int, Dating]) -> int:
    """Date records; return how many: what has a date already keeps it.

    Raises:
        RecordError: A date is none; nothing was dated.
    """
    dated = 0
    for seq, dating in dates.items():
        for row in ledger.rows(connection, "seq = ? AND boot IS NOT NULL", seq):
            record = ledger.record_in(row)
            if record is None:
                continue
            quality = replace(
                record.interval.quality,
                clock_uncertainty_s=dating.uncertainty_s,
                dated=dating.how,
            )
            interval = replace(
                record.interval, start_utc_s=dating.start_utc_s, quality=quality
            )
            record = replace(record, interval=interval)
            payload = json_v1.encode(record)
            ledger.insert(connection, row_of(record, payload, due=row.due))
            dated += 1
    return dated
