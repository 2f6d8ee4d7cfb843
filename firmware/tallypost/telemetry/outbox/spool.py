"""Keeps what waits for the disk in a RAM disk: it outlives us, not a power cut.

One line an interval, each between two line feeds, so that a torn one costs no other:

    crc32 of the rest, 8 hexadecimal digits | blank | JSON: seq, boot,
    start_monotonic_s (or null each) and the record as text
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tallypost.domain import fields
from tallypost.domain.dating import Stamp
from tallypost.domain.json_text import parse
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1

LINE_BYTES_MAX = 8 * json_v1.PAYLOAD_BYTES_MAX
"""A record's text is spelt in ASCII: six bytes for what takes one at least."""


class Spooled(NamedTuple):
    """One interval that waits.

    Attributes:
        record: Its figures; the number and the totals in it hold if `numbered`.
        numbered: Whether it has its number already.
        stamp: When it began, where nobody knows the date.
    """

    record: KpiRecord
    numbered: bool
    stamp: Stamp | None


class Spool:
    """One file of intervals that are not on the disk yet.

    Args:
        path: The file, in a RAM disk; it is ours alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Spooled]:
        """Return what a run that was killed has left, as far as it can be read.

        Raises:
            OSError: There is a file, and it is not ours to read.
        """
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return []
        with os.fdopen(file, "rb") as lines:
            if os.fstat(file).st_uid != os.geteuid():
                raise PermissionError(None, "belongs to somebody else", self._path)
            return list(_readable(lines))

    def append(self, spooled: Spooled) -> None:
        """Add one.

        Raises:
            OSError: There is no room, or no RAM disk.
        """
        self._write(_line(spooled), os.O_APPEND)

    def replace(self, all_spooled: Iterable[Spooled]) -> None:
        """Hold these and no others.

        Raises:
            OSError: There is no room, or no RAM disk.
        """
        lines = b"".join(map(_line, all_spooled))
        if not lines:
            self._path.unlink(missing_ok=True)
            return
        final, self._path = self._path, self._path.with_suffix(".new")
        try:
            self._write(lines, os.O_TRUNC)
            self._path.replace(final)
        finally:
            self._path = final

    def _write(self, lines: bytes, how: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | how
        with os.fdopen(os.open(self._path, flags, 0o600), "wb", buffering=0) as file:
            file.write(lines)


def _line(spooled: Spooled) -> bytes:
    boot, start_monotonic_s = spooled.stamp or (None, None)
    text = json.dumps(
        {
            "seq": spooled.record.seq if spooled.numbered else None,
            "boot": boot,
            "start_monotonic_s": start_monotonic_s,
            "record": json_v1.encode(spooled.record).decode(),
        }
    ).encode()
    return b"\n%08x %s\n" % (zlib.crc32(text), text)


def _readable(lines: Iterable[bytes]) -> Iterator[Spooled]:
    for line in lines:
        checksum, _, text = line.strip().partition(b" ")
        if checksum == b"%08x" % zlib.crc32(text):
            with suppress(RecordError):
                yield _spooled(parse(text, bytes_max=LINE_BYTES_MAX))


def _spooled(told: object) -> Spooled:
    seq, boot, start_monotonic_s, text = (
        fields.member(told, "", key)
        for key in ("seq", "boot", "start_monotonic_s", "record")
    )
    stamp = None
    if isinstance(boot, str) and isinstance(start_monotonic_s, float):
        stamp = Stamp(boot, start_monotonic_s)
    text = fields.text(text, "record", characters_max=json_v1.PAYLOAD_BYTES_MAX)
    return Spooled(json_v1.decode(text.encode()), seq is not None, stamp)
