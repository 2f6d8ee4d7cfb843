"""Sets a damaged outbox aside and begins a new one with what can still be read of it.

A power cut may come between any two steps: the new file is written whole under a name
of its own first, and once it has its last name but one, `finish` does the rest.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from tallypost.durable import sync_folder
from tallypost.telemetry.outbox.database import open_database
from tallypost.telemetry.outbox.numbering import Numberings
from tallypost.telemetry.outbox.salvage import Salvage, restore, salvage

# The database last: without it, a journal left behind would be taken for the new one's.
SUFFIXES = ("-wal", "-shm", "")

_logger = logging.getLogger(__name__)


def recover(path: Path, numberings: Numberings, *, utc_s: float, reason: str) -> None:
    """Set a damaged file aside and put a new one in its place.

    Args:
        path: The database; nobody may have it open.
        numberings: Moved above every number that is found.
        utc_s: What the calendar says: part of the damaged file's new name.
        reason: What is wrong with it.

    Raises:
        OSError: The disk refuses; the damaged file is still there.
        sqlite3.Error: Likewise.
        OutboxUnavailableError: Likewise.
    """
    found = Salvage()
    with (
        suppress(sqlite3.Error),
        closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as torn,
    ):
        found = salvage(torn)
    _logger.error(
        "outbox damaged, a new one is begun file=%s reason=%s salvaged_records=%d "
        "salvaged_alerts=%d",
        path,
        reason,
        len(found.rows),
        len(found.alerts),
    )
    begin_anew(path, numberings, found)
    finish(path, utc_s=utc_s)


def begin_anew(path: Path, numberings: Numberings, found: Salvage) -> None:
    """Write a new database beside the old one, whole or not at all."""
    for numbering, last_seq in zip(numberings, found.last_seqs, strict=True):
        if last_seq:
            numbering.used(last_seq)
    draft = path.with_name(path.name + ".salvaging")
    for suffix in SUFFIXES:
        _beside(draft, suffix).unlink(missing_ok=True)
    with closing(open_database(draft)) as connection:
        restore(connection, found)
    draft.replace(_salvaged(path))
    sync_folder(path.parent)


def finish(path: Path, *, utc_s: float) -> None:
    """Put a whole new database in the old one's place; nothing where none waits."""
    if not _salvaged(path).exists():
        return
    stamp = datetime.fromtimestamp(utc_s, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.corrupt-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{stamp}.{number}")
    for suffix in SUFFIXES:
        if _beside(path, suffix).exists():
            _beside(path, suffix).replace(_beside(aside, suffix))
    sync_folder(path.parent)
    _salvaged(path).replace(path)
    sync_folder(path.parent)


def _salvaged(path: Path) -> Path:
    return path.with_name(path.name + ".salvaged")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
