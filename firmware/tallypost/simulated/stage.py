"""Puts a modem, the air and a network together, for a program to try.

On a terminal, in the time of the world (`pace` times faster):

```
board = HurriedBoard(LinuxBoard(), pace=10.0)
stage = set_up("rak3172", board)
with Terminal(stage.modem, board) as terminal:
    ...  # open terminal.path
```

In simulated time, with no terminal and no waiting: an `EndDevice` is told the time,
and tells when it would have ended. Ten thousand intervals take a few seconds:

```
board = SimulatedBoard(utc_s)
network = Network(board)
network.enrol(dev_eui, join_eui, app_key)
device = EndDevice(Air(network, loss=0.3), dev_eui=dev_eui, app_key=app_key)
exchange = device.send(board.monotonic_s(), port, payload)
board.advance(exchange.ends_s - board.monotonic_s())
```
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tallypost.board.base import Board
from tallypost.errors import SimulationError
from tallypost.simulated.lorawan.air import Air
from tallypost.simulated.lorawan.device import EndDevice
from tallypost.simulated.lorawan.network import Network
from tallypost.simulated.lorawan.regions import REGIONS
from tallypost.simulated.modem.base import SimulatedModem
from tallypost.simulated.modem.la66 import La66
from tallypost.simulated.modem.lora_e5 import LoraE5
from tallypost.simulated.modem.rak3172 import Rak3172
from tallypost.simulated.modem.rn2483 import Rn2483
from tallypost.simulated.modem.rn2903 import Rn2903
from tallypost.simulated.modem.stm32wl import Stm32wl

MODELS: dict[str, type[SimulatedModem]] = {
    one.model: one for one in (Rak3172, Stm32wl, La66, LoraE5, Rn2483, Rn2903)
}
"""By the names that settings call them; there, a RN2903 is a RN2483, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is to be simulated.

    Attributes:
        region: A name of `REGIONS`: of the network, and of the modem at first.
        sub_band: 1..8, on which eight channels the gateway listens; None for all.
        loss: Which part of all frames is lost, 0..1.
        seed: Of all chances.
        snr_db: How well both sides hear each other.
        app_key: The key that the network knows, a secret; None for whatever the modem
            was told, so that everybody is let in.
        duty_cycle: Whether the modem heeds the law's limits.
        keeps_nonce: Whether its DevNonce outlives a power cut.
    """

    region: str = "eu868"
    sub_band: int | None = None
    loss: float = 0.0
    seed: int = 0
    snr_db: float = 6.0
    app_key: bytes | None = field(default=None, repr=False)
    duty_cycle: bool = True
    keeps_nonce: bool = True


@dataclass(frozen=True, slots=True)
class Stage:
    """All that is simulated, each part to be played with."""

    network: Network
    air: Air
    device: EndDevice
    modem: SimulatedModem


def set_up(model: str, board: Board, scene: Scene | None = None) -> Stage:
    """Return a modem of a model in a scene.

    Raises:
        SimulationError: There is no such model, or no such region.
    """
    scene = scene or Scene()
    if model not in MODELS:
        raise SimulationError(f"{model}: is no model; name one of {', '.join(MODELS)}")
    if scene.region not in REGIONS:
        regions = ", ".join(REGIONS)
        raise SimulationError(f"{scene.region}: is no region; name one of {regions}")
    region = REGIONS[scene.region]
    network = Network(board, region, sub_band=scene.sub_band)
    air = Air(network, loss=scene.loss, seed=scene.seed, snr_db=scene.snr_db)
    device = EndDevice(
        air,
        region,
        duty_cycle=scene.duty_cycle,
        keeps_nonce=scene.keeps_nonce,
        seed=scene.seed,
        begins_s=board.monotonic_s(),
    )
    modem = MODELS[model](device, board, introduction(network, scene.app_key))
    return Stage(network, air, device, modem)


def introduction(
    network: Network, app_key: bytes | None
) -> Callable[[EndDevice], None]:
    """Return what has a network learn of a device that is about to speak to it.

    Args:
        network: Which one.
        app_key: The key that it goes by; None for the one that the device has.
    """

    def introduce(device: EndDevice) -> None:
        known = network.members.get(device.dev_eui)
        if device.personal and device.session is not None:
            address, keys = device.session.address, device.session.keys
            if known is None or (known.address, known.keys) != (address, keys):
                network.personalise(device.dev_eui, address, keys)
            return
        key = device.app_key if app_key is None else app_key
        if known is None or (known.app_key, known.join_eui) != (key, device.join_eui):
            network.enrol(device.dev_eui, device.join_eui, key)

    return introduce
