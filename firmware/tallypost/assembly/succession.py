"""The outbox from one start to the next: whoever held it may still be ending."""

import logging
from pathlib import Path

from tallypost.board.base import Board
from tallypost.errors import OutboxBusyError
from tallypost.settings.device import OutboxSettings
from tallypost.telemetry.outbox.outbox import Outbox

PATIENCE_S = 20.0
"""How long a half may take to end whose daemon was killed: it waits for last words,
for a send that is under way, and for what is still to be delivered."""
POLL_S = 0.1

log = logging.getLogger("tallypost.telemetry")


def take_over_outbox(
    settings: OutboxSettings, board: Board, patience_s: float = PATIENCE_S
) -> Outbox:
    """Return the outbox once whoever held it before has ended.

    A daemon that was killed is started anew before its halves have noticed; that is no
    second instance, and no fault of anybody's settings.

    Args:
        settings: `[outbox]`.
        board: Whose clocks are asked.
        patience_s: How long to wait.

    Raises:
        OutboxBusyError: Another tallypost held it all the time.
        OutboxError: It cannot be opened.
    """
    until_s = board.monotonic_s() + patience_s
    told = False
    while True:
        try:
            return Outbox(
                Path(settings.path),
                ram_folder=settings.ram_folder,
                bytes_max=settings.bytes_max,
                memory_records_max=settings.memory_records_max,
                board=board,
            )
        except OutboxBusyError as error:
            if board.monotonic_s() >= until_s:
                raise
            if not told:
                log.warning("outbox is held wait_s=%.0f reason=%s", patience_s, error)
            told = True
            board.wait(POLL_S)
