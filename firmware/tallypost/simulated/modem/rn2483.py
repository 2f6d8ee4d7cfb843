"""A Microchip RN2483 (863..870 MHz), and what its sisters share with it.

Source: Microchip "RN2483 LoRa Technology Module Command Reference" (DS40001784) and the
one of the RN2903 (DS40001811). Unlike others,

* a command is answered by one line, an uplink or a join by another one, seconds later;
* it finds out the speed at which it is spoken to from a break and the letter U;
* a downlink comes in the place of `mac_tx_ok`;
* it forgets what it was told, unless `mac save` has it kept.
"""

from collections.abc import Callable
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
from tallypost.simulated.lorawan.regions import (
    EU868,
    NARROW_CHANNELS,
    SUB_BAND_CHANNELS,
    Region,
    sub_band_of,
)
from tallypost.simulated.modem.at_command import number_of, octets_of
from tallypost.simulated.modem.base import SimulatedModem

OK, WRONG = "ok", "invalid_param"
PORT_MAX = 223
COUNTER_MAX = 0xFFFF_FFFF
NO_MARGIN = 255
SLEEP_MS = (100, 0xFFFF_FFFF)
OCTETS = {
    "deveui": 8,
    "appeui": 8,
    "appkey": 16,
    "devaddr": 4,
    "nwkskey": 16,
    "appskey": 16,
}
SECRET = {"appkey", "nwkskey", "appskey"}
SWITCHES = ("off", "on")


