"""A RAK3172 with RUI3, as its firmware is written.

Source: RAKwireless RAK-STM32-RUI, atcmd_*.c and service_lora.c. Unlike others,

* it refuses a payload that is too long with AT_PARAM_ERROR, and sends an empty frame;
* it says `+EVT:TX_DONE` whatever became of an unconfirmed frame;
* where no airtime is left, it says for how long in passing, and then that it is busy;
* after a confirmed downlink, or one with more behind it, it sends an empty frame by
  itself, whose `+EVT:TX_DONE` comes without any command.
"""

from datetime import UTC, datetime
from typing import ClassVar

from tallypost.simulated.lorawan.commands import Command
from tallypost.simulated.lorawan.outcome import (
    Exchange,
    NotJoined,
    Restricted,
    TooLong,
)
from tallypost.simulated.modem.at_command import (
    AtCommand,
    number_of,
    octets_of,
)
from tallypost.simulated.modem.at_modem import Lines, Verb
from tallypost.simulated.modem.base import rssi_of, snr_of
from tallypost.simulated.modem.rui3_events import Asked, events
from tallypost.simulated.modem.rui3_modem import Rui3Modem

DIGITS_MAX = 500
PORT_MAX = 223
JOIN_RANGES = ((0, 1), (0, 1), (7, 255), (0, 255))
SLEEP_MS_MAX = 0xFFFF_FFFF


