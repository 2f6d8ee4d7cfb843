"""Remembers through power cuts when the time was last known for sure.

A file of two slots of 512 bytes, written in turn, each in one piece within a sector of
the card: a write that is cut short destroys the older memory of the two, and a write
costs one block, since neither the file's length nor its place changes. A slot::

    {"number": 7, "boot": "2c85f6b5-...", "monotonic_s": 12.5, "utc_s": 1795342500.25,
     "uncertainty_s": 0.5, "rtc_agrees": true}
    <crc32 of that line, eight hexadecimal digits>

and spaces up to its end.
"""

import json
import logging
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.json_text import parse
from tallypost.errors import RecordError
from tallypost.telemetry.clock.anchor import Anchor

SLOT_BYTES = 512
SLOTS = 2

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trusted:
    """A moment at which the time was known.

    Attributes:
        boot: Which start of the board it belongs to.
        anchor: The moment.
        rtc_agrees: Whether the clock on a battery said the same.
    """

    boot: str
    anchor: Anchor
    rtc_agrees: bool


class Memory:
    """The file that remembers one such moment, the last.

    A card that refuses costs nothing but the memory: it is told to the log, once.

    Args:
        path: The file; its folder is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = 0
        self._refused = False

    def read(self) -> Trusted | None:
        """Return what is remembered; None where nothing is, or nothing sound."""
        try:
            with self._path.open("rb") as file:
                data = file.read(SLOTS * SLOT_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._refuse(error)
            return None
        slots = [data[at : at + SLOT_BYTES] for at in (0, SLOT_BYTES)]
        found = [each for slot in slots if (each := _unpack(slot)) is not None]
        if not found:
            _logger.error("clock memory unreadable, it begins anew file=%s", self._path)
            return None
        self._number, trusted = max(found, key=lambda each: each[0])
        return trusted

    def write(self, trusted: Trusted) -> None:
        """Remember a moment instead of the one before; on return it is on the card."""
        number = self._number + 1
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                slot = _pack(number, trusted)
                os.pwrite(file, slot, number % SLOTS * SLOT_BYTES)
                os.fdatasync(file)
            finally:
                os.close(file)
        except OSError as error:
            self._refuse(error)
            return
        self._number, self._refused = number, False

    def _refuse(self, error: OSError) -> None:
        if not self._refused:
            _logger.error(
                "clock memory refused file=%s reason=%s", self._path, error.strerror
            )
        self._refused = True


def _pack(number: int, trusted: Trusted) -> bytes:
    anchor = trusted.anchor
    told = {
        "number": number,
        "boot": trusted.boot,
        "monotonic_s": anchor.monotonic_s,
        "utc_s": anchor.utc_s,
        "uncertainty_s": anchor.uncertainty_s,
        "rtc_agrees": trusted.rtc_agrees,
    }
    line = json.dumps(told, allow_nan=False).encode("ascii")
    slot = line + b"\n%08x\n" % zlib.crc32(line)
    assert len(slot) <= SLOT_BYTES, "a boot's name has at most 64 characters"
    return slot.ljust(SLOT_BYTES)


def _unpack(slot: bytes) -> tuple[int, Trusted] | None:
    """Return what a slot remembers, and its number; None where it is not sound."""
    line, _, rest = slot.partition(b"\n")
    if rest[:9] != b"%08x\n" % zlib.crc32(line):
        return None
    with suppress(RecordError):
        told = parse(line, bytes_max=SLOT_BYTES)
        monotonic_s, utc_s, uncertainty_s = (
            fields.quantity(fields.member(told, "", key), key)
            for key in ("monotonic_s", "utc_s", "uncertainty_s")
        )
        boot = fields.name(fields.member(told, "", "boot"), "boot")
        agrees = fields.truth(fields.member(told, "", "rtc_agrees"), "rtc_agrees")
        number = fields.count(fields.member(told, "", "number"), "number")
        return number, Trusted(boot, Anchor(monotonic_s, utc_s, uncertainty_s), agrees)
    return None
