"""Says that the disk refuses: at once, then seldom, and when it is over."""

import logging
from pathlib import Path

from tallypost.board.base import Board

AGAIN_S = 300.0

_logger = logging.getLogger(__name__)


class Trouble:
    """What the log has been told of the disk.

    Args:
        path: The outbox.
        board: Whose clock to ask.
    """

    def __init__(self, path: Path, board: Board) -> None:
        self._path = path
        self._board = board
        self._said = ""
        self._again_monotonic_s = 0.0

    def say(self, reason: str, *, in_memory: int, refused: int) -> None:
        """Tell the log, unless it has just been told the same."""
        now_s = self._board.monotonic_s()
        said = f"{reason} {'full' if refused else 'kept'}"
        if said == self._said and now_s < self._again_monotonic_s:
            return
        self._said, self._again_monotonic_s = said, now_s + AGAIN_S
        _logger.error(
            "disk refuses records, they wait in memory while it has room "
            "file=%s reason=%s in_memory=%d refused=%d",
            self._path,
            reason,
            in_memory,
            refused,
        )

    def over(self, *, refused: int) -> None:
        """Tell the log that the disk takes records again, if it was told otherwise."""
        if self._said:
            _logger.warning(
                "disk takes records again file=%s refused=%d", self._path, refused
            )
            self._said = ""
