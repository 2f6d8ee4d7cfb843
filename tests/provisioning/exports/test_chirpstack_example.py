"""The program on the page that gives ChirpStack a fleet, and a likeness of that."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tallypost_provisioning.exports.networks import chirpstack
from tests.provisioning.devices import identity

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "chirpstack_devices.py"
IDS = {"application_id": "a-1", "device_profile_id": "p-1"}


class Network(HTTPServer):
    """Keeps what it is told of devices, as api/proto/api/device.proto spells it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.devices: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, dict[str, Any]] = {}


class Asked(BaseHTTPRequestHandler):
    server: Network

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Grpc-Metadata-Authorization"] != "Bearer a-token":
            self.send_response(401)
        elif self.path == "/api/devices":
            self._keep(self.server.devices, told["device"])
        else:
            assert self.path == f"/api/devices/{told['device_keys']['dev_eui']}/keys"
            self._keep(self.server.keys, told["device_keys"])
        self.end_headers()

    def _keep(self, there: dict[str, dict[str, Any]], told: dict[str, Any]) -> None:
        self.send_response(409 if told["dev_eui"] in there else 200)
        there.setdefault(told["dev_eui"], told)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(network: Network, file: Path, token: str) -> subprocess.CompletedProcess[str]:
    url = f"http://127.0.0.1:{network.server_port}"
    words = [sys.executable, str(EXAMPLE), url, str(file)]
    return subprocess.run(
        words, input=token, capture_output=True, text=True, check=False
    )


def test_the_program_on_the_page_adds_a_fleet_once(
    network: Network, tmp_path: Path
) -> None:
    fleet = [identity(), identity("tp-0002", dev_eui="70B3D57ED0005678")]
    file = tmp_path / "devices.csv"
    file.write_text(chirpstack(fleet, **IDS), newline="")

    first = run(network, file, "a-token\n")
    assert first.stdout == "tp-0001: added\ntp-0002: added\n", first.stderr
    assert network.devices["70b3d57ed0001234"] == {
        "dev_eui": "70b3d57ed0001234",
        "join_eui": "70b3d57ed0000000",
        "name": "tp-0001",
        "description": "Quay, Lamp post 12, Quay Street",
        **IDS,
    }
    assert network.keys["70b3d57ed0005678"] == {
        "dev_eui": "70b3d57ed0005678",
        "nwk_key": fleet[1].app_key.lower(),
    }
    again = run(network, file, "a-token\n")
    assert again.stdout == "tp-0001: there already\ntp-0002: there already\n"


def test_it_ends_where_it_is_not_let_in(network: Network, tmp_path: Path) -> None:
    file = tmp_path / "devices.csv"
    file.write_text(chirpstack([identity()], **IDS), newline="")

    assert run(network, file, "wrong\n").returncode != 0
    assert network.devices == {}
