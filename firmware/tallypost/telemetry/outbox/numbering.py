"""Sees to it that no number is used twice, even when the database is gone.

Beside the database lies a small file with a mark: no number above it has been used yet.
It moves in blocks, ahead of the numbers, so that it is seldom written; a new database
begins above it. The far side then sees a gap, and never one number for two records.
"""

import logging
import os
from pathlib import Path

from tallypost.errors import OutboxUnavailableError

BLOCK = 1000
MARK_MAX = 2**62

_logger = logging.getLogger(__name__)


class Numbering:
    """The mark above the numbers used so far.

    Args:
        path: The mark's own file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = 0
        self._read = False

    def first_free(self, utc_s: float) -> int:
        """Return a number that no record has used yet, for a database that knows none.

        Args:
            utc_s: What the calendar says. Where the mark's file is there and cannot be
                understood, the count of these seconds is above any number that a
                device can have used at one record a second.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        self._load()
        if self._mark < 0:
            self._mark = 0
            first = max(int(utc_s), 1)
            _logger.error(
                "sequence mark unreadable, numbering goes on from the calendar "
                "file=%s first_seq=%d",
                self._path,
                first,
            )
            return first
        return self._mark + 1

    def reserve(self, seq: int) -> None:
        """Return once the mark is at or above a number, on the disk.

        Raises:
            OutboxUnavailableError: The disk refuses: do not use the number.
        """
        self._load()
        if seq > self._mark:
            mark = seq + BLOCK - 1
            self._write(mark)
            self._mark = mark

    def _load(self) -> None:
        if self._read:
            return
        try:
            text = self._path.read_text("ascii").strip()
        except FileNotFoundError:
            text = "0"
        except UnicodeDecodeError:
            text = ""
        except OSError as error:
            raise OutboxUnavailableError(f"{self._path}: {error.strerror}") from error
        plain = text.isdigit() and len(text) < len(str(MARK_MAX))
        self._mark = int(text) if plain else -1
        self._read = True

    def _write(self, mark: int) -> None:
        fresh = self._path.with_name(self._path.name + ".new")
        try:
            with fresh.open("w", encoding="ascii") as file:
                file.write(f"{mark}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise OutboxUnavailableError(f"{self._path}: {error.strerror}") from error
