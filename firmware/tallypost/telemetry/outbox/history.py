"""Reads what an outbox holds, also beside a tallypost that writes to it."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tallypost.domain.records import KpiRecord
from tallypost.errors import HistoryError
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.copying import copied
from tallypost.telemetry.outbox.database import (
    APPLICATION_ID,
    ONE_TABLE_VERSION,
    SCHEMA_VERSION,
)
from tallypost.telemetry.outbox.logbook import beside, read
from tallypost.telemetry.outbox.numbers import END
from tallypost.telemetry.outbox.signable import payloads

PAGE_RECORDS = 500
Page = list[tuple[int, KpiRecord | None]]
"""Numbers and their records; None where the card has damaged one."""


class History:
    """The records of an outbox at one moment.

    Args:
        connection: A copy of its database.
        path: Where the outbox itself lies.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def records(self, from_utc_s: float, until_utc_s: float) -> Iterator[KpiRecord]:
        """Give what began from one moment until before another, by number.

        What has no date yet is left out, and so is what the card has damaged.

        Args:
            from_utc_s: Seconds since 1970.
            until_utc_s: Likewise.

        Raises:
            HistoryError: The outbox is damaged.
        """
        try:
            yield from records_between(
                lambda read: read(self._connection), from_utc_s, until_utc_s
            )
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error

    def payloads(self) -> Iterator[tuple[int, bytes]]:
        """Give numbers and JSON, as it left, of what has its date, by number.

        Raises:
            HistoryError: The outbox is damaged.
        """
        try:
            yield from payloads(self._connection, [(1, END)])
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error

    @property
    def undated(self) -> int:
        """How many records wait for their date.

        Raises:
            HistoryError: The outbox is damaged.
        """
        query = "SELECT count(*) FROM record WHERE boot IS NOT NULL"
        try:
            return int(self._connection.execute(query).fetchone()[0])
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error


@contextmanager
def open_history(path: Path) -> Iterator[History]:
    """Give the records of an outbox as they are now.

    Args:
        path: Its database. It is copied into a temporary folder first: whoever writes
            to it is neither held up nor heard.

    Raises:
        HistoryError: There is no outbox, or none that can be read.
    """
    if not path.is_file():
        raise HistoryError(
            f"{path}: there is no outbox here; name the settings that tallypost runs by"
        )
    with tempfile.TemporaryDirectory(prefix="tallypost-history-") as folder:
        copy = copied(path, Path(folder))
        connection = sqlite3.connect(copy)
        try:
            _refuse_others(connection, path)
            kept = read(beside(copy))
            ledger.catch_up(connection, kept.rows if kept else ())
            yield History(connection, path)
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error
        finally:
            connection.close()


def records_between(
    do: Callable[[Callable[[sqlite3.Connection], Page]], Page],
    from_utc_s: float,
    until_utc_s: float,
) -> Iterator[KpiRecord]:
    """Give the records that began from one moment until before another, by number.

    Args:
        do: Returns what a piece of work returns that is given the database. It is asked
            once for each few records: in between the database is free.
        from_utc_s: Seconds since 1970.
        until_utc_s: Likewise.
    """
    seq = 0
    read = partial(_page, from_utc_s=from_utc_s, until_utc_s=until_utc_s)
    while page := do(partial(read, after_seq=seq)):
        seq = page[-1][0]
        yield from (record for _, record in page if record is not None)


def _page(
    connection: sqlite3.Connection,
    *,
    after_seq: int,
    from_utc_s: float,
    until_utc_s: float,
) -> Page:
    found = ledger.rows(
        connection,
        "seq > ? AND start_utc_s >= ? AND start_utc_s < ? AND boot IS NULL",
        *(after_seq, from_utc_s, until_utc_s),
        limit=PAGE_RECORDS,
    )
    return [(row.seq, ledger.record_in(row)) for row in found]


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
            "`tallypost run` once, and it keeps one from then on"
        )


def _unreadable(path: Path, error: sqlite3.Error) -> HistoryError:
    return HistoryError(
        f"{path}: cannot be read ({error}); look whether it is an outbox, and whole"
    )
