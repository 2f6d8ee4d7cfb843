"""The board underneath."""

import hashlib
from pathlib import Path

from tallypost.board.base import Board
from tallypost.board.linux import LinuxBoard, end_with_parent

MACHINE_ID = Path("/etc/machine-id")


def board() -> Board:
    """Return the board that this machine is."""
    return LinuxBoard()


def end_with_daemon() -> None:
    """Have the kernel end this half when its daemon ends, however that happens."""
    end_with_parent()


def device_name() -> str:
    """Return a name made from the machine's own number, which it does not give away.

    Source: machine-id(5), "should be considered confidential ... use a keyed hash".
    """
    try:
        number = MACHINE_ID.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        number = ""
    digest = hashlib.sha256(b"tallypost device name\0" + number.encode()).hexdigest()
    return f"tp-{digest[:8]}"
