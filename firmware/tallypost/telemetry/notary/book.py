"""Keeps signed batches: lines in files that are full one day, and one day go.

A file is made at its full length, of zeros, and written in place: a line is on the
disk with its own blocks and no word in the file system's journal.
"""

import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOSPC
from itertools import islice
from pathlib import Path

from tallypost.durable import sync_folder
from tallypost.errors import RecordError, SigningError
from tallypost.telemetry.codec.batch import Signed, read_line
from tallypost.telemetry.codec.message import Message, Subject

FILE_BYTES = 128 * 1024
ROWS_MAX = 10_000
"""More lines than a file can hold."""
BYTES_MAX = 8 * 2**20
"""Of all files: three months of a batch an hour, each of 60 records."""
UNNOTED_MAX = 24
"""So many may go out again after a start: a day of them."""
SENT_FILE = "sent"
_FILE = re.compile(r"batches-(\d{8})\.jsonl")
_SENT = re.compile(rb"\d{20}\n")


class Book:
    """The batches of a device, in order; and a shelf of those that must still go out.

    A batch's place is its file's number times the lines of a file, and its line: it
    rises for ever, also where a chain begins anew. Any thread may call it.

    Args:
        folder: Where the files lie; it is there.
        bytes_max: When all files are larger, the oldest goes.

    Raises:
        SigningError: The disk refuses.
    """

    def __init__(self, folder: Path, bytes_max: int = BYTES_MAX) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._mutex = threading.Lock()
        self._arrived: set[int] = set()
        try:
            numbers = file_numbers(folder)
            self._file = numbers[-1] if numbers else 0
            kept = _whole(_path(folder, self._file)) if numbers else b""
            self._size = len(kept)
            self._end = self._file * ROWS_MAX + kept.count(b"\n")
            self._sent = self._noted = self._read_sent()
        except OSError as error:
            raise _refused(folder, error) from error

    @property
    def newest(self) -> Signed | None:
        """The batch that the next one must name; None before the first, or damaged."""
        # A file that was just made may hold none yet.
        kept = [line for _, line in lines_in(self._folder, (self._file - 1) * ROWS_MAX)]
        with suppress(RecordError):
            return read_line(kept[-1]) if kept else None
        return None

    def append(self, line: bytes) -> None:
        """Keep one more line; on return it is on the disk.

        Raises:
            SigningError: The disk refuses; it may be kept or not: append the same line
                again, and no other.
        """
        with self._mutex:
            if self._size + len(line) + 1 > FILE_BYTES:
                self._file, self._size = self._file + 1, 0
                self._end = self._file * ROWS_MAX
            try:
                if not self._size:
                    self._make()
                with _opened(self._path) as descriptor:
                    _put(descriptor, line + b"\n", self._size)
                    os.fdatasync(descriptor)
            except OSError as error:
                raise _refused(self._path, error) from error
            self._size += len(line) + 1
            self._end += 1

    @property
    def pending(self) -> int:
        """How many must still go out."""
        with self._mutex:
            return sum(1 for _ in self._waiting())

    def head(self, limit: int) -> list[Message]:
        """Return batches that must go out, the oldest first, so many at most."""
        with self._mutex:
            return list(islice(self._waiting(), limit))

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of what the far side has; after a start some may go once more."""
        with self._mutex:
            self._arrived.update(seqs)
            if not self._arrived:
                return
            # What is damaged or forgotten holds nobody up.
            first = next(self._waiting(), None)
            self._sent = first.seq if first else self._end
            self._arrived = {place for place in self._arrived if place > self._sent}
            if self._sent >= self._noted + UNNOTED_MAX:
                self._note_sent()

    def rejected(self, seq: int, _reason: str) -> None:
        """Let go of what the far side will never take: it can be had on the device."""
        self.delivered([seq])

    @property
    def _path(self) -> Path:
        return _path(self._folder, self._file)

    def _waiting(self) -> Iterator[Message]:
        for place, line in lines_in(self._folder, self._sent):
            if place not in self._arrived:
                yield Message(Subject.BATCH, place, line)

    def _make(self) -> None:
        """Make a file, and remove the oldest while there are more than may be."""
        with _opened(self._path) as descriptor:
            _put(descriptor, bytes(FILE_BYTES), 0)
            os.fsync(descriptor)
        for number in file_numbers(self._folder)[: -(self._bytes_max // FILE_BYTES)]:
            _path(self._folder, number).unlink()
        sync_folder(self._folder)

    def _read_sent(self) -> int:
        """Return up to where all went out; after a loss all goes out once more."""
        with suppress(FileNotFoundError):
            kept = (self._folder / SENT_FILE).read_bytes()
            if _SENT.fullmatch(kept):
                return min(int(kept), self._end)
        return 0

    def _note_sent(self) -> None:
        # Not waited for: what a power cut takes goes out again. In place, and always
        # as long, so that it is one sector's, and never half.
        with suppress(OSError), _opened(self._folder / SENT_FILE) as descriptor:
            os.pwrite(descriptor, f"{self._sent:020}\n".encode(), 0)
            self._noted = self._sent


def lines_in(folder: Path, place: int = 0) -> Iterator[tuple[int, bytes]]:
    """Give the whole lines of a folder and their places; whoever writes is not heard.

    Args:
        folder: Of a book; where there is none, nothing is given.
        place: The first to give.
    """
    for number in file_numbers(folder):
        if (number + 1) * ROWS_MAX <= place:
            continue
        with suppress(OSError):
            kept = _whole(_path(folder, number)).splitlines()
            for here, line in enumerate(kept, number * ROWS_MAX):
                if here >= place:
                    yield here, line


def file_numbers(folder: Path) -> list[int]:
    """Return the numbers of a book's files, rising."""
    with suppress(FileNotFoundError):
        names = (_FILE.fullmatch(each.name) for each in folder.iterdir())
        return sorted(int(name[1]) for name in names if name)
    return []


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Give the descriptor of a file that only its owner may use."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _put(descriptor: int, data: bytes, place: int) -> None:
    """Write all of it; the system itself calls half of it on a full disk a success."""
    if os.pwrite(descriptor, data, place) != len(data):
        raise OSError(ENOSPC, os.strerror(ENOSPC))


def _path(folder: Path, number: int) -> Path:
    return folder / f"batches-{number:08}.jsonl"


def _whole(path: Path) -> bytes:
    """Return the lines of a file, less one that a power cut has left half written."""
    with path.open("rb") as file:
        kept = file.read(FILE_BYTES)
    end = kept.rfind(b"\n") + 1
    last = kept[:end].rfind(b"\n", 0, max(end - 1, 0)) + 1
    return kept[:last] if b"\0" in kept[last:end] else kept[:end]


def _refused(path: Path, error: OSError) -> SigningError:
    return SigningError(f"{path}: {error.strerror}; mend the disk")
