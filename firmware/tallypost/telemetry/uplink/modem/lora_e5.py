"""Drives a Seeed LoRa-E5, also called Wio-E5.

Source: Seeed "LoRa-E5 AT Command Specification" V1.0, and what drivers of others have
recorded of firmware 4.0.11. What a caller would not expect, and this driver sees to:

* Each answer begins with `+NAME: `; there is no OK. A setting is answered by its value,
  also where it is a key: answers are never shown.
* An uplink and a join say several lines, the last of which is "Done", whatever became
  of them; a refusal is one line, and no "Done".
* The port is a setting, not part of an uplink, and stays until it is set anew.
* It can be asked how many bytes fit just now, less what its own answers to the network
  take. It cannot be asked whether it is in a network: that is known from what it said.
* Its clock begins in 2020 at each start: it is believed only once the network answered.
"""

import re
from typing import ClassVar

from tallypost.board.base import Board
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Identity,
    LinkCheck,
    ModemInfo,
    Radio,
    Region,
    Sent,
    Session,
)
from tallypost.telemetry.uplink.modem.conversation import Ends, Grammar, Patience
from tallypost.telemetry.uplink.modem.driver import Driver
from tallypost.telemetry.uplink.modem.line import Line
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.words import (
    Checked,
    Finished,
    Joined,
    JoinFailed,
    Rules,
    Said,
    Signal,
    Started,
    Told,
    Verdict,
    Words,
    heard,
    hexadecimal,
    meant,
    received,
    utc_s,
)

SPEED_BAUD = 9_600
_LINE = re.compile(r"\+([A-Z]+): ?(.*)")
_FAULT = re.compile(r"ERROR ?\(-(\d{1,3})\)")
_FAULTS = {1: Verdict.PARAMETER, 10: Verdict.UNKNOWN, 12: Verdict.WRONG_MODE}
_SIGNAL = re.compile(r"RXWIN\d+, RSSI (-?\d{1,4}), SNR (-?\d{1,4}(?:\.\d{1,3})?)")
_DOWNLINK = re.compile(r'PORT: ?(\d{1,3}); ?RX: ?"([0-9A-Fa-f ]*)"')
_CHECK = re.compile(r"Link (\d{1,3}), ?(\d{1,3})")
_TOO_LONG = re.compile(r"Length error ?(\d{1,3})?")
_NO_AIRTIME = re.compile(r"No (?:free channel|band)(?: in (\d{1,9}) ?ms)?")
_PLAIN: dict[str, Said] = {
    "Network joined": Joined(),
    "Joined already": Told(Verdict.DONE),
    "Join failed": JoinFailed(),
    "ACK Received": Finished(acknowledged=True),
    "Done": Finished(None),
    "LoRaWAN modem is busy": Told(Verdict.BUSY),
    "Please join network first": Told(Verdict.NOT_JOINED),
    "DR error": Told(Verdict.PARAMETER),
}
_TRAFFIC = {"JOIN", "MSG", "CMSG", "MSGHEX", "CMSGHEX"}
_DATA_RATE = re.compile(r"\+DR: .*\bDR(\d{1,2})\b.*")
_TIME = re.compile(
    r"\+RTC: *(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?"
)
_LENGTH = re.compile(r"\+LW: LEN, *(\d{1,3})")
_COUNTERS = re.compile(r"\+LW: ULDL, *(\d{1,10}), *(\d{1,10})")
_DEV_EUI = re.compile(r"\+ID: DevEui, *([0-9A-Fa-f: ]+)", re.IGNORECASE)
_VERSION = re.compile(r"\+VER: *(\d.*)")


def read(line: str) -> Said:
    """Return what one line means; takes any line."""
    found = _LINE.fullmatch(line)
    if found is None:
        return Words(line)
    name, text = found[1], found[2].strip()
    if fault := _FAULT.fullmatch(text):
        return Told(_FAULTS.get(int(fault[1]), Verdict.ERROR))
    if (name, text) == ("RESET", "OK"):
        return Started(line)
    if name not in _TRAFFIC:
        return Words(line)
    return _PLAIN.get(text) or meant(text, _RULES) or Words(line)


def _refused_airtime(found: re.Match[str]) -> Told:
    wait_s = int(found[1]) / 1000 if found[1] else None
    return Told(Verdict.AIRTIME, wait_s=wait_s)


_RULES: Rules = (
    (_SIGNAL, lambda found: Signal(float(found[1]), float(found[2]))),
    (_DOWNLINK, lambda found: received(heard(found[1], found[2]))),
    (_CHECK, lambda found: Checked(LinkCheck(int(found[1]), int(found[2])))),
    (_TOO_LONG, lambda found: Told(Verdict.TOO_LONG, bytes_max=int(found[1] or 0))),
    (_NO_AIRTIME, _refused_airtime),
)


def _begins(beginning: str) -> Ends:
    return lambda text: text.startswith(beginning)


def _rouse(line: Line) -> None:
    """End half a line; four bytes of ones wake one that sleeps."""
    line.write_raw(b"\xff\xff\xff\xff\r\n")


