"""Does what the network's keeper asks by downlinks, each once, and answers."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from tallypost.domain.commands import Outcome
from tallypost.errors import (
    ActuatorUnsupportedError,
    CodecError,
    SettingsError,
    TallypostError,
)
from tallypost.telemetry.codec.compact.downlink import (
    AskLayout,
    Command,
    Downlink,
    Reboot,
    Rejoin,
    Resend,
    SetDataRate,
    SetInterval,
    SetSetting,
    TimeIs,
    encode_reply,
    name_of,
    parse_downlink,
)
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.lorawan.words import Habits
from tallypost.telemetry.uplink.modem.base import Heard, Radio
from tallypost.telemetry.uplink.modem.payloads import payload_bytes_max

HEARD_S = 5.0
"""How far the time may be off that a downlink tells: it was under way, and before that
it waited for an uplink."""
ROOM_BYTES_MIN = 11
"""What carries any record."""
LIMITS = {
    "confirm_every": (1, 1000),
    "health_every_h": (1, 168),
    "record_bytes_max": (ROOM_BYTES_MIN, 242),
}
"""What the few settings may be."""

_logger = logging.getLogger(__name__)


class Deeds(Protocol):
    """What the house does when it is asked; errors are answered."""

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Send records again; return how many."""
        ...

    def due(self, first_seq: int, last_seq: int) -> tuple[int, Message | None]:
        """Return how many of a range must go out, and the newest of them."""
        ...

    def newest_seq(self) -> int:
        """Return the newest record's number; 0 before the first."""
        ...

    def set_interval(self, interval_s: int) -> None:
        """Have intervals be so long from the next `renew` on."""
        ...

    def renew(self) -> None:
        """Start both halves anew, with the interval of now."""
        ...

    def reboot(self) -> None:
        """Start the whole machine anew."""
        ...

    def time_is(self, utc_s: float, uncertainty_s: float) -> None:
        """Take note of what time it is now."""
        ...


class Heeding:
    """Hears downlinks.

    Whoever has the network's keys may ask: the list is closed, nothing on it tells more
    than before, and nothing on it is a picture. What is no command is counted and left.

    Args:
        deeds: What the house does.
        resend: Sends records again; returns how many.
        station: Has the modem join anew, and knows how long a downlink may have waited.
        radio: How it speaks.
        habits: How much is said; changed where that is asked for.
        memory: What was heard last, and what was changed.

    Attributes:
        ignored: How many downlinks gave no command.
        layout_asked: Whether the far side wants to hear the layout; whoever tells it
            takes it back.
    """

    def __init__(
        self,
        deeds: Deeds,
        *,
        resend: Callable[[Resend], int],
        station: Station,
        radio: Radio,
        habits: Habits,
        memory: Memory,
    ) -> None:
        self.ignored = 0
        self.layout_asked = False
        self._deeds = deeds
        self._resend = resend
        self._station = station
        self._radio = radio
        self._habits = habits
        self._memory = memory
        self._after: deque[Callable[[], None]] = deque()
        for name, value in memory.kept.told:
            low, high = LIMITS.get(name, (1, 0))
            if low <= value <= high:
                setattr(habits, name, value)

    def hear(self, heard: Heard) -> Frame | None:
        """Do what a downlink asks; return the answer, None where it asks nothing."""
        try:
            downlink = parse_downlink(heard.port, heard.payload)
        except CodecError as error:
            self.ignored += 1
            _logger.warning("downlink ignored port=%d reason=%s", heard.port, error)
            return None
        kept = self._memory.kept
        if kept.command == heard.payload.hex():
            # The network was not sure that we have it.
            return Frame(Port.REPLY, bytes.fromhex(kept.reply))
        reply = self._answer(downlink)
        self._memory.keep(command=heard.payload.hex(), reply=reply.payload.hex())
        return reply

    def afterwards(self) -> None:
        """Do what had to wait until the answer was out."""
        while self._after:
            act = self._after.popleft()
            try:
                act()
            except TallypostError as error:
                _logger.warning("command failed afterwards reason=%s", error)

    def _answer(self, downlink: Downlink) -> Frame:
        records, reason = None, ""
        try:
            records = self._do(downlink.command)
            outcome = Outcome.DONE
        except ActuatorUnsupportedError as error:
            outcome, reason = Outcome.UNSUPPORTED, str(error)
        except (SettingsError, ValueError) as error:
            outcome, reason = Outcome.REFUSED, str(error)
        except TallypostError as error:
            outcome, reason = Outcome.FAILED, str(error)
        _logger.warning(
            "downlink command=%s outcome=%s reason=%s",
            *(name_of(downlink.command), outcome.value, reason),
        )
        return encode_reply(downlink, outcome, records)

    def _do(self, command: Command) -> int | None:
        """Do it; return how many records will be sent again, if it is about that."""
        match command:
            case Resend():
                return self._resend(command)
            case SetInterval(interval_min=minutes):
                self._deeds.set_interval(60 * minutes)
                self._after.append(self._deeds.renew)
            case Reboot():
                self._after.append(self._deeds.reboot)
            case TimeIs(utc_s=utc_s):
                self._deeds.time_is(utc_s, HEARD_S + self._station.silence_s)
            case AskLayout():
                self.layout_asked = True
            case _:
                self._do_by_radio(command)
        return None

    def _do_by_radio(self, command: SetDataRate | Rejoin | SetSetting) -> None:
        match command:
            case SetDataRate(adr=adr, data_rate=data_rate):
                self._check(data_rate)
                self._radio = replace(self._radio, adr=adr, data_rate=data_rate)
                self._after.append(lambda: self._station.rejoin(self._radio))
            case Rejoin():
                self._after.append(lambda: self._station.rejoin(self._radio))
            case SetSetting(setting=name, value=value):
                low, high = LIMITS[name]
                if not low <= value <= high:
                    raise ValueError(f"{name}: {value} is not within {low}..{high}")
                setattr(self._habits, name, value)
                self._memory.tell(name, value)

    def _check(self, data_rate: int | None) -> None:
        """Refuse what would leave no way to take it back.

        Raises:
            ValueError: No record fits at that data rate.
        """
        region = self._radio.region
        if data_rate is None:
            return
        if payload_bytes_max(region, data_rate) < ROOM_BYTES_MIN:
            raise ValueError(f"data_rate: {region} carries no record at {data_rate}")