class Rn2483(SimulatedModem):
    """One for Europe."""

    model: ClassVar[str] = "rn2483"
    baud_default: ClassVar[int] = 57_600
    finds_speed: ClassVar[bool] = True
    banner: ClassVar[tuple[str, ...]] = ("RN2483 1.0.5 Oct 31 2018 15:06:52",)
    region: ClassVar[Region] = EU868

    def __init__(
        self,
        device: EndDevice,
        board: Board,
        introduce: Callable[[EndDevice], None] | None = None,
    ) -> None:
        super().__init__(device, board, introduce)
        device.draws_nonce = True
        device.keeps_counters = False
        self._own_eui = device.dev_eui
        if device.region is not self.region:
            device.move(self.region)
        self._factory()
        self._saved = dict(self._octets)
        self._forget()

    def _factory(self) -> None:
        self._octets = {name: bytes(count) for name, count in OCTETS.items()}
        self._retries = 7
        self._counters = {"upctr": 0, "dnctr": 0}
        self._check_every_s = 0
        self._checked_s = self.now_s
        self._link = (NO_MARGIN, 0)
        self._enabled = set(range(NARROW_CHANNELS + SUB_BAND_CHANNELS))

    def _forget(self) -> None:
        self.baud = self.baud_default
        self._factory()
        self._octets = dict(self._saved)
        self._asleep = False
        self._settle()

    def _settle(self) -> None:
        device = self.device
        device.dev_eui = self._octets["deveui"]
        device.join_eui = self._octets["appeui"]
        device.app_key = self._octets["appkey"]
        device.confirmed_tries = self._retries + 1

    def feed(self, octets: bytes) -> None:
        """Take what was said to it; U is for the speed alone, and wakes it."""
        if self._asleep and b"U" in octets:
            self._asleep = False
            self._say(OK)
        super().feed(octets.replace(b"U", b""))

    def _obey(self, line: str) -> None:
        if not self._asleep:
            self._say(*self._answer(line.split(" ")))

    def _answer(self, words: list[str]) -> list[str]:
        verbs: dict[tuple[str, ...], Callable[[list[str]], list[str]]] = {
            ("sys", "get"): self._system,
            ("sys", "reset"): self._reset,
            ("sys", "sleep"): self._sleep,
            ("mac", "reset"): self._mac_reset,
            ("mac", "save"): self._save,
            ("mac", "get"): self._get,
            ("mac", "set"): self._set,
            ("mac", "join"): self._join,
            ("mac", "tx"): self._send,
        }
        verb = verbs.get(tuple(words[:2]))
        return [WRONG] if verb is None else verb(words[2:])

    def _system(self, words: list[str]) -> list[str]:
        match words:
            case ["ver"]:
                return list(self.banner)
            case ["hweui"]:
                return [self._own_eui.hex().upper()]
            case _:
                return [WRONG]

    def _reset(self, words: list[str]) -> list[str]:
        del words
        self.restart()
        return []

    def _sleep(self, words: list[str]) -> list[str]:
        if len(words) != 1 or number_of(words[0], *SLEEP_MS) is None:
            return [WRONG]
        self._asleep = True
        return []

    def _mac_reset(self, words: list[str]) -> list[str]:
        """Forget all that was told; the band is named where there are two."""
        if (words == ["868"]) is not (self.region is EU868):
            return [WRONG]
        self.device.move(self.region)
        self.device.sub_band = None
        self._factory()
        self._settle()
        return [OK]

    def _save(self, words: list[str]) -> list[str]:
        del words
        self._saved = dict(self._octets)
        return [OK]

    def _get(self, words: list[str]) -> list[str]:
        device, session = self.device, self.device.session
        name = " ".join(words)
        if name in OCTETS and name not in SECRET:
            return [self._octets[name].hex().upper()]
        values = {
            "dr": device.data_rate,
            "adr": SWITCHES[device.adr],
            "upctr": 0 if session is None else session.counter,
            "dnctr": 0 if session is None else session.counter_down + 1,
            "mrgn": self._link[0],
            "gwnb": self._link[1],
            "retx": self._retries,
            "status": f"{int(self.joined):08X}",
        }
        return [str(values[name])] if name in values else [WRONG]

    def _set(self, words: list[str]) -> list[str]:
        match words:
            case [name, value] if name in OCTETS:
                return self._set_octets(name, value)
            case ["adr", state] if state in SWITCHES:
                self.device.adr = state == "on"
            case ["ch", "status", channel, state] if state in SWITCHES:
                return self._switch(channel, on=state == "on")
            case [name, value]:
                return self._set_number(name, value)
            case _:
                return [WRONG]
        return [OK]

    def _set_octets(self, name: str, value: str) -> list[str]:
        octets = octets_of(value, OCTETS[name])
        if octets is None:
            return [WRONG]
        self._octets[name] = octets
        self._settle()
        return [OK]

    def _set_number(self, name: str, value: str) -> list[str]:
        number = number_of(value, 0, COUNTER_MAX)
        if number is None:
            return [WRONG]
        if name == "dr" and number in self.device.region.usable():
            self.device.data_rate = number
        elif name == "retx":
            self._retries = number
            self._settle()
        elif name == "linkchk":
            self._check_every_s = number
        elif name in {"upctr", "dnctr"}:
            self._counters[name] = number
            self._go_on_counting()
        else:
            return [WRONG]
        return [OK]

    def _go_on_counting(self) -> None:
        """Have a session of ABP go on from the counters that were told."""
        session = self.device.session
        if session is not None and self.device.personal:
            session.counter = self._counters["upctr"]
            session.counter_down = self._counters["dnctr"] - 1

    def _switch(self, channel: str, *, on: bool) -> list[str]:
        """Switch a channel; the device here knows whole sub-bands, or all channels."""
        region = self.device.region
        number = number_of(channel, 0, len(region.defaults) - 1)
        if number is None:
            return [WRONG]
        (self._enabled.add if on else self._enabled.discard)(number)
        self.device.sub_band = sub_band_of(region, self._enabled)
        return [OK]

    def _join(self, words: list[str]) -> list[str]:
        if words not in (["otaa"], ["abp"]):
            return [WRONG]
        if self.busy:
            return ["busy"]
        if not any(self._octets["appkey" if words == ["otaa"] else "nwkskey"]):
            return ["keys_not_init"]
        return self._ask_to_join() if words == ["otaa"] else self._personalise()

    def _ask_to_join(self) -> list[str]:
        self._joining()
        exchange = self.device.join(self.now_s)
        if isinstance(exchange, Restricted):
            return ["no_free_ch"]
        self._occupied(exchange, joining=True)
        told = "accepted" if exchange.acknowledged else "denied"
        self._say(told, at_s=exchange.ends_s)
        return [OK]

    def _personalise(self) -> list[str]:
        keys = Keys(self._octets["nwkskey"], self._octets["appskey"])
        address = int.from_bytes(self._octets["devaddr"], "big")
        self.device.personalise(address, keys)
        self._go_on_counting()
        self._joining()
        return [OK, "accepted"]

    def _send(self, words: list[str]) -> list[str]:
        match words:
            case ["cnf" | "uncnf" as kind, port_text, digits]:
                port, payload = number_of(port_text, 1, PORT_MAX), octets_of(digits)
            case _:
                return [WRONG]
        if port is None or payload is None:
            return [WRONG]
        if self.busy:
            return ["busy"]
        return self._go(port, payload, confirmed=kind == "cnf")

    def _go(self, port: int, payload: bytes, *, confirmed: bool) -> list[str]:
        due = self.now_s - self._checked_s >= self._check_every_s
        if self._check_every_s and due:
            self._checked_s = self.now_s
            self.device.asks.add(Command.LINK_CHECK)
        match self.device.send(self.now_s, port, payload, confirmed=confirmed):
            case NotJoined():
                return ["not_joined"]
            case Restricted():
                return ["no_free_ch"]
            case TooLong():
                return ["invalid_data_len"]
            case Exchange() as exchange:
                self._tell(exchange)
        return [OK]

    def _tell(self, exchange: Exchange) -> None:
        self._occupied(exchange)
        self._link = exchange.link or self._link
        told = "mac_err" if exchange.acknowledged is False else "mac_tx_ok"
        if (downlink := exchange.downlink) is not None:
            told = f"mac_rx {downlink.port} {downlink.payload.hex().upper()}"
        self._say(told, at_s=exchange.ends_s)
