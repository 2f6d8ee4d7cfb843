"""The device under test: daemon and halves as processes that can be hurt."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from scripts.chaos_run.places import DEVICE, INTERVAL_S, PREFIX, Places

ROOT = Path(__file__).resolve().parents[2]
END_S = 60.0
DEAD = ("Z", "X")
TORN_BYTES_MAX = 5000
SPOOLED = b'\n5f3a01bc {"seq": 12, "boot": null, "record": "{\\"schema\\"'
SETTINGS = """\
device = "{device}"
interval_s = {interval_s}

[uplink]
kind = "mqtt"
host = "{host}"
port = {port}
tls = false
topic_prefix = "{prefix}"
timeout_s = 120

[outbox]
path = "{outbox}"

[remote]
operator_keys = ["{operator_key}"]
folder = "{remote}"
"""


class Device:
    """The daemon, its supervisor and its two halves.

    Args:
        places: Of the run.
        prefix: What the daemon's command begins with.
    """

    def __init__(self, places: Places, prefix: Sequence[str] = ()) -> None:
        self._places = places
        self._prefix = prefix
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, host: str, port: int) -> None:
        """Write the settings: where the broker is, as the device sees it."""
        text = SETTINGS.format(
            device=DEVICE,
            interval_s=INTERVAL_S,
            host=host,
            port=port,
            prefix=PREFIX,
            outbox=self._places.outbox,
            operator_key=self._places.operator_key,
            remote=self._places.folder / "remote",
        )
        self._places.settings.write_text(text, "utf-8")

    def start(self) -> None:
        """Start the daemon; it starts both halves."""
        words = [*self._prefix, sys.executable, "-m", "scripts.chaos_run.daemon"]
        with self._places.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*words, str(self._places.folder), str(os.getpid())],
                cwd=ROOT,
                stderr=log,
                process_group=0,
            )

    def kill_half(self, name: str) -> bool:
        """Kill one half, if it is there; return whether it was."""
        number = self._half(name)
        if number is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
            return True
        return False

    def kill_and_tear(self, random: Random) -> bool:
        """Kill the telemetry half, and leave files as a write that was cut leaves them.

        A mark that was not put in its place yet is cut short, the last line in the RAM
        disk too, and behind what was committed to the log of the database lies the
        beginning of what was not.
        """
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            number = self._half("telemetry-half")
            if number is None or not self.kill_half("telemetry-half"):
                return False
            while _state(number) not in ("Z", ""):
                time.sleep(0.001)
            with suppress(OSError):  # the card may be full
                self._tear(random)
            return True
        finally:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End all of it at once, if it runs; on return none of it is alive.

        That is the whole group: a half that has just been started has told nobody its
        number yet, and must not read in one boot what was written in another.
        """
        if self._process is None:
            return
        group = self._process.pid
        os.killpg(group, signal.SIGKILL)
        self._process.wait()
        self._process = None
        while _alive(group):
            time.sleep(0.001)

    def stop(self) -> int:
        """Ask the daemon to end; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(END_S)
        self._process = None
        return code

    def _half(self, name: str) -> int | None:
        """Return the number of a half that is alive; it is surely ours."""
        with suppress(OSError, ValueError):
            number = int(self._places.pid(name).read_text("ascii"))
            words = Path(f"/proc/{number}/cmdline").read_bytes()
            if str(self._places.settings).encode() in words:
                return number
        return None

    def _tear(self, random: Random) -> None:
        outbox = self._places.outbox
        for name in (".seq.new", ".alert-seq.new"):
            digits = f"{random.randrange(10**6)}"
            half = digits[: random.randrange(len(digits) + 1)]
            outbox.with_name(outbox.name + name).write_text(half, "ascii")
        for spool in self._places.ram.rglob("*.spool"):
            with spool.open("ab") as file:
                file.write(SPOOLED[: random.randrange(len(SPOOLED))])
        log = outbox.with_name(outbox.name + "-wal")
        if log.exists() and log.stat().st_size:
            with log.open("ab") as file:
                file.write(random.randbytes(random.randrange(TORN_BYTES_MAX)))


def _state(number: int) -> str:
    """Return the letter of a process's state; empty where there is none."""
    return next(iter(_facts(Path(f"/proc/{number}"))), "")


def _alive(group: int) -> bool:
    """Return whether a process of a group is there that is no zombie."""
    everybody = map(_facts, Path("/proc").glob("[0-9]*"))
    return any(
        int(facts[2]) == group and facts[0] not in DEAD for facts in everybody if facts
    )


def _facts(process: Path) -> list[str]:
    """Return state, parent, group and more of a process; empty where there is none.

    Source: proc_pid_stat(5).
    """
    try:
        told = (process / "stat").read_text("ascii", "replace")
    except OSError:
        return []
    return told.rpartition(")")[2].split()
