"""When somebody was last at the box: only after that may the camera be aimed.

The half that speaks keeps it, where who answers phones may not write.
"""

import json
import logging
from contextlib import suppress
from pathlib import Path

from tallypost.board.base import Board
from tallypost.durable import write_durably

FILE = "presence.json"
BYTES_MAX = 1000
AIM_WITHIN_S = 3600.0
"""So long after a press of the button, or after power-up, the camera may be aimed."""
_AT, _START = "at_monotonic_s", "start"

_logger = logging.getLogger(__name__)


class Presence:
    """Remembers the last press of the button, also while both halves start anew.

    Args:
        folder: Where it is kept.
        board: Names this start of itself: with the next one its clock begins anew.
    """

    def __init__(self, folder: Path, board: Board) -> None:
        self._file = folder / FILE
        self._board = board

    def note(self) -> None:
        """Note that somebody presses the button now."""
        told = {_AT: self._board.monotonic_s(), _START: self._board.boot_id()}
        try:
            write_durably(self._file, json.dumps(told).encode())
        except OSError as error:
            _logger.warning("press cannot be kept reason=%s", error.strerror)

    def aim_until_s(self) -> float:
        """Return until when the camera may be aimed, by the board's monotonic clock."""
        at_s = 0.0  # when it was started, somebody gave it power
        with suppress(OSError, ValueError, KeyError, TypeError):
            with self._file.open("rb") as file:
                told = json.loads(file.read(BYTES_MAX))
            pressed_s = float(told[_AT])
            here = told[_START] == self._board.boot_id()
            if here and 0.0 < pressed_s <= self._board.monotonic_s():
                at_s = pressed_s
        return at_s + AIM_WITHIN_S
