"""Hears nobody, where no operator was named."""

import logging
from collections.abc import Callable
from dataclasses import replace

from tallypost.board.base import Board
from tallypost.domain.commands import Outcome, Reply
from tallypost.domain.desired import Refusal, Reported
from tallypost.errors import RecordError
from tallypost.telemetry.codec.command_v1 import encode_reply
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.codec.settings_v1 import (
    ENVELOPE_BYTES_MAX,
    encode_reported,
    refusal,
)
from tallypost.telemetry.codec.signed import Purpose, read_envelope
from tallypost.telemetry.remote.base import STRANGER_S, Say
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind

_logger = logging.getLogger(__name__)


class Deaf:
    """Heeds nobody, because nobody was named; says so now and then, and counts.

    Args:
        device: Who we are.
        why: What to tell.
        reported: Returns how settings stand.
        say: Sends a message, some time.
        board: Whose monotonic clock is asked.

    Attributes:
        refused: How many downlinks came.
    """

    def __init__(
        self,
        *,
        device: str,
        why: str,
        reported: Callable[[], Reported],
        say: Say,
        board: Board,
    ) -> None:
        self.refused = 0
        self._device = device
        self._why = why
        self._reported = reported
        self._say = say
        self._board = board
        self._told_s = -STRANGER_S
        self._latest: Downlink | None = None

    def hear(self, downlink: Downlink) -> None:
        """Count, and keep the latest to be answered."""
        if downlink.kind is not DownlinkKind.TIME:
            self.refused += 1
            self._latest = downlink

    def begin(self) -> None:
        """Tell nothing: there is nothing to tell."""

    def step(self, *, delivered: bool, watching: bool) -> None:
        """Answer that nobody is heeded, now and then."""
        del delivered, watching
        now_s, latest = self._board.monotonic_s(), self._latest
        if latest is None or now_s - self._told_s < STRANGER_S:
            return
        self._latest, self._told_s = None, now_s
        _logger.warning("downlinks refused count=%d reason=%s", self.refused, self._why)
        if latest.kind is DownlinkKind.COMMAND:
            reply = Reply(
                device=self._device, outcome=Outcome.REFUSED, reason=self._why
            )
            self._say(Subject.REPLY, encode_reply(reply))
        else:
            told = replace(self._reported(), refused=self._refusal(latest.payload))
            self._say(Subject.REPORTED, encode_reported(told))

    def close(self) -> None:
        """Do nothing."""

    def _refusal(self, envelope: bytes) -> Refusal:
        """Return why settings are not heeded, with what tells them from others."""
        try:
            sealed = read_envelope(
                envelope, Purpose.SETTINGS, bytes_max=ENVELOPE_BYTES_MAX
            )
        except RecordError:
            return Refusal(reason=self._why)
        return refusal(sealed.body, self._why)
