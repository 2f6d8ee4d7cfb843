"""A simulated modem on a pseudo-terminal, and its driver, which has opened it."""

import time
from contextlib import suppress
from typing import Any

from tallypost.board.linux import LinuxBoard
from tallypost.errors import DutyCycleError, JoinRefusedError, ModemBusyError
from tallypost.simulated.lorawan.air import Carried
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.mishaps import Mishaps
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import Scene, Stage, set_up
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    LinkCheck,
    Modem,
    Radio,
    Region,
    Sent,
    Session,
)
from tallypost.telemetry.uplink.modem.conversation import Patience
from tallypost.telemetry.uplink.modem.opening import (
    SPEEDS_BAUD,
    Found,
    Model,
    open_modem,
)

PACE = 100
"""The modem's seconds pass so much faster."""
QUICK = Patience(answer_s=0.4, uplink_s=1.0, windows_s=0.15, boot_s=0.3, wake_s=0.05)
JOIN_S = 2.0
IDENTITY = Identity(
    dev_eui=bytes.fromhex("70b3d57ed0051234"),
    join_eui=bytes.fromhex("0102030405060708"),
    app_key=bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"),
)
PERSONAL = Session(
    dev_addr=bytes.fromhex("26011bda"),
    nwk_skey=bytes.fromhex("000102030405060708090a0b0c0d0e0f"),
    app_skey=bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
)
EU868 = Radio(region=Region.EU868)
HOMES: dict[str, Region] = {"rn2903": Region.US915}
"""The region that each simulated modem is tried in; Europe where none is named."""


def driver_of(model: str) -> Model:
    """Return what drives a simulated modem."""
    return "rn2483" if model == "rn2903" else model  # type: ignore[return-value]


class Rig:
    """Opens on construction, like its parts.

    Attributes:
        stage: The simulated side.
        modem: The driver.
        radio: How it is to speak at home.
        carried: Every frame on the air since it has joined.
    """

    def __init__(
        self, model: str, *, mishaps: Mishaps | None = None, **scene: Any
    ) -> None:
        self.board = HurriedBoard(LinuxBoard(), PACE)
        region = HOMES.get(model, Region.EU868)
        scene = {"region": str(region), "duty_cycle": False, **scene}
        self.radio = Radio(region=Region(scene["region"]))
        self.stage: Stage = set_up(model, self.board, Scene(**scene))
        self.carried: list[Carried] = []
        self.terminal = Terminal(self.stage.modem, self.board, mishaps)
        speed_baud = SPEEDS_BAUD[driver_of(model)]
        found = Found(self.terminal.path, speed_baud, driver_of(model))
        self.modem: Modem = open_modem(found, LinuxBoard(), patience=QUICK)

    def joined(self, radio: Radio | None = None) -> Modem:
        """Return the driver once it is in the network."""
        self.modem.configure(IDENTITY, radio or self.radio)
        try:
            self.modem.join(JOIN_S)
        except (
            JoinRefusedError
        ):  # a machine that stalls for a moment stalls it for long
            self.modem.join(JOIN_S)
        self.stage.air.on_frame = self.carried.append
        return self.modem

    def queue(self, payload: bytes, port: int = 10, **options: Any) -> None:
        """Have the network say something after the next uplink."""
        device = self.stage.device
        self.stage.network.queue(device.dev_eui, port, payload, **options)

    @property
    def arrived(self) -> list[bytes]:
        """The payloads that the far end has got."""
        return [each.payload for each in self.stage.network.received]

    def close(self) -> None:
        """Pull the plug."""
        self.modem.close()
        self.terminal.close()


def send_patiently(modem: Modem, payload: bytes, *, confirmed: bool) -> Sent:
    """Send, again where the modem is at something, or has no airtime.

    Or where no answer was seen in time: a machine that stalls for a tenth of a second
    stalls a hurried modem for ten.
    """
    for _ in range(50):
        with suppress(ModemBusyError, DutyCycleError):
            sent = modem.send(1, payload, confirmed=confirmed)
            if sent.acknowledged is not False:
                return sent
        time.sleep(0.1)
    raise AssertionError("is busy for ever, or never heard")


def check_patiently(modem: Modem) -> LinkCheck | None:
    """Return how well the network hears once the modem tells; None if it never does."""
    for _ in range(50):
        if (check := modem.link_check()) is not None:
            return check
        time.sleep(0.1)
    return None
