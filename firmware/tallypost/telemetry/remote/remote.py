"""Hears what operators send, has it done, and answers."""

import logging
from collections import deque
from dataclasses import replace

from tallypost.board.base import Board
from tallypost.domain.commands import Reply
from tallypost.domain.desired import Reported
from tallypost.errors import SettingsError
from tallypost.telemetry.codec.command_v1 import encode_reply
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.codec.settings_v1 import encode_reported
from tallypost.telemetry.remote.base import STRANGER_S, Say
from tallypost.telemetry.remote.desk import Desk, Settlement
from tallypost.telemetry.remote.hands import Hands
from tallypost.telemetry.remote.orders import Orders
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind

WAITING_MAX = 32
"""How many downlinks wait; what comes then is dropped, and counted."""
A_STEP = 8
"""How many are looked at in one step: hearing must not hold up counting."""

_logger = logging.getLogger(__name__)


class Heedful:
    """Heeds what operators have signed.

    Args:
        orders: Heeds commands.
        desk: Heeds settings.
        settlement: Where settings are judged and kept.
        hands: What ends things that last for some time.
        say: Sends a message, some time.
        board: Whose monotonic clock is asked.

    Attributes:
        refused: How many downlinks were not believed, or dropped for want of room.
    """

    def __init__(
        self,
        *,
        orders: Orders,
        desk: Desk,
        settlement: Settlement,
        hands: Hands,
        say: Say,
        board: Board,
    ) -> None:
        self.refused = 0
        self._orders = orders
        self._desk = desk
        self._settlement = settlement
        self._hands = hands
        self._say = say
        self._board = board
        self._waiting: deque[Downlink] = deque()
        self._stranger_s = -STRANGER_S
        self._trial = False

    def hear(self, downlink: Downlink) -> None:
        """Take what was sent; it is done in a later step."""
        if downlink.kind is DownlinkKind.TIME:
            return
        if len(self._waiting) >= WAITING_MAX:
            self.refused += 1
            return
        self._waiting.append(downlink)

    def begin(self) -> None:
        """Tell how settings stand, and of commands that a power cut came between."""
        for reply in self._orders.interrupted():
            self._answer(reply)
        self._trial = True
        self._report(self._settlement.reported())

    def step(self, *, delivered: bool, watching: bool) -> None:
        """Do what waits; end a trial of settings that have proved good."""
        self._hands.tick()
        for _ in range(min(A_STEP, len(self._waiting))):
            downlink = self._waiting.popleft()
            if downlink.kind is DownlinkKind.COMMAND:
                self._command(downlink.payload)
            else:
                self._settings(downlink.payload)
        if self._trial and delivered and watching:
            self._confirm()

    def close(self) -> None:
        """End what goes on; closing twice is harmless."""
        self._hands.close()

    def _command(self, envelope: bytes) -> None:
        reply, signed = self._orders.heed(envelope)
        if signed:
            self._answer(reply)
            return
        if self._answers_strangers():
            _logger.warning("command refused reason=%s", reply.reason)
            self._answer(reply)

    def _settings(self, envelope: bytes) -> None:
        told = self._desk.heed(envelope)
        if isinstance(told, Reported):
            self._report(told)
        elif told is not None and self._answers_strangers():
            self._report(replace(self._settlement.reported(), refused=told))

    def _answers_strangers(self) -> bool:
        """Count what nobody known has signed; return whether it is answered."""
        self.refused += 1
        now_s = self._board.monotonic_s()
        if now_s - self._stranger_s < STRANGER_S:
            return False
        self._stranger_s = now_s
        return True

    def _confirm(self) -> None:
        try:
            proved = self._settlement.confirm()
        except SettingsError as error:
            _logger.error("trial not ended reason=%s", error)  # noqa: TRY400
            return
        self._trial = False
        if proved:
            _logger.warning("settings from afar have proved good")
            self._report(self._settlement.reported())

    def _report(self, reported: Reported) -> None:
        if reported.refused is not None:
            _logger.warning("settings not heeded reason=%s", reported.refused.reason)
        self._say(Subject.REPORTED, encode_reported(reported))

    def _answer(self, reply: Reply) -> None:
        self._say(Subject.REPLY, encode_reply(reply))
