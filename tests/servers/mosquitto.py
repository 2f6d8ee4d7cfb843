"""A real mosquitto on a port of its own, for as long as a test needs it."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

START_S = 60.0
FIRST_PORT, PORTS_EACH, WORKERS_MAX = 20_000, 1_000, 12


def free_port() -> int:
    """Return a port of this machine that nobody listens on just now.

    It lies below those that the kernel gives to clients, which could take it while a
    server is down; and each worker of a divided run has its own range.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + worker % WORKERS_MAX * PORTS_EACH
    for port in random.sample(range(first, first + PORTS_EACH), PORTS_EACH):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no port is free from {first} to {first + PORTS_EACH - 1}")


def wait_until_open(
    process: subprocess.Popen[bytes], port: int, log: Path, start_s: float
) -> None:
    """Return once a server listens; fail with its log if it ends or takes too long."""
    deadline = time.monotonic() + start_s
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)
        else:
            return
    raise AssertionError(log.read_text())


def program(name: str) -> str:
    """Return where a program lies; skip the test where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"needs {name}; install mosquitto and mosquitto-clients")
    return found


class Mosquitto:
    """A broker that can be stopped, killed, frozen and started again.

    Args:
        folder: Where its settings, its log and its store lie.
        settings: Lines of mosquitto.conf beside port and persistence; the listener
            lets everybody in unless they say otherwise.
        port: None takes a free one.
    """

    login: tuple[str, str] | None = None

    def __init__(
        self,
        folder: Path,
        settings: str = "allow_anonymous true",
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self.log = folder / "mosquitto.log"
        self._folder = folder
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> "Mosquitto":
        """Start it, and return once it listens."""
        settings = self._folder / "mosquitto.conf"
        settings.write_text(
            f"listener {self.port} 127.0.0.1\n"
            f"{self._settings}\n"
            "persistence true\n"
            f"persistence_location {self._folder}/\n"
            "autosave_on_changes true\n"
            "autosave_interval 1\n"
            "log_type all\n"
            "user root\n"
        )
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program("mosquitto"), "-c", settings], stdout=log, stderr=log
            )
        wait_until_open(self._process, self.port, self.log, START_S)
        return self

    def has_saved(self, text: bytes) -> Callable[[], bool]:
        """Return a question: whether some text is in the store on the disk yet."""
        store = self._folder / "mosquitto.db"
        return lambda: store.exists() and text in store.read_bytes()

    def stop(self) -> None:
        """Ask it to end, and wait until it has; stopping twice is harmless."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: it still has its connections, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(START_S)
        finally:
            process.kill()
            process.wait()
