"""Says one thing after the other to a network that answers seldom."""

import logging
from contextlib import suppress
from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.errors import (
    CodecError,
    OutboxUnavailableError,
    PayloadTooLongError,
    UplinkUnavailableError,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.health import encode_sign
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.link import Backoff
from tallypost.telemetry.uplink.lorawan.duty import DAY_S, HOUR_S
from tallypost.telemetry.uplink.lorawan.heeding import Deeds
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.proof import Proof
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.lorawan.words import Habits, frame_of

DOUBT_S_MIN, DOUBT_S_MAX = 60.0, HOUR_S
"""How long to wait before a doubtful link is asked again: it doubles."""
REJOIN_S = 4 * DAY_S
"""A network that has said nothing for so long may have forgotten us. Longer than a
gateway is away: who joins anew in vain has lost the session that there was."""
NETWORK_TIME_S = 1.0
"""By how much the network's time may be off. Source: LoRaWAN L2 1.0.4, 5.9: within
100 ms; modems tell whole seconds."""
CUTS_MAX = 2
ROOM_S = 60.0
"""How long to wait after a frame that went out only to make room."""

_logger = logging.getLogger(__name__)


class Said(NamedTuple):
    """One thing that went out.

    Attributes:
        answered: Whether the network has it; None where it was not asked.
        air_s: How long it was on air.
    """

    answered: bool | None
    air_s: float


class Conversation:
    """Asks for an answer now and then; without one, waits and asks again.

    Args:
        station: The modem.
        layout: Of the site.
        habits: How much is said.
        deeds: Sends records again that an outage may have cost, and hears the time.
        memory: What was in doubt before.
        board: Whose clock to ask.

    Attributes:
        proof: How far the link can be believed.
        uplinks: How many frames went out.
        unanswered: How many questions had no answer.
    """

    def __init__(
        self,
        station: Station,
        layout: Layout,
        habits: Habits,
        deeds: Deeds,
        memory: Memory,
        board: Board,
    ) -> None:
        self.proof = Proof(memory)
        self.uplinks = self.unanswered = 0
        self._station = station
        self._layout = layout
        self._habits = habits
        self._deeds = deeds
        self._board = board
        self._doubt = Backoff(DOUBT_S_MIN, DOUBT_S_MAX)
        self._not_before_s = self._answered_s = board.monotonic_s()
        self._sign_not_before_s = board.monotonic_s()
        self._joins = -1
        self._asks_time = True

    def say(
        self,
        message: Message,
        *,
        confirmed: bool = False,
        urgent: bool = False,
        at_once: bool = False,
    ) -> Said:
        """Send what a message says in few bytes.

        Args:
            message: A record, an alert, or how the device is.
            confirmed: Whether an answer is wanted; one is asked for now and then all
                the same.
            urgent: Whether it may use the airtime that is kept for such.
            at_once: Whether it goes out though a doubtful link is left alone just now.

        Raises:
            RecordError: It is nothing that we have words for.
            UplinkUnavailableError: It did not go out, or nobody has answered.
        """
        wait_s = self._not_before_s - self._board.monotonic_s()
        if wait_s > 0.0 and not at_once:
            told = f"network: does not answer, it is asked again in {wait_s:.0f} s"
            raise UplinkUnavailableError(told)
        self._note_session()
        if self._asks_time:
            self._station.time_s()  # asked with the next frame, told after it
        asks = confirmed or self.proof.wanted(self._habits.confirm_every)
        said = self._transmit(message, confirmed=asks, urgent=urgent)
        self.uplinks += 1
        self._note_answer(said)
        self._note_time()
        return said

    def ask_time(self) -> None:
        """Ask what time it is with the next frame."""
        self._asks_time = True

    def _transmit(self, message: Message, *, confirmed: bool, urgent: bool) -> Said:
        room_bytes = self._station.room_bytes()
        if message.subject is Subject.KPI:
            room_bytes = min(room_bytes, self._habits.record_bytes_max)
        for _ in range(CUTS_MAX):
            try:
                frame = frame_of(message, self._layout, room_bytes)
                return self._send(frame, confirmed=confirmed, urgent=urgent)
            except PayloadTooLongError as error:
                # Answers to the network want room, or the data rate has changed.
                room_bytes = min(error.max_bytes, room_bytes - 1)
            except CodecError:
                break
        self._make_room(urgent=urgent)
        raise UplinkUnavailableError(f"room: {room_bytes} bytes; wait for more")

    def _make_room(self, *, urgent: bool) -> None:
        """Let go ahead what the modem has to tell the network.

        It rides along with an uplink and takes room from it, up to 15 bytes: where no
        record goes out for want of room, it would stay there for ever.
        """
        now_s = self._board.monotonic_s()
        self._not_before_s = max(self._not_before_s, now_s + ROOM_S)
        if now_s < self._sign_not_before_s:
            return
        self._sign_not_before_s = now_s + ROOM_S
        sign = encode_sign(self._board.clock().trust)
        with suppress(PayloadTooLongError):
            self._station.transmit(sign, confirmed=False, urgent=urgent)

    def _send(self, frame: Frame, *, confirmed: bool, urgent: bool) -> Said:
        answer = self._station.transmit(frame, confirmed=confirmed, urgent=urgent)
        return Said(answer, self._station.air_s(len(frame.payload)))

    def _note_session(self) -> None:
        """Have the first frame of a session confirmed."""
        if self._joins != self._station.joins:
            self._joins = self._station.joins
            self._answered_s = self._board.monotonic_s()
            self.proof.begin(anew=self._joins > 0)

    def _note_answer(self, said: Said) -> None:
        if said.answered is None:
            return
        now_s = self._board.monotonic_s()
        if said.answered:
            if self.proof.doubtful:
                _logger.warning("network answers again")
            self._answered_s = now_s
            self._doubt.reset()
            for first_seq, last_seq in self.proof.answered():
                self._again(first_seq, last_seq)
            return
        wait_s = self._doubt.next_s()
        if not self.proof.doubtful:
            _logger.warning("network has not answered again_s=%.0f", wait_s)
        self.unanswered += 1
        self.proof.unanswered()
        self._not_before_s = now_s + wait_s
        if now_s - self._answered_s >= REJOIN_S:
            self._answered_s = now_s
            self._station.rejoin()
        told = f"network: has not answered, it is asked again in {wait_s:.0f} s"
        raise UplinkUnavailableError(told)

    def _again(self, first_seq: int, last_seq: int) -> None:
        try:
            count = self._deeds.ask_again(first_seq, last_seq)
        except OutboxUnavailableError as error:
            _logger.warning("records not sent again reason=%s", error)
            return
        _logger.warning(
            "records without an answer sent again first=%d last=%d count=%d",
            *(first_seq, last_seq, count),
        )

    def _note_time(self) -> None:
        if self._asks_time and (utc_s := self._station.time_s()) is not None:
            self._asks_time = False
            self._deeds.time_is(utc_s, NETWORK_TIME_S)
