"""The board underneath."""

import hashlib
import re
from pathlib import Path

from tallypost.board.base import Board
from tallypost.board.linux import LinuxBoard, end_with_parent
from tallypost.errors import SettingsError

MACHINE_ID = Path("/etc/machine-id")


def board(host_uncertainty_s: float | None = None) -> Board:
    """Return the board that this machine is.

    Args:
        host_uncertainty_s: By how much its calendar may be off where its host keeps it;
            None where the kernel knows who does.
    """
    return LinuxBoard(host_uncertainty_s)


def end_with_daemon(daemon: int) -> None:
    """Have the kernel end this half when its daemon ends, however that happens."""
    end_with_parent(daemon)


def device_name() -> str:
    """Return a name made from the machine's own number, which it does not give away.

    Source: machine-id(5), "should be considered confidential ... use a keyed hash".

    Raises:
        SettingsError: The machine has none: two of them would have one name.
    """
    try:
        number = MACHINE_ID.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        number = ""
    if not re.fullmatch(r"[0-9a-f]{32}", number):
        raise SettingsError(
            str(MACHINE_ID), ["holds no number; give `device` a name in the settings"]
        )
    digest = hashlib.sha256(b"tallypost device name\0" + number.encode()).hexdigest()
    return f"tp-{digest[:12]}"
