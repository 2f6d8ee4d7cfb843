"""How long somebody wants to aim: a file that the halves are started with.

Whoever wants it writes the file and asks the daemon to start both halves anew
(SIGUSR1). Nobody can ask a half that sees for anything while it runs.
"""

import json
from pathlib import Path

from tallypost.board.base import Board
from tallypost.domain.aiming import AIMING_S_MAX, Aiming
from tallypost.durable import write_durably
from tallypost.settings.device import DeviceSettings

FILE = "aiming.json"
BYTES_MAX = 1000
_UNTIL, _START = "until_monotonic_s", "start"


def aiming_folder(settings: DeviceSettings) -> Path:
    """Return where the wish lies: beside the outbox, where both sides may write."""
    return settings.outbox.path.parent


def want(folder: Path, until_s: float, board: Board) -> None:
    """Have the halves that are started next aim.

    Args:
        folder: Where the wish lies.
        until_s: Until when, by the board's monotonic clock.
        board: Names this start of itself: with the next one its clock begins anew.

    Raises:
        OSError: The file cannot be written.
    """
    told = {_UNTIL: until_s, _START: board.boot_id()}
    write_durably(folder / FILE, json.dumps(told).encode())


def unwant(folder: Path) -> None:
    """Have the halves that are started next not aim; twice is harmless.

    Raises:
        OSError: The file is there and cannot be removed.
    """
    (folder / FILE).unlink(missing_ok=True)


def wanted(folder: Path, board: Board) -> Aiming | None:
    """Return for how long somebody wants to aim; None: nobody does, or not any more.

    What cannot be read, is of another start of the board or is too long is no wish.

    Args:
        folder: Where the wish lies.
        board: Whose monotonic clock tells.
    """
    try:
        with (folder / FILE).open("rb") as file:
            told = json.loads(file.read(BYTES_MAX))
        until_s, start = float(told[_UNTIL]), told[_START]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    for_s = until_s - board.monotonic_s()
    if start != board.boot_id() or not 0 < for_s <= AIMING_S_MAX:
        return None
    return Aiming(for_s, until_s)
