"""Drives a Microchip RN2483 (863..870 MHz) or RN2903 (902..928 MHz).

Source: Microchip "RN2483 LoRa Technology Module Command Reference" (DS40001784) and the
one of the RN2903 (DS40001811). What a caller would not expect, and this driver sees to:

* Each command is answered by one line: a value, or a word such as `ok`. An uplink and a
  join are answered by a second one, seconds later.
* It finds out the speed at which it is spoken to from a break and the letter U.
* `mac_tx_ok` is an acknowledgement only of a confirmed uplink; a downlink comes in its
  place, and then is the acknowledgement, too.
* Its version is also what it says when it starts.
* It cannot ask for the time. Whether it heard an answer to a link check is known from
  the counter of downlinks: what it tells is the last answer, however old.
* Frame counters are lost at a start unless they are saved to memory that wears: they
  are told to whoever asks, and taken back from him.
"""

import re
from typing import ClassVar

from tallypost.board.base import Board
from tallypost.errors import (
    ModemBusyError,
    ModemRefusedError,
    PayloadTooLongError,
)
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
from tallypost.telemetry.uplink.modem.conversation import Grammar, Patience
from tallypost.telemetry.uplink.modem.driver import Driver
from tallypost.telemetry.uplink.modem.line import Line
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.refusals import too_long
from tallypost.telemetry.uplink.modem.words import (
    Finished,
    Joined,
    JoinFailed,
    Received,
    Said,
    Started,
    Told,
    Verdict,
    Words,
    heard,
    hexadecimal,
)

SPEED_BAUD = 57_600
CHANNELS = 72
"""Sixty-four narrow ones, and a wide one for each eight of them."""
CHECK_S = 1
"""An uplink asks for a link check when so long has passed since the last one."""
UNCHECKED = 255
"""What the margin is as long as the network has told none."""
SLEEP_MS = 4_294_967_295
_SAID: dict[str, Said] = {
    "ok": Told(Verdict.DONE),
    "invalid_param": Told(Verdict.PARAMETER),
    "not_joined": Told(Verdict.NOT_JOINED),
    "frame_counter_err_rejoin_needed": Told(Verdict.NOT_JOINED),
    "no_free_ch": Told(Verdict.AIRTIME),
    "silent": Told(Verdict.SILENCED),
    "busy": Told(Verdict.BUSY),
    "mac_paused": Told(Verdict.BUSY),
    "keys_not_init": Told(Verdict.PARAMETER),
    "invalid_data_len": Told(Verdict.TOO_LONG),
    "accepted": Joined(),
    "denied": JoinFailed(),
    "mac_tx_ok": Finished(acknowledged=True),
    "radio_tx_ok": Finished(acknowledged=True),
    "mac_err": Finished(acknowledged=False),
    "radio_err": Finished(acknowledged=False),
}
_DOWNLINK = re.compile(r"mac_rx (\d{1,3}) ([0-9A-Fa-f]*)")
_VERSION = re.compile(r".*(RN2483|RN2903)(?:\S* ?)(AU)?.*")
_NUMBER = re.compile(r"\d{1,10}")
_EUI = re.compile(r"[0-9A-Fa-f]{16}")


def read(line: str) -> Said:
    """Return what one line means; takes any line."""
    if line in _SAID:
        return _SAID[line]
    if _VERSION.fullmatch(line):
        return Started(line)
    if found := _DOWNLINK.fullmatch(line):
        downlink = heard(found[1], found[2])
        return Received(downlink) if downlink else Words(line)
    return Words(line)


def _rouse(line: Line) -> None:
    """Have the modem wake, find out the speed, and end half a line."""
    line.write_raw(b"U\r\n", after_break=True)


