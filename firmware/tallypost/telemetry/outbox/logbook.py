"""Keeps the newest records beside the database, which takes them many at once.

A commit of SQLite costs a card some pages of its file system, a record a few hundred
bytes: so records are written here first, past the page cache, a sector or two each
time. The file has its full length from the start: of an entry, its file system has
nothing to note but the time (docs/history.md says how seldom it should).

An entry begins with a sector and fills whole ones; what is left of the last is zero:

```
"tply" | crc32 of all that follows, without the zeros (4 bytes) | edition (8) |
length of the body (4) | body: two lines a record, made small by `packing`

[seq, start_utc_s, duration_s, boot, start_monotonic_s, due]    a row but its payload
the record as JSON
```

Numbers are big-endian. An edition begins in the first sector, with an entry without
records, once the database has all that the edition before it holds; entries of earlier
editions may lie behind its own. A power cut tears the entry that was being written, and
no other.
"""

import json
import logging
import mmap
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tallypost.durable import write_durably
from tallypost.errors import RecordError
from tallypost.telemetry.outbox.packing import PAYLOAD_BYTES_MAX, pack, unpack
from tallypost.telemetry.outbox.rows import Row, row_from

SECTOR_BYTES = 512
FILE_BYTES = 128 * SECTOR_BYTES
ROWS_MAX = 64
"""So many are kept at most: were the file lost, so many numbers would be left out."""

_MAGIC = b"tply"
_START = struct.Struct(">4sI")
_REST = struct.Struct(">QI")
_HEAD_BYTES = _START.size + _REST.size

_logger = logging.getLogger(__name__)


class Kept(NamedTuple):
    """What a logbook holds.

    Attributes:
        edition: The newest.
        rows: Its rows, in the order in which they came.
        end: The first sector behind its last entry.
    """

    edition: int
    rows: list[Row]
    end: int


