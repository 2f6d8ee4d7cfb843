"""Checks one value of a bundle or of a device's report at a time."""

import re
from collections.abc import Callable
from typing import TypeVar

from tallypost.domain import fields
from tallypost.errors import RecordError

_DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{1,31}", flags=re.ASCII)
_FILE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}", flags=re.ASCII)
_SERIAL = re.compile(r"[A-Za-z0-9-]{1,64}", flags=re.ASCII)

Told = TypeVar("Told")


def is_device_name(name: str) -> bool:
    """Return whether a device may be called so."""
    return _DEVICE.fullmatch(name) is not None


def is_file_name(name: str) -> bool:
    """Return whether a file or a secret of a bundle may be called so."""
    return _FILE.fullmatch(name) is not None


def is_serial(serial: str) -> bool:
    """Return whether a machine's own number may read so."""
    return _SERIAL.fullmatch(serial) is not None


def device_name(found: fields.Object, key: str) -> str:
    """Return the name of a device that stands under a key."""
    told = fields.text(fields.member(found, "", key), key)
    if not is_device_name(told):
        raise RecordError(
            f"{key}: {told[:40]!a} is no name of a device; write 2 to 32 small "
            "letters, digits or -, not beginning with -"
        )
    return told


def or_null(
    found: fields.Object, key: str, read: Callable[[object, str], Told]
) -> Told | None:
    """Return what stands under a key that must be there, and may be null."""
    value = fields.member(found, "", key)
    return None if value is None else read(value, key)


def serial(value: object, path: str) -> str:
    """Return a machine's own number."""
    told = fields.text(value, path)
    if not is_serial(told):
        raise RecordError(
            f"{path}: {told[:40]!a} is no machine's number; write it as the machine "
            "tells it, letters and digits"
        )
    return told


def digest(value: object, path: str) -> str:
    """Return 32 bytes as hexadecimal digits, small letters."""
    return hexadecimal(value, path, 32)


def hexadecimal(value: object, path: str, size: int) -> str:
    """Return hexadecimal digits of so many bytes, small letters."""
    told = fields.text(value, path)
    if not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", told, flags=re.ASCII):
        # It may be a secret: what it holds is not told.
        raise RecordError(
            f"{path}: is no {size} bytes; write {2 * size} hexadecimal digits, small"
        )
    return told
