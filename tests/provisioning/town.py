"""A small city for tests, and what its devices would say."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tallypost.errors import TallypostError
from tallypost_provisioning.cli import group

PASSPHRASE = "correct horse battery"
TOWN = "test-town"


def secret_file(path: Path, text: str = PASSPHRASE) -> Path:
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def run(*words: object, **more: Any) -> Result:
    return CliRunner().invoke(group, list(map(str, words)), **more)


def told(result: Result) -> str:
    """Return everything that a person would read."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        assert isinstance(result.exception, TallypostError), result.exception
        return f"{result.output}{result.exception}"
    return result.output


def found(folder: Path, devices: int) -> Path:
    """Make a city and its first devices."""
    passphrase = secret_file(folder / "passphrase")
    made = run("init", folder / "city", "--name", TOWN, "--passphrase-file", passphrase)
    assert made.exit_code == 0, told(made)
    for _ in range(devices):
        words = ("--city", folder / "city", "--passphrase-file", passphrase)
        made = run("new", "--place", 'Main "Street" \\ 5', *words)
        assert made.exit_code == 0, told(made)
    return folder / "city"


class Town:
    """A city of a test's own.

    Args:
        folder: Where it is copied to.
        original: What it is a copy of.
    """

    def __init__(self, folder: Path, original: Path) -> None:
        self.folder = folder / "city"
        shutil.copytree(original, self.folder)
        self.passphrase = secret_file(folder / "passphrase")
        self.boot = folder / "boot"
        self.boot.mkdir()

    def run(self, *words: object, passphrase: Path | None = None) -> Result:
        """Run a command; its city and its passphrase are given."""
        file = passphrase or self.passphrase
        return run(*words, "--city", self.folder, "--passphrase-file", file)

    def must(self, *words: object) -> str:
        """Run a command that goes well; return what it says."""
        done = self.run(*words)
        assert done.exit_code == 0, told(done)
        return done.output

    def refused(self, *words: object) -> str:
        """Run a command that does not; return what it says."""
        done = self.run(*words)
        assert done.exit_code != 0, done.output
        return told(done)

    def known(self, device: str) -> Any:
        """Return what is public of a device."""
        return json.loads(self.must("show", device, "--json"))

    def secrets(self, device: str) -> Any:
        """Return all that is known of a device."""
        return json.loads(self.must("show", device, "--json", "--secrets"))

    @property
    def card(self) -> Path:
        """The folder of ours on the card."""
        return self.boot / "tallypost"


def report(device: str, **otherwise: Any) -> bytes:
    """Return what a device says of itself after its first start."""
    said = {
        "schema": "tallypost.device/1",
        "device": device,
        "signing_key": "ab" * 32,
        "panel_certificate_sha256": "cd" * 32,
        "request": request(device),
        "serial": "10000000abcdef01",
        "firmware": "0.1.0",
    }
    return json.dumps(said | otherwise).encode()


def request(name: str, curve: ec.EllipticCurve | None = None) -> str:
    key = ec.generate_private_key(curve or ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    asked = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return asked.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def openssl(
    *words: object, sent: bytes | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        input=None if sent is None else sent.decode(),
    )
