"""An STM32WL with ST's own firmware (AT_Slave).

Source: STMicroelectronics STM32CubeWL, LoRaWAN_AT_Slave, lora_at.c, and LmHandler.c
below it. Unlike others,

* it says nothing more of an unconfirmed uplink, and of a confirmed one only good news;
* it refuses a payload that is too long with AT_ERROR, and sends an empty frame;
* where the network has more to tell, it sends an empty frame by itself, and is busy;
* it takes the one key of LoRaWAN 1.0 from the place that 1.1 gave it, NWKKEY;
* it forgets what it was told, and its DevNonce, unless AT+CS has it kept in flash;
* it shows its keys when it starts.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from tallypost.simulated.lorawan.commands import Command
from tallypost.simulated.lorawan.outcome import (
    Exchange,
    NotJoined,
    Restricted,
    TooLong,
)
from tallypost.simulated.lorawan.regions import REGIONS
from tallypost.simulated.modem.at_command import AtCommand, number_of, octets_of
from tallypost.simulated.modem.at_modem import (
    BareAtModem,
    Lines,
    Number,
    Verb,
    Vocabulary,
)
from tallypost.simulated.modem.base import rssi_of, snr_of

BANDS = {0: "as923", 1: "au915", 5: "eu868", 7: "in865", 8: "us915"}
BANDS_MAX = 9
PORT_MAX = 199
PARTS = 3
AHEAD_S = 7200
"""What LTIME tells is in a zone of two hours."""


class Stm32wl(BareAtModem):
    """One of them."""

    model: ClassVar[str] = "stm32wl"
    baud_default: ClassVar[int] = 9_600
    words: ClassVar[Vocabulary] = Vocabulary()
    fixed: ClassVar[Mapping[str, str]] = {
        "VER": "APPLICATION_VERSION: V1.3.0\r\nMW_LORAWAN_VERSION:  V2.5.0",
    }
    number_table: ClassVar[Mapping[str, Number]] = {
        "ADR": Number(0, 1, 1),
        "DCS": Number(0, 1, 1),
        "TXP": Number(0, 14, 0),
        "NWKID": Number(0, 127, 0),
    }
    octet_table: ClassVar[Mapping[str, int]] = {
        "DEUI": 8,
        "APPEUI": 8,
        "APPKEY": 16,
        "NWKKEY": 16,
        "DADDR": 4,
        "NWKSKEY": 16,
        "APPSKEY": 16,
    }

    def _verb_table(self) -> dict[str, Verb]:
        self.device.keeps_nonce = self.device.keeps_counters = False
        self.device.confirmed_tries = 1
        self.octets["DEUI"] = self.device.dev_eui
        self._kept = (dict(self.numbers), dict(self.octets), self.device.region.name)
        return {
            "BAND": self._band,
            "CS": self._keep,
            "JOIN": self._join,
            "LINKC": self._check_link,
            "LTIME": self._local_time,
            "SEND": self._send,
        }

    def _forget(self) -> None:
        numbers, octets, region = self._kept
        self.numbers, self.octets = dict(numbers), dict(octets)
        self._settle()
        if region != self.device.region.name:
            self.device.move(REGIONS[region])

    @property
    def banner(self) -> tuple[str, ...]:  # type: ignore[override]  # it shows its keys
        """What it says when it starts."""
        shown = {"DevEUI": "DEUI", "AppEUI": "APPEUI", "NwkKey": "NWKKEY"}
        return (
            *self.fixed["VER"].split("\r\n"),
            "###### OTAA ######",
            *(f"###### {n}:  {self._spelt(self.octets[k])}" for n, k in shown.items()),
            "ATtention command interface",
            "AT? to list all available functions",
        )

    def _spelt(self, octets: bytes) -> str:
        return octets.hex(":").upper()

    def _settle(self) -> None:
        device = self.device
        device.adr = bool(self.numbers["ADR"])
        device.duty_cycle = bool(self.numbers["DCS"])
        device.dev_eui = self.octets["DEUI"]
        device.join_eui = self.octets["APPEUI"]
        device.app_key = self.octets["NWKKEY"]

    def _keep(self, command: AtCommand) -> Lines:
        """Keep in flash what it was told, and which DevNonce is the next."""
        del command
        self._kept = (dict(self.numbers), dict(self.octets), self.device.region.name)
        self.device.keeps_nonce = True
        return self._status(self.words.ok)

    def _band(self, command: AtCommand) -> Lines:
        if command.asks:
            name = self.device.region.name
            number = next(number for number, one in BANDS.items() if one == name)
            return self._told("BAND", f"{number}:{name.upper()}")
        band = number_of(command.value or "", 0, BANDS_MAX)
        if band is None:
            return self._status(self.words.wrong)
        if band not in BANDS:
            return self._status(self.words.unknown)
        self.device.move(REGIONS[BANDS[band]])
        return self._status(self.words.ok)

    def _choose_rate(self, data_rate: int) -> str:
        """Refuse one while the network chooses it."""
        if self.numbers["ADR"]:
            return self.words.unknown
        return super()._choose_rate(data_rate)

    def _join(self, command: AtCommand) -> Lines:
        mode = number_of(command.value or "", 0, 1)
        if mode is None:
            return self._status(self.words.wrong)
        if self.busy:
            return self._status(self.words.busy)
        if not mode:
            self._personalise("DADDR", "NWKSKEY", "APPSKEY")
            self._joining()
            self._say("", "+EVT:JOINED")  # before the OK
            return self._status(self.words.ok)
        self._joining()
        exchange = self.device.join(self.now_s)
        if isinstance(exchange, Restricted):
            return self._status("AT_DUTYCYCLE_RESTRICTED")
        self._occupied(exchange, joining=True)
        event = "+EVT:JOINED" if exchange.acknowledged else "+EVT:JOIN FAILED"
        self._say("", event, at_s=exchange.ends_s)
        return self._status(self.words.ok)

    def _check_link(self, command: AtCommand) -> Lines:
        del command
        self.device.asks.add(Command.LINK_CHECK)
        return self._status(self.words.ok)

    def _local_time(self, command: AtCommand) -> Lines:
        """Tell a time that nobody set: it counts from the start."""
        del command
        passed = datetime.fromtimestamp(
            self.now_s - self.device.begins_s + AHEAD_S, UTC
        )
        return self._told("LTIME", f"LTIME:{passed:%Hh%Mm%Ss on %m/%d/%Y}")

    def _send(self, command: AtCommand) -> Lines:
        parts = (command.value or "").split(":")
        if len(parts) != PARTS:
            return self._status(self.words.wrong)
        port, confirmed = number_of(parts[0], 1, PORT_MAX), number_of(parts[1], 0, 1)
        payload = octets_of(parts[2])
        if port is None or confirmed is None or payload is None:
            return self._status(self.words.wrong)
        if self.busy:
            return self._status(self.words.busy)
        return self._status(self._go(port, payload, confirmed=bool(confirmed)))

    def _go(self, port: int, payload: bytes, *, confirmed: bool) -> str:
        match self.device.send(self.now_s, port, payload, confirmed=confirmed):
            case NotJoined():
                return self.words.not_joined
            case Restricted():
                return "AT_DUTYCYCLE_RESTRICTED"
            case TooLong():
                empty = self.device.send(self.now_s, None, b"")
                if isinstance(empty, Exchange):
                    self._tell(empty)
                return self.words.unknown
            case Exchange() as exchange:
                self._tell(exchange)
        return self.words.ok

    def _tell(self, exchange: Exchange) -> None:
        self._occupied(exchange)
        self._say(*self._events(exchange), at_s=exchange.ends_s)
        if exchange.heard is not None and exchange.heard.pending:
            again = self.device.send(exchange.ends_s, None, b"")
            if isinstance(again, Exchange):
                self._tell(again)

    def _events(self, exchange: Exchange) -> list[str]:
        lines = ["", "+EVT:SEND_CONFIRMED"] if exchange.acknowledged else []
        heard = ""
        if (downlink := exchange.heard) is not None:
            payload = downlink.payload
            told = f"{downlink.port}:{len(payload):02X}:{payload.hex().upper()}"
            lines += ["", f"+EVT:{told}"] if payload else []
            heard = (
                f"+EVT:RX_{downlink.window}, PORT {downlink.port}, "
                f"DR {downlink.data_rate}, RSSI {rssi_of(downlink)}, "
                f"SNR {snr_of(downlink)}"
            )
        if exchange.link is not None:
            margin, gateways = exchange.link
            heard += f", DMODM {margin}, GWN {gateways}"
        return [*lines, heard] if heard else lines
