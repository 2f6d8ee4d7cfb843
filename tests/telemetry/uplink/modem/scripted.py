"""Modems that say what a test has them say: for what a simulated one never does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.uplink.modem.base import Modem, Radio, Region
from tallypost.telemetry.uplink.modem.conversation import Patience
from tallypost.telemetry.uplink.modem.opening import Found, Model, open_modem
from tests.telemetry.uplink.modem.rig import IDENTITY, JOIN_S

HASTY = Patience(answer_s=0.1, uplink_s=0.2, windows_s=0.1, boot_s=0.1, wake_s=0.02)
Script = dict[str, list[str]]
"""What is said to a command, by how the command begins; the longest beginning wins."""
GOOD: dict[Model, Script] = {
    "rak3172": {
        "AT": ["OK"],
        "AT+NWM=?": ["AT+NWM=1", "OK"],
        "AT+BAND=?": ["AT+BAND=4", "OK"],
        "AT+DR=?": ["AT+DR=5", "OK"],
        "AT+NJS=?": ["AT+NJS=1", "OK"],
        "AT+VER=?": ["AT+VER=RUI_4.1.0_RAK3172-E", "OK"],
        "AT+DEVEUI=?": ["AT+DEVEUI=AC1F09FFFE000001", "OK"],
        "AT+LTIME=?": ["AT+LTIME=15h08m55s on 12/17/2026", "OK"],
        "AT+JOIN": ["OK", "+EVT:JOINED"],
        "AT+SEND": ["OK", "+EVT:TX_DONE"],
    },
    "stm32wl": {
        "AT": ["OK"],
        "AT+DR=?": ["5", "OK"],
        "AT+VER=?": ["APP_VERSION:        V1.3.0", "MW_LORAWAN_VERSION: V2.5.0", "OK"],
        "AT+DEUI=?": ["00:80:e1:15:00:00:00:01", "OK"],
        "AT+JOIN": ["OK", "+EVT:JOINED"],
        "AT+CS": ["AT_ERROR"],
        "AT+SEND": ["OK"],
    },
    "la66": {
        "AT": ["OK"],
        "AT+DR=?": ["5", "OK"],
        "AT+VER=?": ["EU868 v1.3", "OK"],
        "AT+CHE=?": ["0", "OK"],
        "AT+DEUI=?": ["A8 40 41 00 01 02 03 04", "OK"],
        "AT+NJS=?": ["1", "OK"],
        "AT+FCU=?": ["7", "OK"],
        "AT+FCD=?": ["3", "OK"],
        "AT+RECVB=?": ["10:ff01", "OK"],
        "AT+RSSI=?": ["-43", "OK"],
        "AT+SNR=?": ["9", "OK"],
        "AT+JOIN": ["OK", "JOINED"],
        "AT+SENDB": ["OK", "txDone"],
    },
    "lora_e5": {
        "AT+VER": ["+VER: 4.0.11"],
        "AT+ID": ["+ID: DevEui, 2C:F7:F1:20:12:23:34:45"],
        "AT+KEY": ["+KEY: APPKEY 2B7E151628AED2A6ABF7158809CF4F3C"],
        "AT+MODE": ["+MODE: LWOTAA"],
        "AT+DR": ["+DR: DR0", "+DR: EU868 DR0 SF12 BW125K"],
        "AT+CH": ["+CH: NUM, 0-2"],
        "AT+CLASS": ["+CLASS: A"],
        "AT+ADR": ["+ADR: ON"],
        "AT+REPT": ["+REPT: 1"],
        "AT+RETRY": ["+RETRY: ERROR(-1)"],
        "AT+PORT": ["+PORT: 8"],
        "AT+LW=LEN": ["+LW: LEN, 51"],
        "AT+LW=ULDL": ["+LW: ULDL, 7, 3"],
        "AT+LW=DTR": ["+LW: DTR"],
        "AT+LW=LCR": ["+LW: LCR"],
        "AT+RTC": ["+RTC: 2026-12-17 15:08:55.250"],
        "AT+JOIN": [
            "+JOIN: Start",
            "+JOIN: FORCE",
            "+JOIN: Network joined",
            "+JOIN: NetID 000013 DevAddr 26:01:5F:66",
            "+JOIN: Done",
        ],
        "AT+MSGHEX": ["+MSGHEX: Start", "+MSGHEX: Done"],
        "AT+CMSGHEX": ["+CMSGHEX: Start", "+CMSGHEX: Wait ACK", "+CMSGHEX: Done"],
    },
    "rn2483": {
        "": ["ok"],
        "U": [],
        "sys get ver": ["RN2483 1.0.5 Oct 31 2018 15:06:52"],
        "sys get hweui": ["0004A30B001BEF52"],
        "mac get dr": ["5"],
        "mac get upctr": ["7"],
        "mac get dnctr": ["3"],
        "mac get mrgn": ["21"],
        "mac get gwnb": ["2"],
        "mac join": ["ok", "accepted"],
        "mac tx": ["ok", "mac_tx_ok"],
    },
}
MODELS = tuple(GOOD)


class ScriptedPort:
    """A port at which a script answers.

    Attributes:
        heard: All that was said to it, line by line.
        gone: Whether it was unplugged.
        drained: Set once somebody has read all that was said before.
    """

    def __init__(self, script: Script, name: str = "/dev/scripted") -> None:
        self.name = name
        self.script = script
        self.heard: list[str] = []
        self.gone = False
        self.drained = threading.Event()
        self._bytes: SimpleQueue[bytes] = SimpleQueue()

    def read(self) -> bytes:
        """Return what it says."""
        if self.gone:
            raise OSError(5, "Input/output error")
        try:
            return self._bytes.get(timeout=0.01)
        except Empty:
            self.drained.set()
            return b""

    def write(self, data: bytes) -> None:
        """Hear a line, and answer it."""
        if self.gone:
            raise OSError(5, "Input/output error")
        for line in data.decode("ascii", "replace").split("\r\n"):
            if line:
                self.heard.append(line)
                self.say(*self._answer(line))

    def send_break(self) -> None:
        """Take it; it means nothing here."""

    def close(self) -> None:
        """Be as if nothing were there."""
        self.gone = True

    def say(self, *lines: str, raw: bytes = b"") -> None:
        """Say lines unasked, and bytes as they are."""
        for line in lines:
            self._bytes.put(line.encode("ascii") + b"\r\n")
        if raw:
            self._bytes.put(raw)

    def _answer(self, command: str) -> list[str]:
        fitting = [each for each in self.script if command.startswith(each)]
        return self.script[max(fitting, key=len)] if fitting else []


@contextmanager
def scripted(
    model: Model, changes: Script | None = None, *, radio: Radio | None = None
) -> Iterator[tuple[Modem, ScriptedPort]]:
    """Give a driver that is in a network, and the port behind it.

    Args:
        model: Which driver.
        changes: What the modem says otherwise than a good one, once it is in.
        radio: How it is to speak; in Europe where nothing is said.
    """
    port = ScriptedPort(dict(GOOD[model]))
    modem = open_modem(
        Found(port.name, 9600, model),
        LinuxBoard(),
        patience=HASTY,
        opener=lambda _path, _speed: port,
    )
    try:
        modem.configure(IDENTITY, radio or Radio(region=Region.EU868))
        modem.join(JOIN_S)
        port.script |= changes or {}
        yield modem, port
    finally:
        modem.close()
