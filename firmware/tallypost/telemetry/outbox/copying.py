"""Takes a consistent copy of an outbox while another process writes to it.

Whoever runs the outbox holds its database for itself. SQLite changes the database only
by taking over pages out of the journal beside it, and begins the journal anew, with
another salt in its header, only when all of it has been taken over. So: what was copied
first, the database, and what was copied then, the journal, belong together, however
torn the former, if the header is the same before and after. The logbook is copied
before them: what is no longer in it by then is in them.
Source: sqlite.org/fileformat2.html, 4.1 "WAL File Format", 4.4 "Recovery".
"""

import shutil
from pathlib import Path

from tallypost.errors import HistoryError
from tallypost.telemetry.outbox.logbook import beside

HEADER_BYTES = 32
TRIES = 5


def copied(path: Path, folder: Path) -> Path:
    """Return the copy of an outbox.

    Args:
        path: The outbox's database.
        folder: Where the copy goes, under the same name; made where it is missing.

    Raises:
        HistoryError: It cannot be read, or changes too quickly.
    """
    journal = _journal(path)
    copy = folder / path.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(TRIES):
            before = _header(journal)
            _copy_beside(beside(path), beside(copy))
            shutil.copyfile(path, copy)
            _copy_beside(journal, _journal(copy))
            if _header(journal) == before:
                return copy
    except OSError as error:
        raise HistoryError(
            f"{path}: cannot be copied to {folder} ({error.strerror}); look whether it "
            "is yours to read, and whether there is room for the copy"
        ) from error
    raise HistoryError(f"{path}: changes while it is read; try again")


def _copy_beside(path: Path, copy: Path) -> None:
    copy.unlink(missing_ok=True)
    if path.exists():
        shutil.copyfile(path, copy)


def _journal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _header(journal: Path) -> bytes:
    try:
        with journal.open("rb") as file:
            return file.read(HEADER_BYTES)
    except FileNotFoundError:
        return b""
