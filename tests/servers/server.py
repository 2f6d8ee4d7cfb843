"""A server in a process of its own, for as long as a test needs it."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.servers.mosquitto import wait_until_open

START_S = 30.0


class Server(ABC):
    """A server that listens on a port and writes a log.

    Args:
        port: Where it listens.
        log: What it says.
    """

    environment: Mapping[str, str] | None = None
    """What it finds around it; None for what we find."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it, and return once it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words(), stdout=log, stderr=log, env=self.environment
            )
        wait_until_open(self._process, self.port, self.log, START_S)
        return self

    def stop(self) -> None:
        """End it; stopping twice is harmless."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @abstractmethod
    def _words(self) -> Sequence[str | Path]:
        """Return its program and what that is told."""
