"""Keeps signed batches: lines in files that grow and, one day, go."""

import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from tallypost.durable import sync_folder
from tallypost.errors import RecordError, SigningError
from tallypost.telemetry.codec.batch import LINE_BYTES_MAX, Signed, read_line
from tallypost.telemetry.codec.message import Message, Subject

LINES_MAX = 32
"""In one file: what is forgotten is forgotten by the file."""
BYTES_MAX = 8 * 2**20
"""Of all files: three months of a batch an hour, each of 60 records."""
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
            kept = self._path.read_bytes() if numbers else b""
            self._size = kept.rfind(b"\n") + 1  # half a line is written over
            self._end = self._file * LINES_MAX + kept.count(b"\n")
            self._sent = self._read_sent()
        except OSError as error:
            raise _refused(folder, error) from error

    @property
    def newest(self) -> Signed | None:
        """The batch that the next one must name; None before the first, or damaged."""
        with suppress(RecordError):
            for _, line in lines_in(self._folder, max(self._end - 1, 0)):
                return read_line(line)
        return None

    def append(self, line: bytes) -> None:
        """Keep one more line; on return it is on the disk.

        Raises:
            SigningError: The disk refuses; nothing is kept.
        """
        with self._mutex:
            if self._end == (self._file + 1) * LINES_MAX:
                self._file, self._size = self._file + 1, 0
            try:
                self._write(line + b"\n")
                if not self._end % LINES_MAX:
                    sync_folder(self._folder)
                    self._forget()
            except OSError as error:
                raise _refused(self._path, error) from error
            self._size += len(line) + 1
            self._end += 1

    @property
    def pending(self) -> int:
        """How many must still go out."""
        with self._mutex:
            return max(self._end - self._sent - len(self._arrived), 0)

    def head(self, limit: int) -> list[Message]:
        """Return batches that must go out, the oldest first, so many at most."""
        with self._mutex:
            waiting = (
                Message(Subject.BATCH, place, line)
                for place, line in lines_in(self._folder, self._sent)
                if place not in self._arrived
            )
            return list(islice(waiting, limit))

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of what the far side has; after a power cut some may go once more."""
        with self._mutex:
            self._arrived.update(seqs)
            if not self._arrived:
                return
            # What is damaged or forgotten holds nobody up.
            places = (place for place, _ in lines_in(self._folder, self._sent))
            waiting = (place for place in places if place not in self._arrived)
            sent = next(waiting, self._end)
            self._arrived = {place for place in self._arrived if place > sent}
            if sent > self._sent:
                self._sent = sent
                self._note_sent()

    def rejected(self, seq: int, _reason: str) -> None:
        """Let go of what the far side will never take: it can be had on the device."""
        self.delivered([seq])

    @property
    def _path(self) -> Path:
        return _path(self._folder, self._file)

    def _write(self, line: bytes) -> None:
        with _opened(self._path) as descriptor:
            os.ftruncate(descriptor, self._size)
            os.pwrite(descriptor, line, self._size)
            os.fdatasync(descriptor)

    def _forget(self) -> None:
        """Remove the oldest files while all take more than they may."""
        sizes = {
            number: _path(self._folder, number).stat().st_size
            for number in file_numbers(self._folder)
        }
        for number in [*sizes][:-1]:
            if sum(sizes.values()) > self._bytes_max:
                _path(self._folder, number).unlink()
                del sizes[number]

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


def lines_in(folder: Path, place: int = 0) -> Iterator[tuple[int, bytes]]:
    """Give the whole lines of a folder and their places; whoever writes is not heard.

    Args:
        folder: Of a book; where there is none, nothing is given.
        place: The first to give.
    """
    for number in file_numbers(folder):
        if (number + 1) * LINES_MAX <= place:
            continue
        with suppress(OSError), _path(folder, number).open("rb") as file:
            for row in range(LINES_MAX):
                line = file.readline(LINE_BYTES_MAX)
                here = number * LINES_MAX + row
                if here >= place and line.endswith(b"\n"):
                    yield here, line.removesuffix(b"\n")


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


def _path(folder: Path, number: int) -> Path:
    return folder / f"batches-{number:08}.jsonl"


def _refused(path: Path, error: OSError) -> SigningError:
    return SigningError(f"{path}: {error.strerror}; mend the disk")
