"""The real unit files, and their processes as systemd would start them."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.house import TALLYPOST

FOLDER = Path(__file__).parent.parent.parent / "packaging" / "systemd"
KEEPER, VISION, TELEMETRY = "tallypost", "tallypost-vision", "tallypost-telemetry"
FETCHER, PANEL = "tallypost-fetcher", "tallypost-panel"
STDIN = "StandardInput"
PASSED = 'exec env LISTEN_PID=$$ LISTEN_FDS={} LISTEN_FDNAMES={} "$@" {}'
"""Pipes that go both ways, as .socket units pass them."""


def program(name: str) -> str:
    """Return where a program of systemd's lies; skip the test where there is none."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}; install systemd")
    return found


def said(unit: str) -> Mapping[str, list[str]]:
    """Return what a service's file says, by key."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / f"{unit}.service").read_text("ascii").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


class Manager:
    """Does for the units what systemd does, with folders of our own.

    Args:
        folder: Stands in for /etc/tallypost; `run` in it for /run/tallypost.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run = folder / "run"
        self._run.mkdir()
        # Kept open, so that they outlive either half.
        self.wall, self.hatch = map(self._pipe, ("wall", "hatch"))
        self._ears: dict[str, socket.socket] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log_file = folder / "log.txt"

    def start(self, unit: str) -> subprocess.Popen[bytes]:
        """Start a unit by its own words."""
        told = said(unit)
        words = self._here(told["ExecStart"][0]).split()[1:]
        notify = {}
        if told["Type"] == ["notify"]:
            notify = {"NOTIFY_SOCKET": f"@{self._ear(unit)}"}
        given = told.get(STDIN, ["file:/dev/null"])[0].removeprefix("file:")
        with (
            Path(self._here(given)).open("rb") as stdin,
            self.log_file.open("ab") as log,
        ):
            process = subprocess.Popen(
                ["sh", "-c", self._passing(told), "sh", *TALLYPOST, *words],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, **notify},
            )
        self.processes[unit] = process
        return process

    def _pipe(self, name: str) -> int:
        os.mkfifo(self._folder / name)
        return os.open(self._folder / name, os.O_RDWR | os.O_NONBLOCK)

    def _passing(self, told: Mapping[str, list[str]]) -> str:
        """Return the words of a shell that passes a unit its pipes."""
        names = [
            name.split("-")[1].split(".")[0] for name in told["Sockets"][0].split()
        ]
        places = [f"{at}<>{self._folder / name}" for at, name in enumerate(names, 3)]
        return PASSED.format(len(names), ":".join(names), " ".join(places))

    def _ear(self, unit: str) -> str:
        """Return the abstract name under which a unit is heard."""
        name = f"{unit}-{os.getpid()}-{id(self)}"
        if unit not in self._ears:
            self._ears[unit] = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._ears[unit].bind(f"\0{name}")
        return name

    def hears(self, unit: str, word: bytes, seconds: float = 60.0) -> bool:
        """Return whether a unit says a word in time."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            self._ears[unit].settimeout(left_s)
            try:
                if self._ears[unit].recv(100) == word:
                    return True
            except TimeoutError:
                break
        return False

    def stop(self, unit: str, seconds: float = 40.0) -> int:
        """Have a unit end; return its exit code."""
        process = self.processes.pop(unit)
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    @property
    def log(self) -> str:
        """What the journal would hold."""
        return self.log_file.read_text("utf-8")

    def close(self) -> None:
        """End whatever still runs."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        for ear in self._ears.values():
            ear.close()
        os.close(self.wall)
        os.close(self.hatch)

    def _here(self, text: str) -> str:
        return text.replace("/run/tallypost", str(self._run)).replace(
            "/etc/tallypost", str(self._folder)
        )


@contextmanager
def units_in(folder: Path) -> Iterator[Path]:
    """Give a copy of all units whose programs are there, as where it is installed."""
    copy = folder / "units"
    copy.mkdir()
    for file in FOLDER.iterdir():
        text = file.read_text("ascii").replace("/usr/bin/tallypost", "/bin/true")
        (copy / file.name).write_text(text, "ascii")
    yield copy
