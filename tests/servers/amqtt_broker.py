"""A broker that knows MQTT 3.1.1 only, in a process of its own."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers.server import Server

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


class AmqttBroker(Server):
    """A broker of MQTT 3.1.1.

    Args:
        folder: Where its log lies.
        port: Where it listens.
    """

    login: tuple[str, str] | None = None

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(port, folder / "amqtt.log")

    def _words(self) -> Sequence[str | Path]:
        return [sys.executable, "-c", PROGRAM, str(self.port)]
