"""A card as a workstation writes it, signed by the library itself, and a box for it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tallypost.assembly.commissioning import wanted
from tallypost.board.simulated import SimulatedBoard
from tallypost.commissioning.base import Machine, Owner, Wanted
from tallypost.commissioning.first_boot import FirstBoot
from tallypost.commissioning.result import Outcome
from tallypost.domain.first_start import Verdict
from tallypost.errors import SettingsError
from tallypost.settings.reading import read_device_settings, read_site
from tests.commissioning.city import City

SERIAL = "10000000abcdef01"
PASSWORD, APP_KEY, PASSPHRASE = "hunter2-of-mqtt", "00112233" * 4, "wifi-passphrase"
SALT, HASH = bytes(range(16)).hex(), bytes(range(32)).hex()
SECRETS = (PASSWORD, APP_KEY, PASSPHRASE, SALT, HASH)
SETTINGS = """\
device = "tp-0001"

[camera]
kind = "synthetic"

[uplink]
kind = "mqtt"
host = "broker.example.org"
ca_file = "files/ca.pem"
certificate_file = "files/device.crt"
key_file = "secrets/device.key"
username = "tp-0001"
password_file = "secrets/mqtt-password"

[outbox]
path = "../outbox.db"

[remote]
folder = "../remote"
"""
BY_PASSWORD = "".join(
    line for line in SETTINGS.splitlines(keepends=True) if "device." not in line
)
"""The same, where the broker wants no certificate."""
SITE = '[[lines]]\nname = "gate"\nstart = [0.5, 0.1]\nend = [0.5, 0.9]\n'
CITY = City("city")
CA = CITY.pem


def operator() -> Ed25519PrivateKey:
    """Return a new key of somebody who signs."""
    return Ed25519PrivateKey.generate()


def body(**changes: Any) -> dict[str, Any]:
    """Return what a bundle says, with changes."""
    return {
        "schema": "tallypost.bundle/1",
        "device": "tp-0001",
        "counter": 3,
        "issued": "2026-11-28T22:00:00Z",
        "serial": None,
        "settings": SETTINGS,
        "site": SITE,
        "files": {"ca.pem": CA},
        "secrets": {"mqtt-password": PASSWORD, "app-key": APP_KEY},
        "panel": {
            "salt": SALT,
            "hash": HASH,
            "hotspot": {"ssid": "tp-0001", "passphrase": PASSPHRASE},
        },
    } | changes


def sealed(key: Ed25519PrivateKey, told: object, typ: str = "") -> bytes:
    """Return a body in a flattened JWS, spelt here and not by the firmware."""
    public = key.public_key().public_bytes_raw()
    header = {
        "alg": "EdDSA",
        "kid": sha256(public).hexdigest()[:16],
        "typ": typ or "tallypost.bundle/1",
    }
    protected, payload = (_base64(json.dumps(each)) for each in (header, told))
    signature = key.sign(f"{protected}.{payload}".encode())
    envelope = {"protected": protected, "payload": payload}
    return json.dumps({**envelope, "signature": _base64(signature)}).encode()


def _base64(data: str | bytes) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Box:
    """A device and the card in it.

    Attributes:
        folder: Of this test alone.
        serial: What the board tells of itself.
        panel_owner: Who serves the panel.
        faults_found: What the house has against the settings.
    """

    folder: Path
    serial: str | None = SERIAL
    panel_owner: Owner | None = None
    faults_found: list[str] = field(default_factory=list)
    board: SimulatedBoard = field(
        default_factory=lambda: SimulatedBoard(utc_s=1_796_000_000.0)
    )
    operator: Ed25519PrivateKey = field(default_factory=operator)

    def __post_init__(self) -> None:
        self.card.mkdir(parents=True)

    @property
    def boot(self) -> Path:
        """Where the boot partition is mounted."""
        return self.folder / "boot"

    @property
    def card(self) -> Path:
        """What is tallypost's on it."""
        return self.boot / "tallypost"

    @property
    def own(self) -> Path:
        """The device's own folder."""
        return self.folder / "own"

    def put(self, key: Ed25519PrivateKey | None = None, **changes: Any) -> bytes:
        """Write a bundle onto the card; return it."""
        signer = key or self.operator
        envelope = sealed(signer, body(**changes))
        (self.card / "bundle.json").write_bytes(envelope)
        form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (self.card / "trust.pem").write_bytes(signer.public_key().public_bytes(*form))
        return envelope

    def faults(self, settings_file: Path, device: str) -> Sequence[str]:
        """Return what the real schema has against settings, and what the test says."""
        del device
        try:
            read_device_settings(settings_file)
            read_site(settings_file.with_name("site.toml"))
        except SettingsError as error:
            return [*error.faults, *self.faults_found]
        return self.faults_found

    def wanted(self, settings_file: Path) -> Wanted:
        """Return what settings want, as the real house does."""
        return wanted(settings_file)

    def start(self) -> list[Outcome]:
        """Start the device."""
        machine = Machine(
            serial=self.serial, firmware="0.1.0", panel_owner=self.panel_owner
        )
        first = FirstBoot(
            self.boot, self.own, house=self, machine=machine, board=self.board
        )
        return first.run()

    def verdicts(self) -> list[Verdict]:
        """Start the device; return what became of it, in words."""
        return [outcome.verdict for outcome in self.start()]

    @property
    def result(self) -> str:
        """What people read on the card."""
        return (self.card / "RESULT.txt").read_text("utf-8-sig")

    def told(self) -> dict[str, Any]:
        """Return what the device says of itself."""
        found: dict[str, Any] = json.loads((self.card / "device.json").read_text())
        return found

    def state(self) -> dict[str, Any]:
        """Return what the device remembers."""
        place = self.own / "commissioning" / "state.json"
        found: dict[str, Any] = json.loads(place.read_text())
        return found
