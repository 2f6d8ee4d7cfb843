"""A device that shows another certificate, because an operator has asked for it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.certificates import Authority
from tests.servers.mosquitto import Mosquitto
from tests.system.house import MODEL, House, video, wait_until

OPERATOR = [sys.executable, "-m", "tallypost_backend.cli"]


class Fleet:
    """A broker that lets in whom its authority has certified, and one device.

    Args:
        folder: Where all of it lies.
        data: Footage and models.
    """

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder / "ca", "city-ca")
        server, server_key = self.authority.issue("broker")
        self.broker = Mosquitto(
            folder / "broker",
            f"cafile {self.authority.file}\ncertfile {server}\nkeyfile {server_key}\n"
            "require_certificate true\nuse_identity_as_username true",
        ).start()
        self.operator = self.authority.issue("operator")
        self.key = folder / "operator.pem"
        self.run("keys", "new", self.key, "--no-passphrase")
        certificate, key = self.authority.issue("tp-test")
        names = {
            "ca_file": self.authority.file,
            "certificate_file": certificate,
            "key_file": key,
        }
        files = "".join(f"{name} = {json.dumps(str(names[name]))}\n" for name in names)
        self.house = House(
            folder,
            video(data / "footage" / "vtest.avi", "real", loop=True),
            data / "models" / MODEL,
            uplink=f'kind = "mqtt"\nhost = "127.0.0.1"\nport = {self.broker.port}\n'
            f'{files}\n[remote]\nfolder = "remote"\nconfirm_within_s = 12\n'
            f"operator_keys = [{json.dumps(str(self.key) + '.pub')}]",
        ).start()

    def run(self, *words: object) -> str:
        """Run the operator's tool; return its output."""
        done = subprocess.run(
            [*OPERATOR, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120.0,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def ask(self, *words: object) -> Any:
        """Send a command; return what the device answers."""
        certificate, key = self.operator
        out = self.run(
            *("command", *words, "--device", "tp-test", "--key", self.key),
            *("--host", "127.0.0.1", "--port", self.broker.port, "--wait-s", 60),
            *("--ca-file", self.authority.file),
            *("--tls-certificate-file", certificate, "--tls-key-file", key),
        )
        assert out, self.house.log
        return json.loads(out)

    def take(self, authority: Authority) -> None:
        """Have the device make a key, and an authority certify it."""
        reply = self.ask("new_tls_key")
        assert reply["outcome"] == "done", reply
        certificate = self.folder / "new.crt"
        certificate.write_text(authority.sign(reply["request"]))
        reply = self.ask("take_certificate", f"certificate=@{certificate}")
        assert reply["outcome"] == "done", reply

    @property
    def state(self) -> Any:
        """What the device's journal says."""
        path = self.folder / "remote" / "state.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else {}


@pytest.fixture
def fleet(tmp_path: Path, data: Path) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path, data)
    assert wait_until(lambda: "state=watching" in fleet.house.log), fleet.house.log
    yield fleet
    fleet.house.close()
    fleet.broker.stop()


@pytest.mark.slow
def test_a_new_certificate_is_taken_and_proves_good(fleet: Fleet) -> None:
    fleet.take(fleet.authority)

    assert wait_until(
        lambda: (
            fleet.state.get("settled")
            == {"settings": None, "drawing": None, "identity": 1}
        )
    ), fleet.house.log
    assert fleet.ask("log_level", "level=info", "duration_s=1")["outcome"] == "done"
    key = fleet.folder / "remote" / "identity-1" / "device.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text() not in fleet.house.log


@pytest.mark.slow
def test_a_certificate_that_the_broker_refuses_is_taken_back(fleet: Fleet) -> None:
    fleet.take(Authority(fleet.folder / "other", "other-ca"))

    assert wait_until(lambda: "taken back" in fleet.house.log), fleet.house.log
    # It is told a moment before it is written.
    assert wait_until(lambda: fleet.state["identity"]["standing"] == "rolled_back")
    assert fleet.state["settled"] == {
        "settings": None,
        "drawing": None,
        "identity": None,
    }
    assert fleet.ask("log_level", "level=info", "duration_s=1")["outcome"] == "done"
