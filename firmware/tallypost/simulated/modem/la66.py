"""A Dragino LA66.

Source: dragino/LA66, DRAGINO-LRWAN-AT (command.c, lora_app.c, main.c). Unlike others,

* its firmware is made for one region, and it does not answer AT alone;
* it joins by itself when it starts, and says so at any time, the line's end reversed;
* it does not say that a confirmed uplink was acknowledged: only counters tell;
* it says that a downlink is there, and keeps but one;
* it says in passing that a payload is too long, sends an empty frame, and then OK;
* it draws its DevNonce, and takes another sub-band only at its next start;
* it acts by itself on downlinks that look like its own: 0x04 0xFF starts it afresh.
"""

from collections.abc import Mapping
from typing import ClassVar

from tallypost.simulated.lorawan.outcome import (
    Exchange,
    NotJoined,
    Restricted,
    TooLong,
)
from tallypost.simulated.lorawan.regions import is_fixed
from tallypost.simulated.modem.at_command import AtCommand, number_of, octets_of
from tallypost.simulated.modem.at_modem import (
    BareAtModem,
    Lines,
    Number,
    Verb,
    Vocabulary,
)
from tallypost.simulated.modem.base import rssi_of, snr_of

PORT_MAX = 255
PAYLOAD_BYTES_MAX = 242
PARTS = 4
COUNTER_MAX = 0x7FFF_FFFF
RESET_DOWNLINK = b"\x04\xff"
REVERSED_END = b"\n\r"


