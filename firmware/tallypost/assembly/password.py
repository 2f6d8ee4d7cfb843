"""Keeps a password whose file may be mended while tallypost runs."""

import logging
from pathlib import Path

from tallypost.errors import SettingsError
from tallypost.settings.secret import read_secret

_logger = logging.getLogger(__name__)


class PasswordFile:
    """Reads its file afresh each time that it is asked for the password.

    Args:
        path: A file that holds the password, on one line.

    Raises:
        SettingsError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._password = read_secret(path)
        self._why = ""

    def __call__(self) -> str:
        """Return what the file holds, or what it held last; that is logged once."""
        why = ""
        try:
            self._password = read_secret(self._path)
        except SettingsError as error:
            why = f"{error.place}: {'; '.join(error.faults)}"
        if why and why != self._why:
            _logger.warning("password not taken, the old one goes on why=%s", why)
        self._why = why
        return self._password
