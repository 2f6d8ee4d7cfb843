"""A Seeed LoRa-E5, also called Wio-E5.

Source: Seeed "LoRa-E5 AT Command Specification" V1.0, and what drivers of others have
recorded of it. Unlike others,

* LF alone ends a command;
* each answer begins with the command's name, and there is no OK;
* an uplink, and a join, say several lines, of which the last is "Done";
* a payload that is too long sends nothing, and what would fit is told;
* it can be asked how much fits just now, less what the MAC has to answer.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

from tallypost.board.base import Board
from tallypost.simulated.lorawan.commands import Command
from tallypost.simulated.lorawan.crypto import Keys
from tallypost.simulated.lorawan.device import EndDevice
from tallypost.simulated.lorawan.outcome import (
    Exchange,
    NotJoined,
    Restricted,
    TooLong,
)
from tallypost.simulated.lorawan.regions import REGIONS, is_fixed
from tallypost.simulated.modem.at_command import number_of, octets_of
from tallypost.simulated.modem.base import SimulatedModem
from tallypost.simulated.modem.lora_e5_events import outcome_told

WRONG, UNKNOWN, FORMAT, MODE, CHARACTER = -1, -10, -11, -12, -23
PORT_MAX = 255
COUNTER_MAX = 0xFFFF_FFFF
CLOCK_BEGINS_UTC_S = 1_577_836_800
"""2020-01-01T00:00:00Z."""
IDENTITIES = {
    "DEVADDR": ("DevAddr", 4),
    "DEVEUI": ("DevEui", 8),
    "APPEUI": ("AppEui", 8),
}
KEYS = ("APPKEY", "NWKSKEY", "APPSKEY")
KEY_BYTES = 16
_COMMAND = re.compile(r"AT(?:\+([A-Za-z]+)(?:=(.*))?)?")
_SPAN = re.compile(r"NUM, ?(\d{1,2})-(\d{1,2})")
BUSY = "LoRaWAN modem is busy"
Say = list[str]


class LoraE5(SimulatedModem):
    """One of them; what it is told it keeps in flash."""

    model: ClassVar[str] = "lora_e5"
    baud_default: ClassVar[int] = 9_600
    line_ends: ClassVar[bytes] = b"\n"

    def __init__(
        self,
        device: EndDevice,
        board: Board,
        introduce: Callable[[EndDevice], None] | None = None,
    ) -> None:
        super().__init__(device, board, introduce)
        device.draws_nonce = True
        device.keeps_counters = False
        self._identities = {"DEVADDR": bytes(4), "DEVEUI": device.dev_eui}
        self._identities["APPEUI"] = device.join_eui
        self._keys = dict.fromkeys(KEYS, bytes(KEY_BYTES))
        self._plain = {"CLASS": "A", "REPT": "1", "RETRY": "3", "POWER": "14"}
        self._mode = "LWOTAA"
        self._port = 8
        self._forget()
        self._verbs: dict[str, Callable[[str | None], Say]] = {
            "VER": lambda _: ["4.0.11"],
            "RESET": self._reset,
            "ID": self._identity,
            "KEY": self._key,
            "MODE": self._change_mode,
            "DR": self._rate,
            "CH": self._channels,
            "ADR": self._adaptive,
            "PORT": self._choose_port,
            "LW": self._lower_layer,
            "RTC": self._clock,
            "LOWPOWER": self._sleep,
            "JOIN": self._join,
            "MSGHEX": lambda value: self._send("MSGHEX", value, confirmed=False),
            "CMSGHEX": lambda value: self._send("CMSGHEX", value, confirmed=True),
        }

    def _forget(self) -> None:
        self._ahead_s = CLOCK_BEGINS_UTC_S - self.now_s
        self._asleep = False

    def feed(self, octets: bytes) -> None:
        """Take what was said to it; anything wakes it, and is lost."""
        if self._asleep and octets:
            self._asleep = False
            self._say("+LOWPOWER: WAKEUP")
            return
        super().feed(octets.replace(b"\xff", b""))

    def _obey(self, line: str) -> None:
        found = _COMMAND.fullmatch(line)
        if found is None:
            self._say(f"+AT: ERROR({FORMAT})")
            return
        name = (found[1] or "").upper()
        if not name:
            self._say("+AT: OK")
        elif name in self._verbs:
            self._say(*(f"+{name}: {text}" for text in self._verbs[name](found[2])))
        elif name in self._plain:
            self._plain[name] = found[2] or self._plain[name]
            self._say(f"+{name}: {self._plain[name]}")
        else:
            self._say(f"+{name}: ERROR({UNKNOWN})")

    @staticmethod
    def _error(number: int) -> Say:
        return [f"ERROR({number})"]

    def _reset(self, value: str | None) -> Say:
        del value
        self.restart()
        self._say("+RESET: OK", at_s=self.now_s)
        return []

    def _sleep(self, value: str | None) -> Say:
        if value is None:
            self._asleep = True
        return ["SLEEP" if value is None else value]

    def _identity(self, value: str | None) -> Say:
        name, _, told = (value or "").partition(",")
        names = [name.strip().upper()] if value else list(IDENTITIES)
        if not set(names) <= set(IDENTITIES):
            return self._error(WRONG)
        if told:
            octets = octets_of(told.strip().strip('"'), IDENTITIES[names[0]][1])
            if octets is None:
                return self._error(WRONG)
            self._identities[names[0]] = octets
            self.device.dev_eui = self._identities["DEVEUI"]
            self.device.join_eui = self._identities["APPEUI"]
        return [
            f"{IDENTITIES[one][0]}, {self._identities[one].hex(':').upper()}"
            for one in names
        ]

    def _key(self, value: str | None) -> Say:
        name, _, told = (value or "").partition(",")
        octets = octets_of(told.strip().strip('"'), KEY_BYTES)
        if name.upper() not in KEYS or octets is None:
            return self._error(WRONG)
        self._keys[name.upper()] = octets
        self.device.app_key = self._keys["APPKEY"]
        return [f"{name.upper()}, {octets.hex().upper()}"]

    def _change_mode(self, value: str | None) -> Say:
        if value is not None:
            if value.upper() not in {"LWOTAA", "LWABP", "TEST"}:
                return self._error(WRONG)
            self._mode = value.upper()
            self.device.session, self.device.personal = None, False
        return [self._mode]

    def _personalise(self) -> None:
        """Begin the session of ABP, where that is the mode and none has begun."""
        if self._mode != "LWABP" or self.device.session is not None:
            return
        address = int.from_bytes(self._identities["DEVADDR"], "big")
        keys = Keys(self._keys["NWKSKEY"], self._keys["APPSKEY"])
        self.device.personalise(address, keys)
        self._joining()

    def _rate(self, value: str | None) -> Say:
        """Choose a region, or a data rate of it."""
        device = self.device
        told = (value or "").upper()
        if told.lower() in REGIONS:
            device.move(REGIONS[told.lower()])
            return [told]
        if told:
            data_rate = number_of(told.removeprefix("DR"), 0, 15)
            if data_rate not in device.region.usable():
                return self._error(WRONG)
            device.data_rate = data_rate
        rate = device.region.up[device.data_rate]
        speed = f"SF{rate.spreading_factor} BW{rate.bandwidth_hz // 1000}K"
        number = f"DR{device.data_rate}"
        return [number, f"{device.region.name.upper()} {number}  {speed}"]

    def _channels(self, value: str | None) -> Say:
        """Choose channels by number: a sub-band's, or all."""
        found = _SPAN.fullmatch(value or "")
        if found is None:
            return self._error(WRONG)
        first, last = int(found[1]), int(found[2])
        if is_fixed(self.device.region):
            self.device.sub_band = first // 8 + 1 if last == first + 7 else None
        return [f"NUM, {first}-{last}"]

    def _adaptive(self, value: str | None) -> Say:
        if value is not None and value.upper() not in {"ON", "OFF"}:
            return self._error(WRONG)
        if value is not None:
            self.device.adr = value.upper() == "ON"
        return ["ON" if self.device.adr else "OFF"]

    def _choose_port(self, value: str | None) -> Say:
        port = self._port if value is None else number_of(value, 1, PORT_MAX)
        if port is None:
            return self._error(WRONG)
        self._port = port
        return [str(port)]

    def _lower_layer(self, value: str | None) -> Say:
        """Ask the MAC, or have it ask the network with the next uplink."""
        self._personalise()
        name, *told = (value or "").upper().split(",")
        device, session = self.device, self.device.session
        if name == "LEN":
            return [f"LEN, {device.payload_bytes_max()}"]
        if name in {"LCR", "DTR"}:
            asks = Command.LINK_CHECK if name == "LCR" else Command.DEVICE_TIME
            device.asks.add(asks)
            return [name]
        if name != "ULDL":
            return self._error(WRONG)
        if len(told) == 2 and session is not None:  # noqa: PLR2004  # up and down
            up, down = (number_of(text.strip(), 0, COUNTER_MAX) for text in told)
            session.counter = up or 0
            session.counter_down = (down or 0) - 1
        up, down = (
            (0, 0) if session is None else (session.counter, session.counter_down + 1)
        )
        return [f"ULDL, {up}, {down}"]

    def _clock(self, value: str | None) -> Say:
        del value
        moment = datetime.fromtimestamp(self.now_s + self._ahead_s, UTC)
        return [f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"]

    def _join(self, value: str | None) -> Say:
        if self.busy:
            return [BUSY]
        if self._mode != "LWOTAA":
            return self._error(MODE)
        if self.joined and value is None:
            return ["Joined already"]
        self._joining()
        exchange = self.device.join(self.now_s)
        if isinstance(exchange, Restricted):
            return [f"No band in {int(exchange.wait_s * 1000) + 1}ms"]
        self._occupied(exchange, joining=True)
        session = self.device.session
        ends = ["Join failed", "Done"]
        if exchange.acknowledged and session is not None:
            address = session.address.to_bytes(4, "big").hex(":").upper()
            ends = ["Network joined", f"NetID 000013 DevAddr {address}", "Done"]
        self._say(*(f"+JOIN: {text}" for text in ends), at_s=exchange.ends_s)
        return ["Start", "NORMAL" if value is None else "FORCE"]

    def _send(self, name: str, value: str | None, *, confirmed: bool) -> Say:
        payload = octets_of((value or "").strip('"'))
        if payload is None:
            return self._error(CHARACTER)
        return [BUSY] if self.busy else self._go(name, payload, confirmed=confirmed)

    def _go(self, name: str, payload: bytes, *, confirmed: bool) -> Say:
        tries = self._plain["RETRY" if confirmed else "REPT"]
        self.device.confirmed_tries = int(tries) + 1 if tries.isdigit() else 1
        port = self._port if payload else None
        self._personalise()
        match self.device.send(self.now_s, port, payload, confirmed=confirmed):
            case NotJoined():
                return ["Please join network first"]
            case Restricted(wait_s):
                return [f"No band in {int(wait_s * 1000) + 1}ms"]
            case TooLong(payload_bytes_max):
                return [f"Length error {payload_bytes_max}"]
            case Exchange() as exchange:
                self._tell(name, exchange)
        return ["Start", *(["Wait ACK"] if confirmed else [])]

    def _tell(self, name: str, exchange: Exchange) -> None:
        self._occupied(exchange)
        if exchange.network_utc_s is not None:
            self._ahead_s = exchange.network_utc_s - exchange.sent_s
        lines = (f"+{name}: {text}" for text in outcome_told(exchange))
        self._say(*lines, at_s=exchange.ends_s)
