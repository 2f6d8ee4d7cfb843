"""Hears nobody, where no operator was named."""

import logging

from tallypost.board.base import Board
from tallypost.domain.commands import Outcome, Reply
from tallypost.telemetry.codec.command_v1 import encode_reply
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.remote.base import STRANGER_S, Say
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind

_logger = logging.getLogger(__name__)


class Deaf:
    """Heeds nobody, because nobody was named; says so now and then, and counts.

    Args:
        device: Who we are.
        why: What to tell.
        say: Sends a message, some time.
        board: Whose monotonic clock is asked.

    Attributes:
        refused: How many downlinks came.
    """

    def __init__(self, *, device: str, why: str, say: Say, board: Board) -> None:
        self.refused = 0
        self._device = device
        self._why = why
        self._say = say
        self._board = board
        self._told_s = -STRANGER_S
        self._told = 0

    def hear(self, downlink: Downlink) -> None:
        """Count."""
        self.refused += downlink.kind is not DownlinkKind.TIME

    def begin(self) -> None:
        """Tell nothing: there is nothing to tell."""

    def step(self, *, delivered: bool, watching: bool) -> None:
        """Answer that nobody is heeded, now and then."""
        del delivered, watching
        now_s = self._board.monotonic_s()
        if self.refused == self._told or now_s - self._told_s < STRANGER_S:
            return
        self._told, self._told_s = self.refused, now_s
        _logger.warning("downlinks refused count=%d reason=%s", self._told, self._why)
        reply = Reply(device=self._device, outcome=Outcome.REFUSED, reason=self._why)
        self._say(Subject.REPLY, encode_reply(reply))

    def close(self) -> None:
        """Do nothing."""
