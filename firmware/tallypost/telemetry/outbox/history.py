"""Reads what an outbox holds, beside whoever writes to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tallypost.domain.records import KpiRecord
from tallypost.errors import HistoryError, RecordError
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.database import (
    APPLICATION_ID,
    BUSY_TIMEOUT_S,
    ONE_TABLE_VERSION,
    SCHEMA_VERSION,
)
from tallypost.telemetry.outbox.rows import Row

PAGE_RECORDS = 500
"""So many are read at once: a long reading never keeps the journal from its end."""


def read_history(
    path: Path, from_utc_s: float, until_utc_s: float
) -> Iterator[KpiRecord]:
    """Give the records that began from one moment until before another, by number.

    What has no date yet is left out, and so is what the card has damaged.

    Args:
        path: The outbox's database; it is only read.
        from_utc_s: Seconds since 1970.
        until_utc_s: Likewise.

    Raises:
        HistoryError: There is no outbox, or it cannot be read.
    """
    with closing(_opened(path)) as connection:
        seq = 0
        while page := _page(connection, path, seq, from_utc_s, until_utc_s):
            seq = page[-1].seq
            yield from _records(page)


def count_undated(path: Path) -> int:
    """Return how many records wait for their date.

    Raises:
        HistoryError: There is no outbox, or it cannot be read.
    """
    with closing(_opened(path)) as connection:
        query = "SELECT count(*) FROM record WHERE boot IS NOT NULL"
        return int(connection.execute(query).fetchone()[0])


def _page(
    connection: sqlite3.Connection,
    path: Path,
    after_seq: int,
    from_utc_s: float,
    until_utc_s: float,
) -> list[Row]:
    where = "seq > ? AND start_utc_s >= ? AND start_utc_s < ? AND boot IS NULL"
    values = (after_seq, from_utc_s, until_utc_s)
    try:
        return list(ledger.rows(connection, where, *values, limit=PAGE_RECORDS))
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def _records(page: list[Row]) -> Iterator[KpiRecord]:
    for row in page:
        try:
            if row.sound:
                yield row.record
        except RecordError:
            continue


def _opened(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise HistoryError(
            f"{path}: there is no outbox here; name the settings that tallypost runs by"
        )
    try:
        connection = _connected(path)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    # Without a journal nobody writes to it, and no folder need be written to.
    alone = not path.with_name(path.name + "-wal").exists()
    how = "immutable=1" if alone else "mode=ro"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_TIMEOUT_S
    )
    try:
        _refuse_others(connection, path)
    except BaseException:  # whatever it is: the file is not left open
        connection.close()
        raise
    return connection


def _refuse_others(connection: sqlite3.Connection, path: Path) -> None:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if owner != APPLICATION_ID:
        raise HistoryError(f"{path}: is no outbox; name the settings of a tallypost")
    if version > SCHEMA_VERSION:
        raise HistoryError(
            f"{path}: was written by a newer tallypost (version {version} of its "
            f"tables; this one knows {SCHEMA_VERSION}); ask that one"
        )
    if version < ONE_TABLE_VERSION:
        raise HistoryError(
            f"{path}: was written by an older tallypost, which kept no history; start "
            "`tallypost run` once, and it has some from then on"
        )


def _unreadable(path: Path, error: sqlite3.Error) -> HistoryError:
    return HistoryError(
        f"{path}: cannot be read ({error}); look whether it is whole, and yours to read"
    )