class Rn2483(Driver):
    """A RN2483 or a RN2903."""

    grammar: ClassVar[Grammar] = Grammar("rn2483", read, _rouse)

    def __init__(self, port: Port, board: Board, patience: Patience) -> None:
        super().__init__(port, board, patience)
        self._checked_from: int | None = None
        self._room_bytes = 0

    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""
        version = self._version()
        return ModemInfo(
            model=version[1].lower(),
            version=version[0],
            dev_eui=hexadecimal(self._get("sys get hweui", _EUI)[0]),
            keeps_nonce=None,  # it draws them at random
            keeps_counters=False,
        )

    def data_rate(self) -> int:
        """Return at what data rate the next uplink goes, by the region's number."""
        return self._get_number("mac get dr")

    def counters(self) -> Counters | None:
        """Return the frame counters."""
        return Counters(
            self._get_number("mac get upctr"), self._get_number("mac get dnctr")
        )

    def sleep(self) -> None:
        """Have the modem sleep for weeks, or until anything is said to it."""
        self._rouse()
        self._talk.doze(f"sys sleep {SLEEP_MS}")
        self._asleep = True

    def reset(self) -> None:
        """Start the modem afresh; it must be configured again, and join."""
        self._rouse()
        self._talk.restart("sys reset")

    def _apply(self, identity: Identity | Session, radio: Radio) -> None:
        built = self._built()
        if built is not radio.region:
            raise ModemRefusedError(
                f"{self._talk.place}: it is made for {built}, not {radio.region}; mend "
                "the region, or take another modem"
            )
        self._checked_from = None
        self._talk.ask("mac reset 868" if built is Region.EU868 else "mac reset")
        if isinstance(identity, Session):
            self._personalize(identity)
        else:
            self._identify(identity)
        if radio.sub_band is not None:
            self._choose(radio.sub_band)
        self._mac_set(adr="on" if radio.adr else "off", retx=0)

    def _built(self) -> Region:
        version = self._version()
        if version[1] == "RN2483":
            return Region.EU868
        return Region.AU915 if version[2] else Region.US915

    def _identify(self, identity: Identity) -> None:
        own = self._get("sys get hweui", _EUI)[0]
        dev_eui = identity.dev_eui.hex() if identity.dev_eui is not None else own
        self._mac_set(
            deveui=dev_eui,
            appeui=identity.join_eui.hex(),
            appkey=identity.app_key.hex(),
        )

    def _personalize(self, session: Session) -> None:
        self._mac_set(
            devaddr=session.dev_addr.hex(),
            nwkskey=session.nwk_skey.hex(),
            appskey=session.app_skey.hex(),
        )

    def _go_on(self, known: Counters) -> None:
        uplink = self._get_number("mac get upctr")
        downlink = self._get_number("mac get dnctr")
        self._mac_set(
            upctr=max(known.uplink, uplink), dnctr=max(known.downlink, downlink)
        )

    def _data_rate_command(self, data_rate: int) -> str:
        return f"mac set dr {data_rate}"

    def _choose(self, sub_band: int) -> None:
        """Leave on what one sub-band has: eight narrow channels, and its wide one."""
        wanted = {*range(8 * (sub_band - 1), 8 * sub_band), 63 + sub_band}
        for channel in range(CHANNELS):
            state = "on" if channel in wanted else "off"
            self._talk.ask(f"mac set ch status {channel} {state}")

    def _start_join(self) -> None:
        self._talk.ask(f"mac join {'abp' if self._personal else 'otaa'}", tries=1)

    def _start_uplink(self, port: int, payload: bytes, *, confirmed: bool) -> None:
        kind = "cnf" if confirmed else "uncnf"
        self._room_bytes = len(payload) - 1  # it says that it is less, not how much
        try:
            self._talk.ask(f"mac tx {kind} {port} {payload.hex()}", tries=1)
        except PayloadTooLongError as error:
            raise too_long(self._talk.place, self._room_bytes) from error
        self._talk.told = None

    def _finish_uplink(self, *, confirmed: bool) -> Sent:
        talk, notes = self._talk, self._talk.notes
        over = talk.wait(
            lambda: bool(notes.uplinks) or notes.answered or talk.told is not None,
            talk.patience.uplink_s,
        )
        if talk.told is not None:  # it fitted when it was taken, and no more
            raise too_long(talk.place, self._room_bytes)
        if not over:
            self.data_rate()  # to hear whether it still answers
        if confirmed:
            return Sent(notes.answered or bool(notes.acknowledged()))
        if notes.acknowledged() is False:
            raise ModemBusyError(f"{talk.place}: could not send; try again soon")
        return Sent(None)

    def _ask_check(self) -> None:
        self._checked_from = self._get_number("mac get dnctr")
        self._talk.ask(f"mac set linkchk {CHECK_S}")

    def _told_check(self) -> LinkCheck | None:
        if self._checked_from is None or self._check_asked:
            return None  # nobody asked, or no uplink has carried it
        before, self._checked_from = self._checked_from, None
        self._talk.ask("mac set linkchk 0")
        margin_db = self._get_number("mac get mrgn")
        if margin_db == UNCHECKED or self._get_number("mac get dnctr") == before:
            return None
        return LinkCheck(margin_db, self._get_number("mac get gwnb"))

    def _version(self) -> re.Match[str]:
        self._rouse()
        return self._talk.value("sys get ver", _VERSION, banner=True)

    def _mac_set(self, **values: str | int) -> None:
        """Set names to values, one after the other."""
        for name, value in values.items():
            self._talk.ask(f"mac set {name} {value}")

    def _get(self, command: str, pattern: re.Pattern[str]) -> re.Match[str]:
        self._rouse()
        return self._talk.value(command, pattern)

    def _get_number(self, command: str) -> int:
        return int(self._get(command, _NUMBER)[0])