class Rak3172(Rui3Modem):
    """One of them."""

    model: ClassVar[str] = "rak3172"
    baud_default: ClassVar[int] = 115_200

    def _verb_table(self) -> dict[str, Verb]:
        self._join_row, self._join_tries = [0, 0, 8, 0], 0
        return super()._verb_table() | {
            "JOIN": self._join,
            "NJS": lambda _: self._told("NJS", int(self.joined)),
            "CFS": lambda _: self._told("CFS", self._acknowledged),
            "RSSI": lambda _: self._told("RSSI", self._signal[0]),
            "SNR": lambda _: self._told("SNR", self._signal[1]),
            "RECV": self._recv,
            "LTIME": self._local_time,
            "SEND": self._send,
            "SLEEP": self._sleep,
        }

    def _forget(self) -> None:
        self._received = (0, b"")
        self._signal = (0, 0)
        self._acknowledged = 0
        self._ahead_s: float | None = None
        self._asleep = False

    def feed(self, octets: bytes) -> None:
        """Take what was said to it; while it sleeps, the first byte only wakes it."""
        if self._asleep and octets:
            self._asleep, octets = False, octets[1:]
        super().feed(octets)

    def _join(self, command: AtCommand) -> Lines:
        if command.asks:
            return self._told("JOIN", ":".join(map(str, self._join_row)))
        told = command.value.split(":") if command.value else ["1"]
        numbers = [
            number_of(text, *bounds)
            for text, bounds in zip(told, JOIN_RANGES, strict=False)
        ]
        if None in numbers or len(told) > len(JOIN_RANGES):
            return self._status(self.words.wrong)
        if self.busy:
            return self._status(self.words.busy)
        for index, number in enumerate(numbers):
            self._join_row[index] = number or 0
        self._join_tries = self._join_row[3] + 1 if numbers[0] else 0
        return self._ask_to_join() if numbers[0] else self._status(self.words.ok)

    def _join_again(self) -> bytes:
        """Ask once more by itself, if it was told to, and not told to stop."""
        if self._join_tries:
            self._ask_to_join()
        return b""

    def _ask_to_join(self) -> Lines:
        self._join_tries -= 1
        self._joining()
        if not self.numbers["NJM"]:
            self._personalise("DEVADDR", "NWKSKEY", "APPSKEY")
            self._joining()
            self._say("+EVT:JOINED")  # before the OK
            return self._status(self.words.ok)
        exchange = self.device.join(self.now_s)
        if isinstance(exchange, Restricted):
            return self._restricted(exchange)
        self._occupied(exchange, joining=True)
        if exchange.acknowledged:
            self._say("+EVT:JOINED", at_s=exchange.ends_s)
            self.device.data_rate = self._data_rate
        else:
            self._say("+EVT:JOIN_FAILED_RX_TIMEOUT", at_s=exchange.ends_s)
            self._later(exchange.ends_s + self._join_row[2], self._join_again)
        return self._status(self.words.ok)

    def _restricted(self, refusal: Restricted) -> Lines:
        return (
            f"Restricted_Wait_{int(refusal.wait_s * 1000) + 1}_ms",
            *self._status(self.words.busy),
        )

    def _send(self, command: AtCommand) -> Lines:
        port_text, colon, digits = (command.value or "").partition(":")
        port, payload = number_of(port_text, 1, PORT_MAX), octets_of(digits)
        if port is None or not colon or not payload or len(digits) > DIGITS_MAX:
            return self._status(self.words.wrong)
        return self._status(self.words.busy) if self.busy else self._go(port, payload)

    def _go(self, port: int, payload: bytes) -> Lines:
        asked = self._ask_along(confirmed=bool(self.numbers["CFM"]))
        match self.device.send(self.now_s, port, payload, confirmed=asked.confirmed):
            case NotJoined():
                return self._status(self.words.not_joined)
            case Restricted() as refusal:
                return self._restricted(refusal)
            case TooLong():
                self._send_nothing()
                return self._status(self.words.wrong)
            case Exchange() as exchange:
                self._answered(asked)
                self._tell(exchange, asked)
        return self._status(self.words.ok)

    def _ask_along(self, *, confirmed: bool) -> Asked:
        """Put on the next uplink what was asked for beforehand."""
        time_too, link_too = self.numbers["TIMEREQ"], self.numbers["LINKCHECK"]
        if link_too:
            self.device.asks.add(Command.LINK_CHECK)
        if time_too:
            self.device.asks.add(Command.DEVICE_TIME)
        return Asked(confirmed, bool(time_too), bool(link_too))

    def _answered(self, asked: Asked) -> None:
        """Forget what was asked for once only."""
        self.numbers["TIMEREQ"] = 0
        if asked.link and self.numbers["LINKCHECK"] == 1:
            self.numbers["LINKCHECK"] = 0

    def _send_nothing(self) -> None:
        """Send a frame without a payload, as RUI3 does where one does not fit."""
        exchange = self.device.send(self.now_s, None, b"")
        if isinstance(exchange, Exchange):
            self._tell(exchange, Asked())

    def _tell(self, exchange: Exchange, asked: Asked) -> None:
        self._occupied(exchange)
        self._say(*events(exchange, asked), at_s=exchange.ends_s)
        if asked.confirmed:
            self._acknowledged = int(bool(exchange.acknowledged))
        if exchange.network_utc_s is not None:
            self._ahead_s = exchange.network_utc_s - exchange.sent_s
        if (downlink := exchange.heard) is not None:
            if downlink.payload:
                self._received = (downlink.port, downlink.payload)
            self._signal = rssi_of(downlink), snr_of(downlink)
        self._fetch_more(exchange)

    def _fetch_more(self, exchange: Exchange) -> None:
        """Send an empty frame where the network waits for one, without being told."""
        session, downlink = self.device.session, exchange.heard
        waits = session is not None and session.acknowledges
        if waits or (downlink is not None and downlink.pending):
            again = self.device.send(exchange.ends_s, None, b"")
            if isinstance(again, Exchange):
                self._tell(again, Asked())

    def _recv(self, command: AtCommand) -> Lines:
        if not command.asks:
            return self._status(self.words.wrong)
        (port, payload), self._received = self._received, (0, b"")
        return self._told("RECV", f"{port}:{payload.hex().upper()}")

    def _local_time(self, command: AtCommand) -> Lines:
        """Tell the network's time, the month before the day."""
        del command
        seconds = self.now_s if self._ahead_s is None else self.now_s + self._ahead_s
        moment = datetime.fromtimestamp(seconds, UTC)
        return self._told("LTIME", f"{moment:%Hh%Mm%Ss on %m/%d/%Y}")

    def _sleep(self, command: AtCommand) -> Lines:
        if command.value and number_of(command.value, 1, SLEEP_MS_MAX) is None:
            return self._status(self.words.wrong)
        self._asleep = True
        return self._status(self.words.ok)
