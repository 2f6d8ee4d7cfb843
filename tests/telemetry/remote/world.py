"""A device that hears operators, in memory but for its folder."""

import json
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.board.simulated import SimulatedBoard
from tallypost.board.simulated_actuator import SimulatedActuator
from tallypost.domain.commands import Command, Order, Reply
from tallypost.domain.desired import Desired, Reported, Standing
from tallypost.errors import SettingsError
from tallypost.telemetry.codec.command_v1 import encode_order
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.codec.settings_v1 import encode_desired
from tallypost.telemetry.codec.signed import Purpose, seal
from tallypost.telemetry.remote.desk import Desk
from tallypost.telemetry.remote.hands import Hands
from tallypost.telemetry.remote.identity import Identity
from tallypost.telemetry.remote.keys import KeyRing
from tallypost.telemetry.remote.ledger import Ledger
from tallypost.telemetry.remote.orders import Orders
from tallypost.telemetry.remote.remote import Heedful
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind

DEVICE = "tp-1"
NOON_UTC_S = 1_790_000_000.0


def private_key(number: int) -> Ed25519PrivateKey:
    """Return one of a few keys that everybody knows."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public_key(number: int) -> bytes:
    """Return what belongs to it."""
    return private_key(number).public_key().public_bytes_raw()


class History:
    """Remembers which numbers it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        self.asked.append((first_seq, last_seq))
        return last_seq - first_seq + 1


class Memory(History):
    """That of records, beside it that of alerts."""

    def __init__(self) -> None:
        super().__init__()
        self.alerts = History()


class Settlement:
    """Judges settings by one word: what holds `bad` has a fault."""

    def __init__(self) -> None:
        self.said = Reported(device=DEVICE, standing=Standing.LOCAL)
        self.adopted: list[Desired] = []
        self.identities: list[tuple[bytes, bytes]] = []
        self.full = False
        self.confirmed = 0

    def reported(self) -> Reported:
        return self.said

    def faults(self, desired: Desired) -> Sequence[str]:
        return ["bad: is bad"] if "bad" in (desired.settings or "") else []

    def refuse(self, desired: Desired, faults: Sequence[str]) -> None:
        self._say(desired, Standing.REFUSED, tuple(faults))

    def adopt(self, desired: Desired) -> None:
        if self.full:
            raise SettingsError("folder", ["cannot be kept here (disk full)"])
        self.adopted.append(desired)
        self._say(desired, Standing.TRIAL, ())

    def adopt_identity(self, key: bytes, certificates: bytes) -> None:
        self.identities.append((key, certificates))

    def confirm(self) -> bool:
        self.confirmed += 1
        return self.said.standing is Standing.TRIAL

    def _say(
        self, desired: Desired, standing: Standing, faults: tuple[str, ...]
    ) -> None:
        self.said = Reported(
            device=DEVICE,
            standing=standing,
            revision=desired.revision,
            digest=desired.digest,
            faults=faults,
        )


class World:
    """The device, its operators and what it has said.

    Args:
        folder: What survives a power cut.
        board: Its clocks.
    """

    def __init__(self, folder: Path, board: SimulatedBoard | None = None) -> None:
        self.folder = folder
        self.board = board or SimulatedBoard(utc_s=NOON_UTC_S)
        self.memory = Memory()
        self.actuator = SimulatedActuator()
        self.settlement = Settlement()
        self.said: list[tuple[Subject, bytes]] = []
        self.counter = 1000
        self.start()

    def start(self) -> None:
        """Start, as after a power cut: only the folder is as it was."""
        board = self.board
        self.ring = KeyRing(self.folder / "keys.json", [public_key(1)])
        self.ledger = Ledger(self.folder / "ledger.json")
        self.hands = Hands(
            histories=self.memory,
            actuator=self.actuator,
            ring=self.ring,
            identity=Identity(self.folder / "waiting.key", DEVICE, board),
            identities=self.settlement,
            board=board,
        )
        self.orders = Orders(
            device=DEVICE,
            ring=self.ring,
            ledger=self.ledger,
            hands=self.hands,
            board=board,
        )
        self.remote = Heedful(
            orders=self.orders,
            desk=Desk(device=DEVICE, ring=self.ring, settlement=self.settlement),
            settlement=self.settlement,
            hands=self.hands,
            say=lambda subject, payload: self.said.append((subject, payload)),
            board=board,
        )

    def signed(
        self,
        command: Command,
        *,
        key: int = 1,
        device: str = DEVICE,
        counter: int | None = None,
        issued_s: float = 0.0,
        lifetime_s: float = 600.0,
    ) -> bytes:
        """Return a command in its envelope, issued so long after now."""
        self.counter += 1
        issued_utc_s = self.board.utc_s() + issued_s
        order = Order(
            device=device,
            counter=counter or self.counter,
            issued_utc_s=issued_utc_s,
            expires_utc_s=issued_utc_s + lifetime_s,
            command=command,
        )
        return seal(encode_order(order), Purpose.COMMAND, private_key(key))

    def heed(self, envelope: bytes) -> Reply:
        """Return what the device answers."""
        return self.orders.heed(envelope)[0]

    def desired(
        self, revision: int, settings: str | None = None, *, key: int = 1
    ) -> bytes:
        """Return settings in their envelope."""
        body = encode_desired(DEVICE, revision, site=None, settings=settings)
        return seal(body, Purpose.SETTINGS, private_key(key))

    def tell(self, kind: DownlinkKind, payload: bytes) -> list[dict[str, object]]:
        """Send the device something; return what it says of that."""
        before = len(self.said)
        self.remote.hear(Downlink(kind, payload))
        self.remote.step(delivered=False, watching=False)
        return [json.loads(payload) for _, payload in self.said[before:]]
