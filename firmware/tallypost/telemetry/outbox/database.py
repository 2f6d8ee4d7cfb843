"""Opens the outbox's SQLite file; tells a disk that refuses from a torn file."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tallypost.errors import OutboxError
from tallypost.telemetry.outbox.leading_on import lead_on

APPLICATION_ID = 0x74707374
"""Ours, so that nobody else's database is ever written to."""
SCHEMA_STEPS = (
    """
CREATE TABLE pending (          -- records that no uplink has taken yet
    seq INTEGER PRIMARY KEY,    -- the record's number, never used twice
    payload BLOB NOT NULL,      -- the record as JSON, exactly as it leaves
    checksum INTEGER NOT NULL   -- zlib.crc32 of payload: cards forget bits
);
CREATE TABLE rejected (         -- records that the far side will never take
    seq INTEGER PRIMARY KEY,
    payload BLOB NOT NULL,
    reason TEXT NOT NULL,       -- what the far side said
    utc_s REAL NOT NULL         -- when it said so, by the device's calendar
);
CREATE TABLE total (            -- crossings since the device was commissioned
    line TEXT NOT NULL,
    direction TEXT NOT NULL,    -- forward | backward
    class TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (line, direction, class)
) WITHOUT ROWID;
CREATE TABLE fact (
    name TEXT PRIMARY KEY,      -- last_seq: the highest number used so far
                                -- last_alert_seq: likewise, of alerts, once
                                -- covered_until_utc_s: end of the interval put last
                                -- totals_seq: the record after which totals stood so
                                -- logged: 1 once there was a logbook beside it
    value NOT NULL
) WITHOUT ROWID;
""",
    """
CREATE TABLE alert (            -- alerts that no uplink has taken yet
    seq INTEGER PRIMARY KEY,    -- the alert's number, counted apart from records
    begun_seq INTEGER,          -- the number of the alert that it ends, if it does
    payload BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE ongoing (          -- alerts of what has begun and is not over
    seq INTEGER PRIMARY KEY,
    payload BLOB NOT NULL
);
""",
    """
CREATE TABLE record (           -- delivered or not: see `due` of the newest row
    seq INTEGER PRIMARY KEY,    -- the record's number, never used twice
    payload BLOB NOT NULL,      -- the record as JSON, made small by `packing`
    checksum INTEGER NOT NULL,  -- zlib.crc32 of all the rest: cards forget bits
    start_utc_s REAL NOT NULL,
    duration_s REAL NOT NULL,
    boot TEXT,                  -- as long as it has no date: the boot that counted it
    start_monotonic_s REAL,     -- likewise: when it began, by that boot's clock
    due TEXT                    -- which records had to go out when it was written
);
CREATE INDEX undated ON record (seq) WHERE boot IS NOT NULL;
ALTER TABLE rejected RENAME TO rejected_before;
CREATE TABLE rejected (         -- records that the far side will never take
    seq INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,       -- what the far side said
    utc_s REAL NOT NULL         -- when it said so, by the device's calendar
);
""",
    """
ALTER TABLE alert ADD COLUMN    -- delivered or not: see `due` of the newest row
    due TEXT;                   -- which alerts had to go out when it was written
""",
    "",  # The newest records lie in a logbook that older versions do not know.
    "",  # Records are packed in a way that older versions do not know.
)
"""What each version of the tables adds to the one before: old files are led on."""
SCHEMA_VERSION = len(SCHEMA_STEPS)
ONE_TABLE_VERSION = 3
"""From here on records that went out and records that wait are in one table."""
PAGE_BYTES = 512
"""A commit writes whole pages: the least that SQLite knows wears a card least."""
CHECKPOINT_PAGES = 1000
"""So many pages are in the journal before they go where they belong, all at once."""
BUSY_TIMEOUT_S = 5.0

_DISK_REFUSES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY_CODE = 0xFF
_logger = logging.getLogger(__name__)


def disk_refuses(error: sqlite3.Error) -> bool:
    """Return whether trying again later may help; else the file itself is damaged.

    Source: sqlite.org/rescode.html; the low byte of a code says what kind it is of.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return (code & _PRIMARY_CODE) in _DISK_REFUSES


def open_database(path: Path) -> sqlite3.Connection:
    """Return a checked database, made afresh where there is none.

    Raises:
        sqlite3.Error: The disk refuses, or the file is damaged: see `disk_refuses`.
        OutboxError: The file is sound and not ours to write to.
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        # Before all else: then there is no index of the journal beside it, a file whose
        # pages the kernel would write to the card after each commit.
        # Source: sqlite.org/wal.html, 8.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        _refuse_strangers(connection, path)
        # Of a new file; an old one keeps its own until it is written anew.
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        # FULL: on the disk before it returns. Source: sqlite.org/pragma.html
        connection.execute("PRAGMA synchronous=FULL")
        # Else much work within one transaction would need a file in another folder.
        connection.execute("PRAGMA temp_store=MEMORY")
        _check(connection)
        _make_tables(connection)
        _resize_pages(connection)
    except BaseException:  # whatever it is: the file is not left open
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing; on return all of it is on the disk."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:  # whatever it is: nothing is left half done
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and owner != APPLICATION_ID:
        raise OutboxError(
            f"{path}: is a database of another program; "
            "give tallypost a file of its own"
        )
    if version > SCHEMA_VERSION:
        raise OutboxError(
            f"{path}: was written by a newer tallypost (version {version} of its "
            f"tables; this one knows {SCHEMA_VERSION}); run that one, or move the file"
        )


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _make_tables(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    with transaction(connection):
        # executescript would commit first: the tables and the two marks belong together
        for step in SCHEMA_STEPS[version:]:
            for statement in step.split(";")[:-1]:
                connection.execute(statement)
        if version < ONE_TABLE_VERSION:
            lead_on(connection)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _resize_pages(connection: sqlite3.Connection) -> None:
    """Write a file of larger pages anew, where there is room for that."""
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if page_bytes == PAGE_BYTES:
        return
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("VACUUM")
    except sqlite3.Error as error:
        if not disk_refuses(error):
            raise
        _logger.warning("outbox keeps its large pages reason=%s", error)
    connection.execute("PRAGMA journal_mode=WAL")