class Logbook:
    """One file of rows that the database need not have yet.

    Args:
        path: The file; whoever opens it holds the outbox's lock.

    Attributes:
        rows: Those of the present edition.
    """

    def __init__(self, path: Path) -> None:
        self.rows: list[Row] = []
        self._path = path
        self._file = -1
        self._edition = 0
        self._end = 0
        # Whoever writes past the page cache does so from whole pages of memory.
        self._page = mmap.mmap(-1, FILE_BYTES)
        self._told = False

    def open(self) -> bool:
        """Take up what the file holds; return whether any of it could be read.

        Raises:
            OSError: The disk refuses.
        """
        self.close()
        kept = read(self._path)
        self._edition, self.rows, self._end = kept or Kept(0, [], 0)
        if kept is not None and self._path.stat().st_size == FILE_BYTES:
            self._file = _opened(self._path, self._page)
        return kept is not None

    def append(self, rows: Sequence[Row]) -> bool:
        """Keep rows; return whether they are on the disk now, all of them.

        They are not where they have no room, or where the file cannot be written to:
        then the database has to take all of them.
        """
        if not self.usable or len(self.rows) + len(rows) > ROWS_MAX:
            return False
        entry = _entry(self._edition, rows)
        if entry is None or self._end * SECTOR_BYTES + len(entry) > FILE_BYTES:
            return False
        try:
            self._write(entry)
        except OSError as error:
            self._give_up(error)
            return False
        self.rows += rows
        return True

    def begin(self) -> None:
        """Begin a new edition: the database has all rows."""
        if self.usable and not self.rows:
            return
        self.rows, self._edition, self._end = [], self._edition + 1, 0
        entry = _entry(self._edition, ())
        assert entry is not None
        try:
            if self.usable:
                self._write(entry)
            else:
                self.close()
                write_durably(self._path, entry.ljust(FILE_BYTES, b"\0"))
                self._file = _opened(self._path, self._page)
                self._end = len(entry) // SECTOR_BYTES
            self._told = False
        except OSError as error:
            self._give_up(error)

    @property
    def usable(self) -> bool:
        """Whether rows can be kept: the file is there, and nobody has deleted it."""
        return self._file >= 0 and os.fstat(self._file).st_nlink > 0

    def close(self) -> None:
        """Let go of the file; twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, entry: bytes) -> None:
        """Write an entry behind the last; on return it is on the disk."""
        self._page[: len(entry)] = entry
        with memoryview(self._page) as page, page[: len(entry)] as piece:
            written = os.pwrite(self._file, piece, self._end * SECTOR_BYTES)
        if written < len(entry):
            raise OSError(None, f"took {written} bytes of {len(entry)}", self._path)
        self._end += len(entry) // SECTOR_BYTES

    def _give_up(self, error: OSError) -> None:
        """Go on without, until the database has taken the rows."""
        self.close()
        if not self._told:
            _logger.error(
                "logbook cannot be written, each record is stored at once file=%s "
                "reason=%s",
                self._path,
                error.strerror,
            )
            self._told = True


def beside(database: Path) -> Path:
    """Return where the logbook of a database lies."""
    return database.with_name(database.name + ".logbook")


def read(path: Path) -> Kept | None:
    """Return what a logbook holds, also while somebody writes to it; None for nothing.

    Raises:
        OSError: There is a file, and it cannot be opened.
    """
    try:
        with path.open("rb", buffering=0) as file:
            data = b"".join(_pages(file.fileno()))
    except FileNotFoundError:
        return None
    entries = [*_entries(data)]
    if not entries:
        return None
    newest = max(edition for edition, _, _ in entries)
    own = [(body, end) for edition, body, end in entries if edition == newest]
    return Kept(newest, [row for body, _ in own for row in _rows(body)], own[-1][1])


def _pages(file: int) -> Iterator[bytes]:
    """Give a file piece by piece; zeros for what the disk cannot read any more."""
    for offset in range(0, FILE_BYTES, mmap.PAGESIZE):
        try:
            yield os.pread(file, mmap.PAGESIZE, offset)
        except OSError as error:
            _logger.error("logbook cannot be read whole reason=%s", error.strerror)  # noqa: TRY400
            yield bytes(mmap.PAGESIZE)


def _opened(path: Path, page: mmap.mmap) -> int:
    """Return a file that is on the disk whenever a write returns.

    Past the page cache, where the disk lets one write single sectors: else the kernel
    writes a page for each.
    """
    flags = os.O_RDWR | os.O_DSYNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with suppress(OSError):
        direct = os.open(path, flags | os.O_DIRECT)
        try:
            with memoryview(page) as whole, whole[:SECTOR_BYTES] as sector:
                os.preadv(direct, [sector], SECTOR_BYTES)
        except OSError:
            os.close(direct)
        else:
            return direct
    return os.open(path, flags)


def _entry(edition: int, rows: Sequence[Row]) -> bytes | None:
    """Return rows as they lie in the file; None where they are too large for one."""
    lines = b"".join(_lines(row) for row in rows)
    if len(lines) > PAYLOAD_BYTES_MAX:
        return None
    body = pack(lines)
    told = _REST.pack(edition, len(body)) + body
    entry = _START.pack(_MAGIC, zlib.crc32(told)) + told
    return entry.ljust(-(-len(entry) // SECTOR_BYTES) * SECTOR_BYTES, b"\0")


def _lines(row: Row) -> bytes:
    facts = [
        *(row.seq, row.start_utc_s, row.duration_s),
        *(row.boot, row.start_monotonic_s, row.due),
    ]
    return b"%s\n%s\n" % (json.dumps(facts).encode(), row.payload)


def _entries(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Give edition, body and end of each sound entry."""
    sector = 0
    while sector * SECTOR_BYTES + _HEAD_BYTES <= len(data):
        found = _entry_at(data, sector * SECTOR_BYTES)
        sector += 1
        if found is not None:
            edition, body = found
            sector += (_HEAD_BYTES + len(body) - 1) // SECTOR_BYTES
            yield edition, body, sector


def _entry_at(data: bytes, offset: int) -> tuple[int, bytes] | None:
    magic, checksum = _START.unpack_from(data, offset)
    edition, body_bytes = _REST.unpack_from(data, offset + _START.size)
    told = data[offset + _START.size : offset + _HEAD_BYTES + body_bytes]
    if magic != _MAGIC or zlib.crc32(told) != checksum:
        return None
    body = told[_REST.size :]
    return (edition, body) if len(body) == body_bytes else None


def _rows(body: bytes) -> Iterator[Row]:
    """Give the rows of an entry; none of what is not of our making."""
    try:
        lines = unpack(body).split(b"\n")
        for facts, payload in zip(lines[:-1:2], lines[1::2], strict=True):
            yield row_from(json.loads(facts), payload)
    except (RecordError, ValueError):
        _logger.error("logbook holds what is no record")  # noqa: TRY400
