"""Sees to it that no number is used twice, even when the database is gone or older.

Beside the database lies a small file with a mark: the last number that was used. It
never runs ahead of the database, and it lags behind by `LAG_MAX` at most. A database
that knows less than the mark is an older one that came back, or a new one: it goes on
above the mark and above the lag. The far side then sees a gap, and never one number for
two records.

The file would cost more writes than the records: so it is moved once in a while and at
the end, and a twin of it in a RAM disk follows each record. Without a RAM disk it
follows each record itself.

What remains: whoever brings back the mark together with an older database, or an older
database without any mark, takes away all that the device knows. So does a power cut
before the mark was moved, if a database from within just that lag is put in place
before the next start.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tallypost.durable import overwrite_durably
from tallypost.errors import OutboxError, OutboxUnavailableError
from tallypost.telemetry.outbox.ram import twin

LAG_MAX = 256
"""So seldom the mark moves: each time costs a card a page."""
MARK_MAX = 2**62
MARK = b"%018d\n"
"""Always as long: it is written over in place, and no kill leaves half of it."""

_logger = logging.getLogger(__name__)


class Numbering:
    """The mark at the last number used.

    Args:
        path: The mark's own file.
        twin: A file in a RAM disk that follows it closely; None where there is none.
    """

    def __init__(self, path: Path, twin: Path | None = None) -> None:
        self._path = path
        self._twin = twin
        self._mark = 0
        self._used = 0
        self._unreadable = False
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
        if stored is not None and stored >= self._used:
            return stored
        if self._unreadable and not self._used:
            last = max(int(utc_s), 1) - 1
            _logger.error(
                "sequence mark unreadable, numbering goes on from the calendar "
                "file=%s first_seq=%d",
                self._path,
                last + 1,
            )
            return last
        if not self._used:
            return 0
        last = self._used + LAG_MAX
        _logger.error(
            "outbox knows less than its sequence mark, numbers are skipped "
            "file=%s last_seq=%d mark=%d first_seq=%d",
            self._path,
            stored or 0,
            self._used,
            last + 1,
        )
        return last

    @property
    def mark(self) -> int:
        """The last number that is noted as used, once `last_used` was asked."""
        return self._used

    def claim(self, first_seq: int, last_seq: int) -> None:
        """Return once numbers may be used: the mark on the disk is near enough.

        Args:
            first_seq: The first of them, the next one after the last that is stored.
            last_seq: The last of them: `LAG_MAX` at most.

        Raises:
            OutboxUnavailableError: The disk refuses: do not use the numbers.
        """
        self._load()
        if last_seq > self._mark + LAG_MAX:
            self._move(first_seq - 1)

    def used(self, seq: int) -> None:
        """Note a number that was used.

        Raises:
            OutboxUnavailableError: The disk refuses; numbers may be used all the same,
                as far as `claim` lets them.
        """
        self._load()
        if seq <= self._used:
            return
        self._used = seq
        if self._twin is None or not _follow(self._twin, seq):
            self._move(seq)

    def settle(self) -> None:
        """Move the mark up to the last number that was used: its twin may go.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        self._move(self._used)
        if self._twin is not None:
            with suppress(OSError):
                self._twin.unlink(missing_ok=True)

    def _load(self) -> None:
        if self._read:
            return
        mark = _number_in(self._path)
        twin = 0 if self._twin is None else _number_in(self._twin)
        self._unreadable = mark < 0
        self._mark = max(mark, 0)
        self._used = max(self._mark, twin)
        self._read = True

    def _move(self, mark: int) -> None:
        if mark <= self._mark:
            return
        try:
            overwrite_durably(self._path, MARK % mark)
        except OSError as error:
            raise OutboxUnavailableError(f"{self._path}: {error.strerror}") from error
        self._mark = mark
        self._used = max(self._used, mark)


def _number_in(path: Path) -> int:
    """Return the number in a file; 0 where there is none, -1 where it is garbage.

    Raises:
        OutboxUnavailableError: The disk refuses.
    """
    try:
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        return 0
    except UnicodeDecodeError:
        return -1
    except OSError as error:
        raise OutboxUnavailableError(f"{path}: {error.strerror}") from error
    return int(text) if text.isdigit() and len(text) < len(str(MARK_MAX)) else -1


def _follow(twin: Path, seq: int) -> bool:
    """Write a number of always the same length, so that no kill leaves half of it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file = os.open(twin, flags, 0o600)
    except OSError:
        return False
    with os.fdopen(file, "wb", buffering=0) as raw:
        try:
            raw.write(MARK % seq)
        except OSError:
            return False
    return True


class Numberings(NamedTuple):
    """The marks beside one database: records and alerts are counted apart.

    Attributes:
        records: Of KPI records.
        alerts: Of alerts.
    """

    records: Numbering
    alerts: Numbering


def numberings(path: Path, ram_folder: Path | None) -> Numberings:
    """Return the marks that belong to a database.

    Args:
        path: The database.
        ram_folder: Where their twins lie; None where there are none.

    Raises:
        OutboxError: It is a folder.
    """
    if path.is_dir():
        raise OutboxError(f"{path}: is a folder; name a file in it to keep records")
    return Numberings(
        *(
            Numbering(
                path.with_name(path.name + suffix), twin(path, ram_folder, suffix)
            )
            for suffix in (".seq", ".alert-seq")
        )
    )
