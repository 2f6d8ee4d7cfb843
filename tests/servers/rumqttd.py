"""rumqttd, a broker in Rust that knows both versions of MQTT, as iotcore brings it."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.servers.mosquitto import free_port
from tests.servers.server import Server

PROGRAM = "import sys, iotcore; iotcore.Broker(config_path=sys.argv[1]).run_forever()"
ROUTER = """
id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
"""
LISTENER = """
[{version}.1]
name = "{version}"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[{version}.1.connections]
connection_timeout_ms = 60000
max_payload_size = 300000
max_inflight_count = 100
dynamic_filters = true
"""


class Rumqttd(Server):
    """A broker with one port for each version.

    Args:
        folder: Where its settings and its log lie.
        version: Of MQTT: "5" or "3.1.1".
    """

    login: tuple[str, str] | None = None

    def __init__(self, folder: Path, version: str) -> None:
        if find_spec("iotcore") is None:
            pytest.skip("needs iotcore; install the group test")
        super().__init__(free_port(), folder / "rumqttd.log")
        self._settings = folder / "rumqttd.toml"
        ports = {"v5": free_port(), "v4": free_port()}
        ports["v5" if version == "5" else "v4"] = self.port
        self._settings.write_text(
            ROUTER
            + "".join(
                LISTENER.format(version=each, port=port) for each, port in ports.items()
            )
        )

    def _words(self) -> Sequence[str | Path]:
        return [sys.executable, "-c", PROGRAM, self._settings]
