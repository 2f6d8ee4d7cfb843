"""Bounds the outbox's file, and says in time what that costs."""

import logging
import sqlite3
from pathlib import Path

BYTES_MAX = 64 * 2**20
"""Thirty days of a rich record a minute."""
CROWDED_SHARE = 15 / 16
"""From here on room is made."""
QUIET_SHARE = 1 / 2
"""Below it the log may be told again: not each time that some records were merged."""
REFUSED_PER_LINE = 60

_logger = logging.getLogger(__name__)


class Room:
    """How much of the outbox's share of the disk is taken.

    Args:
        path: The outbox.
        bytes_max: How large the database may be; its journal comes on top.
    """

    def __init__(self, path: Path, bytes_max: int) -> None:
        self._path = path
        self._bytes_max = bytes_max
        self._bytes = 0
        self._refused = 0
        self._merging = False

    @property
    def crowded(self) -> bool:
        """Whether room must be made."""
        return self._bytes > self._bytes_max * CROWDED_SHARE

    @property
    def full(self) -> bool:
        """Whether no further record may be stored."""
        return self._bytes >= self._bytes_max

    def measure(self, connection: sqlite3.Connection) -> None:
        """Note how much of the database is in use."""
        asked = ("page_count", "freelist_count", "page_size")
        pages, free, page_bytes = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked
        )
        self._bytes = (pages - free) * page_bytes
        quiet = self._bytes < self._bytes_max * QUIET_SHARE
        if quiet and (self._merging or self._refused):
            self._tell(logging.WARNING, "outbox has room again")
            self._merging, self._refused = False, 0

    def merging(self) -> None:
        """Note that records are merged for want of room; tell the log once."""
        if not self._merging:
            self._tell(logging.ERROR, "outbox full, the oldest records are merged")
            self._merging = True

    def refuse(self) -> None:
        """Note that an interval was refused for want of room; seldom tell the log."""
        self._refused += 1
        if self._refused % REFUSED_PER_LINE == 1:
            self._tell(logging.ERROR, "outbox full, new intervals are refused")

    def _tell(self, level: int, what: str) -> None:
        _logger.log(
            level,
            "%s file=%s bytes=%d bytes_max=%d refused=%d",
            what,
            self._path,
            *(self._bytes, self._bytes_max, self._refused),
        )
