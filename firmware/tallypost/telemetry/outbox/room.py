"""Bounds what waits on the disk, and says in time that it fills up."""

import logging
from pathlib import Path
from typing import NamedTuple

RECORDS_MAX = 200_000
"""More than four months at one a minute."""
BYTES_MAX = 128 * 2**20
"""The payloads alone; about twice what so many common records need."""
LOUD_SHARE = 0.8
QUIET_SHARE = 0.75
"""Below it the log may be told again: not each time that one record comes or goes."""
REFUSED_PER_LINE = 60

_logger = logging.getLogger(__name__)


class Held(NamedTuple):
    """Records and the bytes of their payloads."""

    records: int
    payload_bytes: int


class Room:
    """How much of the outbox's share of the disk is taken.

    When all of it is, what waits is kept and a new interval is refused: the holes are
    then in one piece, and nothing that was promised is dropped.

    Args:
        path: The outbox.
        records_max: How many records may wait on the disk.
        bytes_max: How many bytes their payloads may have together.
    """

    def __init__(self, path: Path, records_max: int, bytes_max: int) -> None:
        self._path = path
        self._max = Held(records_max, bytes_max)
        self._refused = 0
        self._said_share = 0.0
        self.held = Held(0, 0)

    @property
    def full(self) -> bool:
        """Whether no further record may be stored."""
        return self._share >= 1

    def hold(self, held: Held) -> None:
        """Note what the database holds now."""
        self.held = held
        self._say()

    def add(self, payload_bytes: int) -> None:
        """Count one record more."""
        self.hold(Held(self.held.records + 1, self.held.payload_bytes + payload_bytes))

    def remove(self, gone: Held) -> None:
        """Count so many records less."""
        self.hold(
            Held(
                self.held.records - gone.records,
                self.held.payload_bytes - gone.payload_bytes,
            )
        )

    def refuse(self) -> None:
        """Note that an interval was refused for want of room; seldom tell the log."""
        self._refused += 1
        if self._refused % REFUSED_PER_LINE == 1:
            self._tell(logging.ERROR, "outbox full, new intervals are refused")

    @property
    def _share(self) -> float:
        return max(
            self.held.records / self._max.records,
            self.held.payload_bytes / self._max.payload_bytes,
        )

    def _say(self) -> None:
        share = self._share
        if share >= 1 > self._said_share:
            self._tell(logging.ERROR, "outbox full, new intervals will be refused")
            self._said_share = 1.0
        elif share >= LOUD_SHARE > self._said_share:
            self._tell(logging.ERROR, "outbox fills up, deliver what waits in it")
            self._said_share = LOUD_SHARE
        elif self._said_share and share < QUIET_SHARE:
            self._tell(logging.WARNING, "outbox has room again")
            self._said_share, self._refused = 0.0, 0

    def _tell(self, level: int, what: str) -> None:
        _logger.log(
            level,
            "%s file=%s records=%d records_max=%d payload_bytes=%d bytes_max=%d "
            "refused=%d",
            what,
            self._path,
            *(self.held.records, self._max.records),
            *(self.held.payload_bytes, self._max.payload_bytes),
            self._refused,
        )
