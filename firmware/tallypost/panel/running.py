"""From a folder to a panel that serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tallypost.board.base import Board
from tallypost.panel.access import open_access
from tallypost.panel.app import Panel, application
from tallypost.panel.ending import Ending
from tallypost.panel.files import Files
from tallypost.panel.house import House
from tallypost.panel.pace import Pace
from tallypost.panel.serving import listening, serve, tls


@dataclass(frozen=True, slots=True)
class Times:
    """How long it serves.

    Attributes:
        wait_s: Without anybody for so long, it ends.
        open_max_s: It ends after so long in any case.
    """

    wait_s: float
    open_max_s: float


def run(
    folder: Path,
    addresses: Sequence[str],
    names: Sequence[str],
    times: Times,
    board: Board,
) -> None:
    """Serve until it was for long enough, or SIGTERM comes.

    Args:
        folder: Holds `code.json`, `certificate.pem`, `key.pem` and `house.sock`.
        addresses: Where to listen, as in `10.42.0.1:443`.
        names: What the device is called.
        times: How long.
        board: Whose monotonic clock is asked.

    Raises:
        PanelError: It cannot begin.
    """
    now_s = board.monotonic_s
    access = open_access(folder, now_s, board.boot_id())
    ending = Ending(
        folder,
        access.sessions,
        now_s,
        wait_s=times.wait_s,
        open_max_s=times.open_max_s,
    )
    context = tls(folder)
    listeners = [listening(each) for each in addresses]
    app = application(Panel(access, House(folder), Files()), names, Pace(now_s))
    serve(app, listeners, context, ending.reason)