class LoraE5(Driver):
    """A LoRa-E5."""

    grammar: ClassVar[Grammar] = Grammar("lora_e5", read, _rouse)

    def __init__(self, port: Port, board: Board, patience: Patience) -> None:
        super().__init__(port, board, patience)
        self._port: int | None = None

    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""
        return ModemInfo(
            model="lora_e5",
            version=self._get("AT+VER", _VERSION)[1],
            dev_eui=hexadecimal(self._get("AT+ID=DevEui", _DEV_EUI)[1]),
            keeps_nonce=None,  # it draws them at random
            keeps_counters=False,
        )

    def data_rate(self) -> int:
        """Return at what data rate the next uplink goes, by the region's number."""
        return int(self._get("AT+DR", _DATA_RATE)[1])

    def payload_max(self) -> int:
        """Return how many bytes fit into an uplink just now, as the modem says."""
        return int(self._get("AT+LW=LEN", _LENGTH)[1])

    def counters(self) -> Counters | None:
        """Return the frame counters."""
        found = self._get("AT+LW=ULDL", _COUNTERS)
        return Counters(int(found[1]), int(found[2]))

    def sleep(self) -> None:
        """Have the modem sleep until anything is said to it."""
        self._rouse()
        self._set("LOWPOWER")
        self._asleep = True

    def reset(self) -> None:
        """Start the modem afresh; it must be configured again, and join."""
        self._rouse()
        self._talk.restart("AT+RESET")

    def join(self, timeout_s: float) -> None:
        """Ask the network once to be let in; return when it has."""
        super().join(timeout_s)
        self._talk.wait(self._done, self._talk.patience.windows_s)

    def _apply(self, identity: Identity | Session, radio: Radio) -> None:
        self._port = None
        self._set("DR", radio.region.upper())
        if radio.region in {Region.US915, Region.AU915}:
            first = 8 * ((radio.sub_band or 1) - 1)
            last = first + 7 if radio.sub_band else 63
            self._set("CH", f"NUM,{first}-{last}")
        self._set("CLASS", "A")
        if isinstance(identity, Session):
            self._personalize(identity)
        else:
            self._identify(identity)
            self._set("MODE", "LWOTAA")
        self._set("ADR", "ON" if radio.adr else "OFF")
        for name, value in (("REPT", 1), ("RETRY", 0)):  # whoever asks tries again
            command = f"AT+{name}={value}"
            self._talk.attempt(command, self._ends(command))

    def _identify(self, identity: Identity) -> None:
        if identity.dev_eui is not None:
            self._set("ID", f'DevEui,"{identity.dev_eui.hex()}"')
        self._set("ID", f'AppEui,"{identity.join_eui.hex()}"')
        self._set("KEY", f'APPKEY,"{identity.app_key.hex()}"')

    def _personalize(self, session: Session) -> None:
        self._set("ID", f'DevAddr,"{session.dev_addr.hex()}"')
        self._set("KEY", f'NWKSKEY,"{session.nwk_skey.hex()}"')
        self._set("KEY", f'APPSKEY,"{session.app_skey.hex()}"')
        self._set("MODE", "LWABP")  # begins the session

    def _go_on(self, known: Counters) -> None:
        found = self._get("AT+LW=ULDL", _COUNTERS)
        up, down = max(known.uplink, int(found[1])), max(known.downlink, int(found[2]))
        self._set("LW", f"ULDL,{up},{down}")

    def _start_join(self) -> None:
        if not self._personal:
            self._run("AT+JOIN=FORCE", "+JOIN: Start")

    def _start_uplink(self, port: int, payload: bytes, *, confirmed: bool) -> None:
        if port != self._port:
            self._set("PORT", str(port))
            self._port = port
        name = "CMSGHEX" if confirmed else "MSGHEX"
        self._run(f'AT+{name}="{payload.hex()}"', f"+{name}: Start")

    def _finish_uplink(self, *, confirmed: bool) -> Sent:
        notes = self._talk.notes
        if not self._talk.wait(self._done, self._talk.patience.uplink_s):
            self.data_rate()  # to hear whether it still answers
        if self._time_asked and notes.answered:
            notes.timed = True
        return Sent(bool(notes.acknowledged()) if confirmed else None)

    def _done(self) -> bool:
        return Finished(None) in self._talk.notes.uplinks

    def _ask_check(self) -> None:
        self._set("LW", "LCR")

    def _ask_time(self) -> None:
        self._set("LW", "DTR")

    def _read_time(self) -> float | None:
        *date, milliseconds = self._get("AT+RTC=UTCMS", _TIME).groups()
        whole_s = utc_s(*date)
        if whole_s is None:
            return None
        return whole_s + (
            int(milliseconds.ljust(3, "0")) / 1000 if milliseconds else 0.5
        )

    def _run(self, command: str, beginning: str) -> None:
        """Begin what ends with "Done"; it must not begin twice."""
        self._talk.ask(command, ends=_begins(beginning), tries=1)

    def _data_rate_command(self, data_rate: int) -> str:
        return f"AT+DR=DR{data_rate}"

    def _ends(self, command: str) -> Ends | None:
        return _begins(f"{command.partition('=')[0].removeprefix('AT')}:")

    def _set(self, name: str, value: str = "") -> None:
        command = f"AT+{name}={value}" if value else f"AT+{name}"
        self._talk.ask(command, ends=self._ends(command))

    def _get(self, command: str, pattern: re.Pattern[str]) -> re.Match[str]:
        self._rouse()
        return self._talk.value(command, pattern)
