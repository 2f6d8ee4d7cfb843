"""A whole house for a test: settings, a site, footage, and `tallypost run` on them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.outbox.outbox import Outbox

MODEL = "efficientdet-lite0.tflite"
SITE = """\
[[lines]]
name = "middle"
start = [0.5, 0.0]
end = [0.5, 1.0]

[[zones]]
name = "all"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
"""
SETTINGS = """\
device = "tp-test"
interval_s = {interval_s}

[camera]
{camera}

[detector]
model = {model}

[uplink]
{uplink}

[outbox]
path = "outbox.db"

[clock]
host_uncertainty_s = 1.0
"""
NO_UPLINK = 'kind = "none"'
PATIENCE = float(os.environ.get("TALLYPOST_TEST_PATIENCE", "1"))
"""How many times slower than a usual one this machine may be: one is emulated."""


def mqtt(port: int) -> str:
    """Return an uplink to a broker of this machine."""
    return f'kind = "mqtt"\nhost = "127.0.0.1"\nport = {port}\ntls = false'


def video(source: Path, pace: str = "fast", *, loop: bool = False) -> str:
    """Return a camera that plays a file."""
    return (
        f'kind = "video"\nsource = {json.dumps(str(source))}\n'
        f'pace = "{pace}"\nloop = {str(loop).lower()}'
    )


def wait_until(true: Callable[[], bool], seconds: float = 180.0) -> bool:
    """Wait until something is true; return whether it became so in time."""
    until_s = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < until_s:
        if true():
            return True
        time.sleep(0.05)
    return true()


class House:
    """`tallypost run` in a folder of its own.

    Args:
        folder: Where its settings and its outbox lie.
        camera: The `[camera]` table.
        model: The detector's file.
        uplink: The `[uplink]` table.
        interval_s: Length of the intervals.
    """

    def __init__(
        self,
        folder: Path,
        camera: str,
        model: Path | str,
        uplink: str = NO_UPLINK,
        interval_s: int = 1,
    ) -> None:
        self.settings = folder / "tallypost.toml"
        self.log_file = folder / "log.txt"
        (folder / "site.toml").write_text(SITE, "utf-8")
        self.settings.write_text(
            SETTINGS.format(
                interval_s=interval_s,
                camera=camera,
                model=json.dumps(str(model)),
                uplink=uplink,
            ),
            "utf-8",
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *words: str) -> "House":
        """Start it, with more words if need be."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(*TALLYPOST, "run", "--no-live"),
                    *("--settings", str(self.settings), *words),
                ],
                stdout=log,
                stderr=log,
            )
        return self

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self.log_file.read_text("utf-8")

    def half(self, name: str) -> int | None:
        """Return the process id of one half, if it runs."""
        assert self.process is not None
        for child in children(self.process.pid):
            if f"{name}-half" in command_line(child):
                return child
        return None

    def wait(self, seconds: float = 300.0) -> int:
        """Return its exit code once it has ended."""
        assert self.process is not None
        return self.process.wait(seconds * PATIENCE)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """End it however that goes."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30.0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def records(self) -> list[dict[str, Any]]:
        """Return the records that wait in the outbox, oldest first."""
        outbox = Outbox(self.settings.with_name("outbox.db"), board=SimulatedBoard())
        try:
            return [json.loads(row.payload) for row in outbox.head(100_000)]
        finally:
            outbox.close()


TALLYPOST = [sys.executable, "-m", "tallypost"]


def tallypost(*words: object, folder: Path | None = None) -> tuple[int, str, str]:
    """Run the command; return its exit code, output and complaints."""
    done = subprocess.run(
        [*TALLYPOST, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=300.0,
    )
    return done.returncode, done.stdout, done.stderr


def children(process_id: int) -> list[int]:
    """Return the process ids of a process's children."""
    path = Path(f"/proc/{process_id}/task/{process_id}/children")
    try:
        return [int(word) for word in path.read_text("ascii").split()]
    except OSError:
        return []


def command_line(process_id: int) -> str:
    """Return a process's words."""
    try:
        words = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return ""
    return words.replace(b"\0", b" ").decode()


def alive(process_id: int) -> bool:
    """Return whether a process still runs."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat").read_text("ascii").rpartition(")")[2]
    return state.split()[0] != "Z"
