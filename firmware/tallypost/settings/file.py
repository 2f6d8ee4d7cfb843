"""Reads a file that may be anything: a pipe, a device, a folder, far too large."""

import os
import stat
from pathlib import Path

from tallypost.errors import SettingsError


def read_file(path: Path, *, bytes_max: int, wish: str) -> tuple[bytes, int]:
    """Return what a regular file holds, and its mode.

    Args:
        path: The file.
        bytes_max: A larger file is refused.
        wish: What to do when it cannot be read, for the message.

    Raises:
        SettingsError: It cannot be read; nothing that it holds is told.
    """
    try:
        with open(path, "rb", opener=_open) as file:
            mode = os.fstat(file.fileno()).st_mode
            regular = stat.S_ISREG(mode)
            raw = file.read(bytes_max + 1) if regular else b""
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "no file can be called so"
        raise SettingsError(str(path), [f"cannot be read ({told}); {wish}"]) from None
    if not regular:
        raise SettingsError(str(path), [f"is no regular file; {wish}"])
    if len(raw) > bytes_max:
        raise SettingsError(str(path), [f"is larger than {bytes_max} bytes; {wish}"])
    return raw, mode


def _open(name: str, flags: int) -> int:
    """Open without waiting for somebody to write into a pipe named by mistake."""
    return os.open(name, flags | os.O_NONBLOCK)
