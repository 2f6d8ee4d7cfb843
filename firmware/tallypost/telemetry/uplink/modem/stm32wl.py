"""Drives an STM32WL with ST's own firmware (AT_Slave), and clones of it.

Source: STMicroelectronics STM32CubeWL, LoRaWAN_AT_Slave (lora_at.c, lora_command.c).
What a caller would not expect, and this driver sees to:

* Of an unconfirmed uplink it says nothing once it is under way, and of a confirmed one,
  which it may repeat, only that it was acknowledged: this waits for as long as the
  receive windows take, or as the repetitions may.
* It does not tell whether it is in a network: that is known from what it said.
* A payload that does not fit is AT_ERROR, like anything else, and an empty frame goes.
* No command chooses a sub-band, and none asks the network for the time; the time that
  AT+LTIME tells is two hours ahead of UTC.
* Its keys are asked for with a colon between bytes. It shows them when it starts.
"""

import re
from typing import ClassVar

from tallypost.errors import ModemRefusedError
from tallypost.telemetry.uplink.modem.at import AtDriver, end_half_line, verdict
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    LinkCheck,
    ModemInfo,
    Radio,
    Region,
    Sent,
    Session,
)
from tallypost.telemetry.uplink.modem.conversation import Grammar
from tallypost.telemetry.uplink.modem.refusals import too_long
from tallypost.telemetry.uplink.modem.words import (
    Checked,
    Finished,
    Joined,
    JoinFailed,
    Received,
    Rules,
    Said,
    Signal,
    Started,
    Told,
    Verdict,
    Words,
    heard,
    meant,
    received,
    starts,
)

SPEED_BAUD = 9_600
CONFIRMED_TRIES = 8
"""LoRaMac-node's own, which no command of this modem changes."""
BANDS = {
    Region.AS923: 0,
    Region.AU915: 1,
    Region.EU868: 5,
    Region.IN865: 7,
    Region.US915: 8,
}
_EVENTS: dict[str, Said] = {
    "JOINED": Joined(),
    "JOIN_FAILED": JoinFailed(),
    "SEND_CONFIRMED": Finished(acknowledged=True),
}
_DOWNLINK = re.compile(r"(\d{1,3}):([0-9A-Fa-f]{2}):([0-9A-Fa-f]+)")
_SIGNAL = re.compile(
    r"RX_[^,]*,(?: PORT \d+,)? DR \d+, RSSI (-?\d{1,4}), SNR (-?\d{1,4})"
)
_CHECK = re.compile(r"RX_.*, DMODM (\d{1,3}), GWN (\d{1,3})")
_VERSION = re.compile(r"(?:APP|APPLICATION)_VERSION: *(V?\d.*)")
_BANNERS = ("######", "ATtention command interface")


def read(line: str) -> Said:
    """Return what one line means; takes any line."""
    if told := verdict(line):
        return told
    if line.startswith("+EVT:"):
        return _event(line.removeprefix("+EVT:")) or Words(line)
    return Started(line) if starts(line, _BANNERS) else Words(line)


def _event(text: str) -> Said | None:
    return _EVENTS.get(text.strip().replace(" ", "_")) or meant(text, _RULES)


def _whole(found: re.Match[str]) -> Received | None:
    downlink = heard(found[1], found[3])
    size = int(found[2], 16)
    return received(downlink) if downlink and len(downlink.payload) == size else None


_RULES: Rules = (
    (_DOWNLINK, _whole),
    (_SIGNAL, lambda found: Signal(float(found[1]), float(found[2]))),
    (_CHECK, lambda found: Checked(LinkCheck(int(found[1]), int(found[2])))),
)


class Stm32wl(AtDriver):
    """An STM32WL with AT_Slave."""

    grammar: ClassVar[Grammar] = Grammar("stm32wl", read, end_half_line)

    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""
        return ModemInfo(
            model="stm32wl",
            version=self._get("VER", _VERSION)[1],
            dev_eui=self._get_eui("DEUI"),
            keeps_nonce=False,  # in flash only where AT+CS is known, which is asked
            keeps_counters=False,
            transmissions_max=CONFIRMED_TRIES,
        )

    def _apply(self, identity: Identity | Session, radio: Radio) -> None:
        if radio.sub_band is not None:
            raise ModemRefusedError(
                f"{self._talk.place}: its firmware has no command for sub-bands; leave "
                "sub_band out, or build the firmware for the one that you need"
            )
        self._set(BAND=BANDS[radio.region], CLASS="A")
        if isinstance(identity, Session):
            self._set(
                DADDR=identity.dev_addr.hex(":"),
                NWKSKEY=identity.nwk_skey.hex(":"),
                APPSKEY=identity.app_skey.hex(":"),
            )
        else:
            self._identify(identity)
        self._set(ADR=int(radio.adr))

    def _identify(self, identity: Identity) -> None:
        if identity.dev_eui is not None:
            self._set(DEUI=identity.dev_eui.hex(":"))
        key = identity.app_key.hex(":")
        # LoRaWAN 1.0 has one key: this MAC takes it from the place that 1.1 gave it.
        self._set(APPEUI=identity.join_eui.hex(":"), APPKEY=key, NWKKEY=key)

    def _start_join(self) -> None:
        self._talk.ask(f"AT+JOIN={0 if self._personal else 1}", tries=1)

    def join(self, timeout_s: float) -> None:
        """Ask the network once to be let in; return when it has."""
        super().join(timeout_s)
        self._talk.attempt("AT+CS")  # keeps the DevNonce in flash, where it can

    def _start_uplink(self, port: int, payload: bytes, *, confirmed: bool) -> None:
        try:
            self._talk.ask(f"AT+SEND={port}:{int(confirmed)}:{payload.hex()}", tries=1)
        except ModemRefusedError as error:
            if self._talk.told != Told(Verdict.ERROR):
                raise
            self._talk.listen(self._talk.patience.windows_s)
            room_bytes = min(self.payload_max(), len(payload) - 1)
            raise too_long(self._talk.place, room_bytes) from error

    def _finish_uplink(self, *, confirmed: bool) -> Sent:
        notes = self._talk.notes
        patience = self._talk.patience
        self._talk.wait(
            lambda: bool(notes.uplinks) if confirmed else notes.answered,
            patience.uplink_s if confirmed else patience.windows_s,
        )
        return Sent(bool(notes.acknowledged()) if confirmed else None)

    def _ask_check(self) -> None:
        self._talk.ask("AT+LINKC")
