"""Reads a secret from a file of its own; no message ever carries it."""

import stat
from pathlib import Path

from tallypost.errors import SettingsError
from tallypost.settings.file import read_file

SECRET_BYTES_MAX = 4096
WISH = "write the secret alone into it, on one line, then chmod 600"


def read_secret(path: Path) -> str:
    """Return the one line that a file holds, without its end.

    Raises:
        SettingsError: There is no such file, everybody may use it, or it holds anything
            but one line of text.
    """
    raw, mode = read_file(path, bytes_max=SECRET_BYTES_MAX, wish=WISH)
    if mode & stat.S_IRWXO:
        told = f"is open to everybody on this machine; chmod 600 {path}"
        raise SettingsError(str(path), [told])
    text = raw.decode(errors="replace").removesuffix("\n").removesuffix("\r")
    if not text or not text.isprintable() or "\N{REPLACEMENT CHARACTER}" in text:
        raise SettingsError(str(path), [f"does not hold one line of text; {WISH}"])
    return text