class La66(BareAtModem):
    """One of them."""

    model: ClassVar[str] = "la66"
    baud_default: ClassVar[int] = 9_600
    words: ClassVar[Vocabulary] = Vocabulary(not_joined="AT_NO_NET_JOINED")
    fixed: ClassVar[Mapping[str, str]] = {}
    number_table: ClassVar[Mapping[str, Number]] = {
        "ADR": Number(0, 1, 1),
        "DCS": Number(0, 1, 0),
        "NJM": Number(0, 1, 1),
        "TXP": Number(0, 15, 0),
        "CHE": Number(0, 8, 0),
    }
    octet_table: ClassVar[Mapping[str, int]] = {
        "DEUI": 8,
        "APPEUI": 8,
        "APPKEY": 16,
        "DADDR": 4,
        "NWKSKEY": 16,
        "APPSKEY": 16,
    }

    def _verb_table(self) -> dict[str, Verb]:
        self.device.draws_nonce = True
        self.device.keeps_counters = False
        self.octets["DEUI"] = self.device.dev_eui
        self.numbers["DCS"] = int(self.device.duty_cycle)
        self._confirms = [0, 7, 0]
        return {
            "": lambda _: (),
            "VER": lambda _: self._told("VER", f"{self._band} v1.3"),
            "CFM": self._confirm,
            "FCU": self._up_counter,
            "FCD": self._down_counter,
            "JOIN": self._join,
            "NJS": lambda _: self._told("NJS", int(self.joined)),
            "RSSI": lambda _: self._told("RSSI", self._signal[0]),
            "SNR": lambda _: self._told("SNR", self._signal[1]),
            "RECVB": self._recv,
            "SENDB": self._send,
            "SLEEP": self._sleep,
        }

    @property
    def _band(self) -> str:
        return self.device.region.name.upper()

    @property
    def banner(self) -> tuple[str, ...]:  # type: ignore[override]  # it shows its DevEUI
        """What it says when it starts."""
        return (
            "",
            "Dragino LA66 Device",
            "Image Version: v1.3",
            "LoRaWan Stack: DR-LWS-007",
            f"Frequency Band: {self._band}",
            f"DevEui= {self._spelt(self.octets['DEUI'])}",
        )

    def _forget(self) -> None:
        self._received = (0, b"")
        self._signal = (0, 0)
        if is_fixed(self.device.region):
            self.device.sub_band = self.numbers["CHE"] or None

    def restart(self, *, brown_out: bool = False) -> None:
        """Start afresh, and join without being asked to."""
        super().restart(brown_out=brown_out)
        self._ask_to_join(self._deaf_until_s)

    def _spelt(self, octets: bytes) -> str:
        return octets.hex(" ").upper()

    def _settle(self) -> None:
        device = self.device
        device.adr = bool(self.numbers["ADR"])
        device.duty_cycle = bool(self.numbers["DCS"])
        device.confirmed_tries = self._confirms[1] + 1 if self._confirms[0] else 1
        device.dev_eui = self.octets["DEUI"]
        device.join_eui = self.octets["APPEUI"]
        device.app_key = self.octets["APPKEY"]

    def _confirm(self, command: AtCommand) -> Lines:
        if command.asks:
            return self._told("CFM", ",".join(map(str, self._confirms)))
        told = (command.value or "").split(",")
        numbers = [
            number_of(text, 0, most)
            for text, most in zip(told, (1, 7, 1), strict=False)
        ]
        if None in numbers or len(told) not in {1, len(self._confirms)}:
            return self._status(self.words.wrong)
        self._confirms = [*(number or 0 for number in numbers), 7, 0][:3]
        self._settle()
        return self._status(self.words.ok)

    def _up_counter(self, command: AtCommand) -> Lines:
        session = self.device.session
        if command.asks:
            return self._told("FCU", 0 if session is None else session.counter)
        counter = number_of(command.value or "", 1, COUNTER_MAX)
        if counter is None or session is None:
            return self._status(self.words.wrong)
        session.counter = counter
        return self._status(self.words.ok)

    def _down_counter(self, command: AtCommand) -> Lines:
        session = self.device.session
        if command.asks:
            return self._told("FCD", 0 if session is None else session.counter_down + 1)
        counter = number_of(command.value or "", 1, COUNTER_MAX)
        if counter is None or session is None:
            return self._status(self.words.wrong)
        session.counter_down = counter - 1
        return self._status(self.words.ok)

    def _join(self, command: AtCommand) -> Lines:
        del command
        if not self.busy:
            self._ask_to_join(self.now_s)
        return self._status(self.words.ok)

    def _ask_to_join(self, begins_s: float) -> None:
        """Ask once; nothing is said of it but that it went well."""
        self._joining()
        if not self.numbers["NJM"]:
            self._personalise("DADDR", "NWKSKEY", "APPSKEY")
            self._joining()
            self._put(begins_s, b"JOINED" + REVERSED_END)
            return
        exchange = self.device.join(begins_s)
        if isinstance(exchange, Restricted):
            return
        self._occupied(exchange, joining=True)
        if exchange.acknowledged:
            self._put(exchange.ends_s, b"JOINED" + REVERSED_END)

    def _sleep(self, command: AtCommand) -> Lines:
        """Sleep: only a start ends that."""
        del command
        self.stuck = True
        return ()

    def _send(self, command: AtCommand) -> Lines:
        parts = (command.value or "").split(",")
        if len(parts) != PARTS:
            return self._status(self.words.wrong)
        bounds = ((0, 1), (1, PORT_MAX), (1, PAYLOAD_BYTES_MAX))
        confirmed, port, count = (
            number_of(text, *both) for text, both in zip(parts, bounds, strict=False)
        )
        payload = None if count is None else octets_of(parts[3], count)
        if confirmed is None or port is None or payload is None:
            return self._status(self.words.wrong)
        if self.device.session is not None and self.busy:
            return self._status(self.words.busy)
        return self._go(port, payload, confirmed=bool(confirmed))

    def _go(self, port: int, payload: bytes, *, confirmed: bool) -> Lines:
        match self.device.send(self.now_s, port, payload, confirmed=confirmed):
            case NotJoined():
                return self._status(self.words.not_joined)
            case Restricted():
                return self._status(self.words.busy)
            case TooLong():
                empty = self.device.send(self.now_s, None, b"")
                if isinstance(empty, Exchange):
                    self._tell(empty)
                oversize = "uplink payload oversize at current data rate"
                return (oversize, *self._status(self.words.ok))
            case Exchange() as exchange:
                self._tell(exchange)
        return self._status(self.words.ok)

    def _tell(self, exchange: Exchange) -> None:
        self._occupied(exchange)
        self._say("txDone", at_s=exchange.sent_s)
        downlink = exchange.downlink
        if downlink is None:
            return
        self._signal = rssi_of(downlink), snr_of(downlink)
        self._received = (downlink.port, downlink.payload)
        self._say("Run AT+RECVB=? to see detail", at_s=exchange.ends_s)
        if downlink.payload == RESET_DOWNLINK:
            self._later(exchange.ends_s, self._obey_downlink)

    def _obey_downlink(self) -> bytes:
        self.restart()
        return b""

    def _recv(self, command: AtCommand) -> Lines:
        if not command.asks:
            return self._status(self.words.wrong)
        port, payload = self._received
        self._received = (port, b"")
        return self._told("RECVB", f"{port}:{payload.hex()}")
