"""The workstation: a city, a device's identity, its label and its card."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import zxingcpp

DEVICE = "tp-0001"
DOTS_PER_POINT = 300 / 72
FLEET = """\
device = "{{device}}"
interval_s = 5

[camera]
kind = "video"
source = "{film}"
pace = "real"
loop = true

[uplink]
kind = "mqtt"
host = "localhost"
port = {broker_port}
ca_file = "files/ca.pem"
username = "{{mqtt_username}}"
password_file = "secrets/mqtt-password"

[outbox]
path = "{folder}/outbox.db"

[remote]
operator_keys = ["files/operator-1.pub"]
folder = "{folder}/remote"

[panel]
folder = "{folder}/panel"
addresses = ["127.0.0.1:{panel_port}"]

[clock]
host_uncertainty_s = 1.0
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where all lies, and who listens where.

    Attributes:
        folder: Of the whole rehearsal.
        film: What the camera sees.
        broker_port: The broker's.
        panel_port: The panel's.
    """

    folder: Path
    film: Path
    broker_port: int
    panel_port: int

    @property
    def city(self) -> Path:
        """The city's folder."""
        return self.folder / "city"

    @property
    def boot(self) -> Path:
        """The card's boot partition."""
        return self.folder / "boot"

    @property
    def device(self) -> Path:
        """What is the device's own."""
        return self.folder / "device"

    @property
    def broker(self) -> Path:
        """The broker's files."""
        return self.folder / "broker"


def say(module: str, *words: str, ends_with: tuple[int, ...] = (0,)) -> str:
    """Call a command of ours; return what it prints.

    Args:
        module: As `python -m` knows it.
        words: Its own.
        ends_with: What it may end with.

    Raises:
        SystemExit: It ended otherwise; it has said why.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode not in ends_with:
        raise SystemExit(f"{module} {words[0]}: {done.stderr}{done.stdout}")
    return done.stdout


class Workstation:
    """Somebody at a workstation.

    Args:
        places: Where all lies.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._passphrase = places.folder / "passphrase"
        self._passphrase.touch(0o600)
        self._passphrase.write_text("only for a rehearsal\n", "utf-8")

    def _provision(self, *words: str) -> None:
        opens = ["--passphrase-file", str(self._passphrase)]
        if words[0] != "init":
            opens += ["--city", str(self._places.city)]
        say("tallypost_provisioning.cli", *words, *opens)

    def found(self) -> None:
        """Found the city, and say how devices are set."""
        places = self._places
        made = str(places.city), "--name", "Rehearsal", "--host", "localhost"
        self._provision("init", *made)
        told = FLEET.format(
            film=places.film,
            folder=places.device,
            broker_port=places.broker_port,
            panel_port=places.panel_port,
        )
        (places.city / "fleet.toml").write_text(told, "utf-8")

    def name(self) -> None:
        """Make the device's identity."""
        self._provision("new", "--device", DEVICE, "--site-name", "North gate")

    def prepare_broker(self) -> None:
        """Give the city's broker what it knows the fleet by."""
        out = ("--out", str(self._places.broker))
        self._provision("broker", "localhost", *out)
        self._provision("export", "mosquitto", *out)

    def label(self) -> str:
        """Print the label; return the address that a phone reads off it."""
        file = self._places.folder / "label.pdf"
        address = f"127.0.0.1:{self._places.panel_port}"
        self._provision("label", DEVICE, "--out", str(file), "--address", address)
        page = pdfium.PdfDocument(file)[0].render(scale=DOTS_PER_POINT)
        codes = zxingcpp.read_barcodes(np.asarray(page.to_numpy()))
        texts = [str(each.text) for each in codes]
        return next(each for each in texts if each.startswith("https://"))

    def write(self) -> None:
        """Put the bundle onto the card."""
        self._places.boot.mkdir(exist_ok=True)
        self._provision("write", DEVICE, "--boot", str(self._places.boot))

    def enrol(self) -> None:
        """Believe what the device says of itself."""
        self._provision("enrol", DEVICE, "--boot", str(self._places.boot))
