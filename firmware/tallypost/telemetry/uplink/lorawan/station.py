"""Keeps a modem open, configured and in its network, and sends frames through it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tallypost.board.base import Board
from tallypost.domain.health import Trouble
from tallypost.errors import (
    DutyCycleError,
    ModemError,
    NotJoinedError,
    PayloadTooLongError,
    UplinkUnavailableError,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.uplink.link import Backoff
from tallypost.telemetry.uplink.lorawan.airtime import (
    OPTIONS_BYTES_MAX,
    payload_bytes_within,
    uplink_s,
)
from tallypost.telemetry.uplink.lorawan.duty import Budget
from tallypost.telemetry.uplink.lorawan.entrance import Entrance
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.lorawan.remedy import Remedy, Step, remedy
from tallypost.telemetry.uplink.modem.base import (
    Heard,
    Identity,
    LinkCheck,
    Modem,
    ModemInfo,
    Radio,
    Session,
)

OPEN_S_MAX = 300.0
PAYLOAD_BYTES_MAX = 242
OPTIONS_BYTES = 4
"""So much room must be left for a question to the network to ride along."""

_logger = logging.getLogger(__name__)


class Station:
    """One modem, and what it is to be.

    `keep` opens it and has it join, whenever that is due; nothing else waits for it.
    Any thread may call anything: who comes while the modem is at work is told so.

    Args:
        open_modem: Opens the modem; raises `ModemError`.
        identity: Who joins.
        radio: How to speak.
        budget: How much airtime there is.
        memory: What is known of the session before.
        board: Whose clock to ask.

    Attributes:
        joins: How often it was let into a network.
        failures: How often it was not, or was lost again.
        last_trouble: Why that was the last time.
        link: How well the network heard; None where nobody knows.
        info: What the modem says that it is; None before it was opened.
        data_rate: What it was last; None before it was asked.
        joined: Whether it is in a network, as far as it knows.
        silence_s: How long before the last uplink the one before it was; until then the
            network could say nothing, for it speaks only when it was spoken to.
    """

    def __init__(
        self,
        open_modem: Callable[[], Modem],
        *,
        identity: Identity | Session,
        radio: Radio,
        budget: Budget,
        memory: Memory,
        board: Board,
    ) -> None:
        self.joins = self.failures = 0
        self.last_trouble: Trouble | None = None
        self.link: LinkCheck | None = None
        self.info: ModemInfo | None = None
        self.data_rate: int | None = None
        self.joined = False
        self._open_modem = open_modem
        self._budget = budget
        self._board = board
        self._rules = RULES[radio.region]
        self._entrance = Entrance(
            identity, radio, budget=budget, memory=memory, board=board
        )
        self._opening = Backoff(1.0, OPEN_S_MAX)
        self._not_before_s = board.monotonic_s()
        self._modem: Modem | None = None
        self.silence_s = float("inf")
        self._sent_s = -float("inf")
        self._goes_on = self._closed = False
        self._reason = "is not open yet"
        self._room_bytes = 0
        self._mutex = threading.Lock()

    def keep(self) -> None:
        """Open the modem and have it join, if that is due; call it every second.

        Nobody waits for whoever has the modem: it is in its network, or being let in.
        """
        if self.joined or not self._mutex.acquire(blocking=False):
            return
        try:
            early = self._board.monotonic_s() < self._not_before_s
            if not (self.joined or self._closed or early):
                self._join(self._modem or self._opened())
        except ModemError as error:
            self._fail(error)
        finally:
            self._mutex.release()

    def room_bytes(self) -> int:
        """Return how long a payload may be just now; 0 for none.

        Raises:
            UplinkUnavailableError: There is no network just now.
        """
        with self._ours() as modem:
            most = min(modem.payload_max(), PAYLOAD_BYTES_MAX)
            self.data_rate = modem.data_rate()
        if self._rules.dwell_s is not None:
            modulation = self._rules.modulation(self.data_rate)
            most = payload_bytes_within(modulation, self._rules.dwell_s, most)
        self._room_bytes = most
        return most

    def air_s(self, payload_bytes: int) -> float:
        """Return how long an uplink would be on air at the data rate of last."""
        return uplink_s(self._rules.modulation(self.data_rate or 0), payload_bytes)

    def transmit(
        self, frame: Frame, *, confirmed: bool, urgent: bool = False
    ) -> bool | None:
        """Send a frame; return whether the network has it, None where nobody asked.

        Args:
            frame: Port and payload.
            confirmed: Whether to ask.
            urgent: Whether it may use the airtime that is kept for such.

        Raises:
            UplinkUnavailableError: There is no network, or no airtime, just now.
            PayloadTooLongError: It does not fit just now; says what does.
        """
        air_s = self.air_s(len(frame.payload))
        with self._ours() as modem:
            wait_s = self._budget.wait_s(air_s, urgent=urgent)
            if wait_s > 0.0:
                told = f"airtime: is spent, the next uplink may go in {wait_s:.0f} s"
                raise UplinkUnavailableError(told)
            if confirmed and len(frame.payload) + OPTIONS_BYTES <= self._room_bytes:
                modem.link_check()  # asked with this frame, told after it
            answer = self._send(modem, frame, air_s, confirmed=confirmed)
            self.link = modem.link_check() or self.link
            assert self.info is not None  # since it was opened
            self._entrance.count(modem, self.info)
            return answer

    def heard(self) -> list[Heard]:
        """Return the downlinks since the last time; none while there is no modem."""
        with suppress(UplinkUnavailableError), self._ours() as modem:
            return modem.heard()
        return []

    def time_s(self) -> float | None:
        """Return the network's time; None before the next uplink has asked for it."""
        with suppress(UplinkUnavailableError), self._ours() as modem:
            return modem.time_s()
        return None

    def rejoin(self, radio: Radio | None = None) -> None:
        """Have the modem join anew, when that may be.

        Args:
            radio: How to speak from then on; None as before.
        """
        with self._mutex:
            self._entrance.radio = radio or self._entrance.radio
            self._leave("is to join anew")

    def close(self) -> None:
        """Let go of the modem; whoever waits for it is told. Twice is harmless."""
        self._closed, self.joined, self._reason = True, False, "is closed"
        if (modem := self._modem) is not None:
            modem.close()

    def _send(
        self, modem: Modem, frame: Frame, air_s: float, *, confirmed: bool
    ) -> bool | None:
        spent_s = air_s
        now_s = self._board.monotonic_s()
        self.silence_s, self._sent_s = now_s - self._sent_s, now_s
        try:
            sent = modem.send(frame.port, frame.payload, confirmed=confirmed)
            if sent.acknowledged is False and self.info is not None:
                spent_s *= self.info.transmissions_max
        except PayloadTooLongError:
            # Some send their answers to the network all the same, in an empty frame.
            spent_s = self.air_s(OPTIONS_BYTES_MAX)
            raise
        except (DutyCycleError, NotJoinedError):
            spent_s = 0.0
            raise
        finally:
            if spent_s:
                self._budget.spend(spent_s)
        return sent.acknowledged

    @contextmanager
    def _ours(self) -> Iterator[Modem]:
        """Give the modem, in its network, while nobody else has it."""
        if not self._mutex.acquire(blocking=False):
            raise UplinkUnavailableError("modem: is at something else")
        try:
            wait_s = self._not_before_s - self._board.monotonic_s()
            if self._modem is None or not self.joined:
                raise UplinkUnavailableError(f"modem: {self._reason}")
            if wait_s > 0.0:
                raise UplinkUnavailableError(f"modem: may be asked in {wait_s:.0f} s")
            yield self._modem
        except PayloadTooLongError:
            raise
        except ModemError as error:
            self._fail(error)
            raise UplinkUnavailableError(str(error)) from error
        finally:
            self._mutex.release()

    def _opened(self) -> Modem:
        modem = self._modem = self._open_modem()
        if self._closed:
            modem.close()
        self.info = modem.info()
        self._goes_on = self._entrance.open(modem, self.info)
        self._opening.reset()
        _logger.info("modem model=%s version=%s", self.info.model, self.info.version)
        return modem

    def _join(self, modem: Modem) -> None:
        assert self.info is not None  # since it was opened
        if not self._goes_on:
            wait_s = self._entrance.wait_s()
            if wait_s > 0.0:
                self._not_before_s = self._board.monotonic_s() + wait_s
                return
            self._entrance.enter(modem, self.info)
            self.joins += 1
        self._goes_on = False
        self.joined, self._reason = True, ""
        _logger.info("network joined joins=%d", self.joins)

    def _leave(self, reason: str) -> None:
        self._entrance.leave()
        self.joined = self._goes_on = False
        self._reason = reason

    def _fail(self, error: ModemError) -> None:
        """Do what an error asks for, and say so once."""
        if self._closed:
            return
        told, cure = f"{error}", remedy(error)
        if cure.trouble is not None:
            self.failures += 1
            self.last_trouble = cure.trouble
        pause_s = self._cured(cure, told)
        if told != self._reason:
            level = logging.INFO if cure.step is Step.WAIT else logging.WARNING
            _logger.log(level, "modem reason=%s again_s=%.0f", told, pause_s)
        if not self.joined:
            self._reason = told
        self._not_before_s = self._board.monotonic_s() + pause_s

    def _cured(self, cure: Remedy, reason: str) -> float:
        """Do it; return for how long to leave the modem alone then."""
        match cure.step:
            case Step.JOIN_LATER:
                return self._entrance.wait_s()
            case Step.JOIN_ANEW:
                self._leave(reason)
            case Step.REOPEN:
                modem, self._modem, self.joined = self._modem, None, False
                if modem is not None:
                    modem.close()
                return self._opening.next_s()
            case Step.WAIT:
                pass
        return cure.pause_s
