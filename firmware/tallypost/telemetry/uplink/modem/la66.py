"""Drives a Dragino LA66.

Source: dragino/LA66, DRAGINO-LRWAN-AT (command.c, lora_app.c, main.c). What a caller
would not expect, and this driver sees to:

* Its region is that of its firmware: another one is refused here.
* It does not say that a confirmed uplink was acknowledged. But a modem of class A hears
  something only after the network heard it, and counts what it hears: if the counter
  of downlinks has risen, the network has the uplink.
* A downlink is told of, and must be fetched before the next one comes.
* A payload that does not fit is told of in passing; then an empty frame goes, and OK.
* It joins by itself at each start, and shows its DevEUI then.
* A sub-band counts only after a start. AT+SLEEP ends only by a start, so it is not
  used: the modem saves power by itself. It asks for the time only by an uplink of its
  own, for which nobody has set airtime aside, so it is not asked for.
* **It acts upon downlinks itself, on any port**: one of two bytes that begins with 0x04
  starts it afresh, 0x05, 0x07, 0x20..0x33 change its settings. None of ours does.
"""

import re
from typing import ClassVar

from tallypost.board.base import Board
from tallypost.errors import ModemRefusedError
from tallypost.telemetry.uplink.modem.at import AtDriver, end_half_line, verdict
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Identity,
    ModemInfo,
    Radio,
    Region,
    Sent,
    Session,
)
from tallypost.telemetry.uplink.modem.conversation import Grammar, Patience
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.refusals import too_long
from tallypost.telemetry.uplink.modem.words import (
    Joined,
    Oversize,
    Received,
    Said,
    Started,
    Waiting,
    Words,
    heard,
    starts,
)

SPEED_BAUD = 9_600
CONFIRMED_TRIES = 8
"""LoRaMac-node's own, where firmware is too old for AT+CFM to change it."""
FETCHES_MAX = 4
_VERSION = re.compile(r"([A-Z]{2}\d{3}\S*) +(v?\d.*)")
_DOWNLINK = re.compile(r"(\d{1,3}):([0-9A-Fa-f]*)")
_LEVEL = re.compile(r"-?\d{1,4}")
_BANNERS = ("Dragino LA66 Device", "Dragino USB LoRaWAN")


def read(line: str) -> Said:
    """Return what one line means; takes any line."""
    if told := verdict(line):
        return told
    if line == "JOINED":
        return Joined()
    if line.startswith("Run AT+RECV"):
        return Waiting()
    if line.startswith("uplink payload oversize"):
        return Oversize()
    return Started(line) if starts(line, _BANNERS) else Words(line)


class La66(AtDriver):
    """A LA66."""

    grammar: ClassVar[Grammar] = Grammar("la66", read, end_half_line)

    def __init__(self, port: Port, board: Board, patience: Patience) -> None:
        super().__init__(port, board, patience)
        self._downlinks_before = 0

    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""
        version = self._get("VER", _VERSION)
        return ModemInfo(
            model="la66",
            version=version[0],
            dev_eui=self._get_eui("DEUI"),
            keeps_nonce=None,  # it draws them at random
            keeps_counters=False,
            transmissions_max=CONFIRMED_TRIES,
        )

    def joined(self) -> bool:
        """Return whether the modem believes that it is in a network."""
        super().joined()
        self._talk.notes.joined = self._get_number("NJS") == 1
        return self._talk.notes.joined

    def counters(self) -> Counters | None:
        """Return the frame counters."""
        return Counters(self._get_number("FCU"), self._get_number("FCD"))

    def _apply(self, identity: Identity | Session, radio: Radio) -> None:
        built = self._built()
        if built != radio.region:
            raise ModemRefusedError(
                f"{self._talk.place}: its firmware is for {built}, not {radio.region}; "
                "mend the region, or give it the firmware of this one"
            )
        if radio.region in {Region.US915, Region.AU915}:
            self._choose(radio.sub_band or 0)
        if isinstance(identity, Session):
            self._personalize(identity)
        else:
            self._identify(identity)
        self._set(ADR=int(radio.adr))
        self._talk.attempt("AT+CFM=0,0,0")  # whoever asks decides on another attempt

    def _built(self) -> str:
        return self._get("VER", _VERSION)[1].lower()

    def _region_told(self) -> Region:
        built = self._built()
        if built not in set(Region):
            raise self._unconfigured()
        return Region(built)

    def _choose(self, sub_band: int) -> None:
        if self._get_number("CHE") != sub_band:
            self._set(CHE=sub_band)
            self._talk.restart("ATZ")

    def _identify(self, identity: Identity) -> None:
        self._set(NJM=1)
        if identity.dev_eui is not None:
            self._set(DEUI=identity.dev_eui.hex())
        self._set(APPEUI=identity.join_eui.hex(), APPKEY=identity.app_key.hex())

    def _personalize(self, session: Session) -> None:
        self._set(
            NJM=0,
            DADDR=session.dev_addr.hex(),
            NWKSKEY=session.nwk_skey.hex(),
            APPSKEY=session.app_skey.hex(),
        )

    def _go_on(self, known: Counters) -> None:
        uplink, downlink = self._get_number("FCU"), self._get_number("FCD")
        if known.uplink > uplink:
            self._set(FCU=known.uplink)
        if known.downlink > downlink:
            self._set(FCD=known.downlink)

    def _start_join(self) -> None:
        self._talk.ask("AT+JOIN", tries=1)

    def _start_uplink(self, port: int, payload: bytes, *, confirmed: bool) -> None:
        if confirmed:
            self._downlinks_before = self._get_number("FCD")
        size = len(payload)
        self._talk.ask(
            f"AT+SENDB={int(confirmed)},{port},{size},{payload.hex()}", tries=1
        )
        if self._talk.notes.oversize:
            self._talk.listen(self._talk.patience.windows_s)
            raise too_long(self._talk.place, min(self.payload_max(), size - 1))

    def _finish_uplink(self, *, confirmed: bool) -> Sent:
        self._talk.wait(
            lambda: self._talk.notes.answered, self._talk.patience.windows_s
        )
        self._fetch()
        if not confirmed:
            return Sent(None)
        return Sent(self._get_number("FCD") > self._downlinks_before)

    def _collect(self) -> None:
        super()._collect()
        self._fetch()

    def _fetch(self) -> None:
        """Take the downlink that waits, before the next one takes its place."""
        notes = self._talk.notes
        for _ in range(FETCHES_MAX):
            if not notes.waiting:
                return
            notes.waiting = False
            found = self._get("RECVB", _DOWNLINK)
            rssi, snr = (self._get(name, _LEVEL)[0] for name in ("RSSI", "SNR"))
            if downlink := heard(found[1], found[2], rssi, snr):
                notes.note(Received(downlink))
