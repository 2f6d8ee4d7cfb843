"""A broker that knows MQTT 3.1.1 only, in a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests.servers.mosquitto import wait_until_open

START_S = 20.0

PROGRAM = """
import asyncio, sys
from amqtt.broker import Broker

async def main():
    broker = Broker({
        "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {
            "allow_anonymous": True,
        }},
    })
    await broker.start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


class AmqttBroker:
    """A broker of MQTT 3.1.1.

    Args:
        folder: Where its log lies.
        port: Where it listens.
    """

    login: tuple[str, str] | None = None

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.log = folder / "amqtt.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "AmqttBroker":
        """Start it, and return once it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(self.port)], stdout=log, stderr=log
            )
        wait_until_open(self._process, self.port, self.log, START_S)
        return self

    def stop(self) -> None:
        """End it; stopping twice is harmless."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
