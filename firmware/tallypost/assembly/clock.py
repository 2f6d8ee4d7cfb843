"""From settings to whoever knows what time it is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tallypost.board.base import Board
from tallypost.telemetry.clock.asking import Asking
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind, Hearer


def reckoner(outbox: Path, board: Board) -> Reckoner:
    """Return what knows the time; it remembers in a file beside the outbox.

    Args:
        outbox: The outbox's file; its folder is there.
        board: Whose clocks to ask.
    """
    return Reckoner(board, Memory(outbox.with_name(f"{outbox.name}.clock")))


def asking(
    knows: Reckoner, board: Board, post: Callable[[Subject, bytes], None]
) -> tuple[Asking, Hearer]:
    """Return what asks the far side for the time, and what hears its answers.

    Args:
        knows: Is told the time.
        board: Whose clock measures the round trip.
        post: Sends a message that needs no disk.
    """
    asks = Asking(knows, board, partial(post, Subject.TIME_REQUEST))

    def hear(downlink: Downlink) -> None:
        if downlink.kind is DownlinkKind.TIME:
            asks.hear(downlink.payload)

    return asks, hear
