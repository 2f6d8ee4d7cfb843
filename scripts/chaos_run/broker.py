"""A real mosquitto that can be stopped, killed and started again."""

import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

HOST = "127.0.0.1"
START_S = 15.0
SETTINGS = """\
listener {port} {host}
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
max_inflight_messages 0
log_type error
log_type warning
user root
"""


class Broker:
    """Mosquitto on a port of its own.

    Args:
        folder: Where its settings, its log and its store lie.
        host: Where it listens.
    """

    def __init__(self, folder: Path, host: str = HOST) -> None:
        found = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if found is None:
            raise SystemExit("chaos: mosquitto is not installed; apt install mosquitto")
        folder.mkdir()
        self.host, self.port = host, _free_port()
        self._log = folder / "mosquitto.log"
        settings = folder / "mosquitto.conf"
        settings.write_text(
            SETTINGS.format(port=self.port, host=host, folder=folder), "ascii"
        )
        self._words = [found, "-c", str(settings)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._words, stdout=log, stderr=log)
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s and self._process.poll() is None:
            address = (self.host, self.port)
            with suppress(OSError), socket.create_connection(address, 1.0):
                return
            time.sleep(0.02)
        raise SystemExit(f"chaos: mosquitto does not start; see {self._log}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, as asked or as a power cut would; twice is harmless."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_S)
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
