"""Sees to it that no number is used twice, even when the database is gone or older.

Beside the database lies a small file with a mark: the last number that was used. It is
written after each record, so it never runs ahead of the database, and it lags behind
by `LAG_MAX` at most. A database that knows less than the mark is an older one that came
back, or a new one: it goes on above the mark and above the lag. The far side then sees
a gap, and never one number for two records.

What remains: whoever brings back the mark together with an older database, or an older
database without any mark, takes away all that the device knows. So does a power cut
between a record and its mark (milliseconds; up to `LAG_MAX` records while a queue in
memory is written) if a database from within just that lag is put in place before the
next start.
"""

import logging
import os
from pathlib import Path
from typing import NamedTuple

from tallypost.errors import OutboxUnavailableError

LAG_MAX = 64
MARK_MAX = 2**62

_logger = logging.getLogger(__name__)


class Numbering:
    """The mark at the last number used.

    Args:
        path: The mark's own file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = 0
        self._read = False

    def last_used(self, stored: int | None, utc_s: float) -> int:
        """Return a number above which no record has one yet.

        Args:
            stored: The last number that the database knows; None where it knows none.
            utc_s: What the calendar says. Where there is neither a number nor a mark
                that can be understood, the count of these seconds is above any number
                that a device can have used at one record a second.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        self._load()
        unreadable = self._mark < 0
        if unreadable:
            self._mark = 0
        if stored is not None and stored >= self._mark:
            return stored
        if unreadable:
            last = max(int(utc_s), 1) - 1
            _logger.error(
                "sequence mark unreadable, numbering goes on from the calendar "
                "file=%s first_seq=%d",
                self._path,
                last + 1,
            )
            return last
        if not self._mark:
            return 0
        last = self._mark + LAG_MAX
        _logger.error(
            "outbox knows less than its sequence mark, numbers are skipped "
            "file=%s last_seq=%d mark=%d first_seq=%d",
            self._path,
            stored or 0,
            self._mark,
            last + 1,
        )
        return last

    def claim(self, seq: int) -> None:
        """Return once a number may be used: the mark on the disk is near enough.

        Raises:
            OutboxUnavailableError: The disk refuses: do not use the number.
        """
        self._load()
        if seq > self._mark + LAG_MAX:
            self.used(seq - 1)

    def used(self, seq: int) -> None:
        """Move the mark up to a number that was used.

        Raises:
            OutboxUnavailableError: The disk refuses; numbers may be used all the same,
                as far as `claim` lets them.
        """
        self._load()
        if seq > self._mark:
            self._write(seq)
            self._mark = seq

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


class Numberings(NamedTuple):
    """The marks beside one database: records and alerts are counted apart.

    Attributes:
        records: Of KPI records.
        alerts: Of alerts.
    """

    records: Numbering
    alerts: Numbering
