"""Drives a RAK3172, or another modem of RAKwireless that speaks RUI3.

Source: RAKwireless RAK-STM32-RUI (atcmd*.c, service_lora.c), and the AT command manual
of RUI3. What a caller would not expect, and this driver sees to:

* A payload that is too long is refused with AT_PARAM_ERROR, and yet a frame goes out,
  an empty one, whose +EVT:TX_DONE comes seconds later.
* +EVT:TX_DONE says that the radio is silent again, and nothing of the far side.
* Events come at any time, also before the OK of the command that they belong to. After
  a downlink the modem may send an empty frame of its own accord, and says TX_DONE of
  that, too.
* Where no airtime is left it says so in passing (Restricted_Wait_..._ms), and "busy".
"""

import re
from typing import ClassVar

from tallypost.board.base import Board
from tallypost.errors import ModemRefusedError
from tallypost.telemetry.uplink.modem.at import AtDriver, end_half_line, verdict
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    LinkCheck,
    ModemInfo,
    Radio,
    Region,
    Session,
)
from tallypost.telemetry.uplink.modem.conversation import Grammar, Patience
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.refusals import too_long
from tallypost.telemetry.uplink.modem.words import (
    Checked,
    Finished,
    Joined,
    JoinFailed,
    Restricted,
    Rules,
    Said,
    Started,
    Timed,
    Told,
    Verdict,
    Words,
    heard,
    meant,
    received,
    starts,
    utc_s,
)

SPEED_BAUD = 115_200
BANDS = {
    Region.IN865: 3,
    Region.EU868: 4,
    Region.US915: 5,
    Region.AU915: 6,
    Region.AS923: 8,
}
ALL_SUB_BANDS = "00FF"
_EVENTS: dict[str, Said] = {
    "JOINED": Joined(),
    "TX_DONE": Finished(None),
    "SEND_CONFIRMED_OK": Finished(acknowledged=True),
    "TIMEREQ_OK": Timed(),
}
_DOWNLINK = re.compile(
    r"RX_[12BC]:(-?\d{1,4}):(-?\d{1,4}):(?:UNI|MULTI)CAST:(\d{1,3}):([0-9A-Fa-f]*)"
)
_CHECK = re.compile(r"LINKCHECK:(\d{1,3})[:,](\d{1,3})[:,](\d{1,3})[:,].*")
_WAIT = re.compile(r"Restricted_Wait_(\d{1,9})_ms")
_BANNERS = ("Current Work Mode:",)
_VERSION = re.compile(r"RUI_.*")
_TIME = re.compile(r"(?:LTIME:)?(\d\d)h(\d\d)m(\d\d)s on (\d\d)/(\d\d)/(\d{4})")
"""Month before day: service_lora_get_local_time, which takes the leap seconds off."""


def read(line: str) -> Said:
    """Return what one line means; takes any line."""
    if told := verdict(line):
        return told
    if line.startswith("+EVT:"):
        return _event(line.removeprefix("+EVT:")) or Words(line)
    if found := _WAIT.fullmatch(line):
        return Restricted(int(found[1]) / 1000)
    return Started(line) if starts(line, _BANNERS) else Words(line)


def _event(text: str) -> Said | None:
    name = text.strip().replace(" ", "_")  # older firmware spells them with blanks
    return _EVENTS.get(name) or meant(name, _RULES)


def _checked(found: re.Match[str]) -> Checked:
    answered = int(found[1]) == 0
    return Checked(LinkCheck(int(found[2]), int(found[3])) if answered else None)


_RULES: Rules = (
    (_DOWNLINK, lambda found: received(heard(found[3], found[4], found[1], found[2]))),
    (_CHECK, _checked),
    (re.compile("JOIN_FAILED.*"), lambda _: JoinFailed()),
    (re.compile("SEND_CONFIRMED_FAILED.*"), lambda _: Finished(acknowledged=False)),
)


class Rak3172(AtDriver):
    """A RAK3172 with RUI3."""

    grammar: ClassVar[Grammar] = Grammar("rak3172", read, end_half_line)

    def __init__(self, port: Port, board: Board, patience: Patience) -> None:
        super().__init__(port, board, patience)
        self._confirmed: bool | None = None

    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""
        return ModemInfo(
            model="rak3172",
            version=self._get("VER", _VERSION)[0],
            dev_eui=self._get_eui("DEVEUI"),
            keeps_nonce=None,  # by its firmware: at random, or a counter in flash
            keeps_counters=False,
        )

    def sleep(self) -> None:
        """Have the modem sleep until anything is said to it."""
        self._rouse()
        self._talk.doze("AT+SLEEP")
        self._asleep = True

    def _apply(self, identity: Identity | Session, radio: Radio) -> None:
        if self._get_number("NWM") != 1:
            self._talk.restart("AT+NWM=1")  # from radio to LoRaWAN: it starts afresh
        self._confirmed = None
        self._set(BAND=BANDS[radio.region], CLASS="A")
        if radio.region in {Region.US915, Region.AU915}:
            sub_band = radio.sub_band
            mask = ALL_SUB_BANDS if sub_band is None else f"{1 << sub_band - 1:04X}"
            self._set(MASK=mask)
        self._identify(identity)
        self._set(ADR=int(radio.adr))
        self._talk.attempt("AT+RETY=0")  # whoever asks decides on another attempt

    def _identify(self, identity: Identity | Session) -> None:
        if isinstance(identity, Session):
            self._set(
                NJM=0,
                DEVADDR=identity.dev_addr.hex().upper(),
                NWKSKEY=identity.nwk_skey.hex().upper(),
                APPSKEY=identity.app_skey.hex().upper(),
            )
            return
        self._set(NJM=1)
        if identity.dev_eui is not None:
            self._set(DEVEUI=identity.dev_eui.hex().upper())
        self._set(
            APPEUI=identity.join_eui.hex().upper(),
            APPKEY=identity.app_key.hex().upper(),
        )

    def _start_join(self) -> None:
        """Join at once, not by itself at each start, and try no second time."""
        self._talk.ask("AT+JOIN=1:0:8:0", tries=1)

    def joined(self) -> bool:
        """Return whether the modem believes that it is in a network."""
        super().joined()
        self._talk.notes.joined = self._get_number("NJS") == 1
        return self._talk.notes.joined

    def _region_told(self) -> Region:
        band = self._get_number("BAND")
        for region, number in BANDS.items():
            if number == band:
                return region
        raise self._unconfigured()

    def _start_uplink(self, port: int, payload: bytes, *, confirmed: bool) -> None:
        if confirmed is not self._confirmed:
            self._set(CFM=int(confirmed))
            self._confirmed = confirmed
        try:
            self._talk.ask(f"AT+SEND={port}:{payload.hex()}", tries=1)
        except ModemRefusedError as error:
            if self._talk.told != Told(Verdict.PARAMETER):
                raise
            notes = self._talk.notes
            self._talk.wait(lambda: bool(notes.uplinks), self._talk.patience.windows_s)
            room_bytes = min(self.payload_max(), len(payload) - 1)
            raise too_long(self._talk.place, room_bytes) from error

    def _ask_check(self) -> None:
        self._set(LINKCHECK=1)

    def _ask_time(self) -> None:
        self._talk.attempt("AT+TIMEREQ=1")  # old firmware does not know it

    def _read_time(self) -> float | None:
        hour, minute, second, month, day, year = self._get("LTIME", _TIME).groups()
        whole_s = utc_s(year, month, day, hour, minute, second)
        return None if whole_s is None else whole_s + 0.5  # on average
