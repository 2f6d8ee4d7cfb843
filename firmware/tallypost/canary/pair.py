"""Both halves as on the appliance, with a tap between them."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tallypost.canary.tap import Tap
from tallypost.daemon.handover import Handover

TALLYPOST = (sys.executable, "-m", "tallypost")
"""How to call ourselves."""
LOGS = {"vision": "vision.log", "telemetry": "telemetry.log", "fetcher": "fetcher.log"}
DRAIN_S = 20.0
"""How long the telemetry half may take to end: the last records are on their way."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The halves while they run.

    Attributes:
        vision: The one that sees canaries.
        telemetry: The one that speaks.
        tap: Hears what passes between them.
    """

    vision: subprocess.Popen[bytes]
    telemetry: subprocess.Popen[bytes]
    tap: Tap

    def abort(self) -> bool:
        """End the half that sees as a fault would; return whether it left a dump.

        Source: waitid(2), `CLD_DUMPED`.
        """
        if self.vision.poll() is not None:
            return False
        self.vision.send_signal(signal.SIGABRT)
        ended = os.waitid(os.P_PID, self.vision.pid, os.WEXITED | os.WNOWAIT)
        self.vision.wait()
        return ended is not None and ended.si_code == os.CLD_DUMPED

    def drain(self) -> None:
        """Wait until the half that speaks has sent what is left."""
        self.tap.join(DRAIN_S)
        with suppress(subprocess.TimeoutExpired):
            self.telemetry.wait(DRAIN_S)


@contextmanager
def running(
    settings_file: Path,
    handover: Handover,
    words: Sequence[str],
    program: Sequence[str] = TALLYPOST,
) -> Iterator[Pair]:
    """Give both halves, started; none is left afterwards.

    Args:
        settings_file: The test's own; what the halves say is kept beside it.
        handover: What both are told.
        words: What the half that sees is told besides.
        program: What is called as `tallypost`.
    """
    seen, outlet = os.pipe()
    inlet, passed_on = os.pipe()
    folder = settings_file.parent
    own = ["--settings", str(settings_file)]

    def begin(name: str, *told: str, given: Sequence[int]) -> subprocess.Popen[bytes]:
        command = [*program, *told, *own]
        return _begin(command, folder / LOGS[name], handover, given)

    with _dumps_allowed(), _hatch(handover) as ends:
        telemetry = begin(
            "telemetry", "telemetry-half", f"--inlet={inlet}", given=[inlet]
        )
        within = [f"--hatch={end}" for end in ends[:1]]
        vision = begin(
            "vision",
            *("tested-vision-half", f"--outlet={outlet}", *within, *words),
            given=[outlet, *ends[:1]],
        )
        others = [
            begin("fetcher", "fetcher", f"--hatch={end}", given=[end])
            for end in ends[1:]
        ]
    os.close(outlet)
    os.close(inlet)
    pair = Pair(vision, telemetry, Tap(seen, passed_on))
    try:
        yield pair
    finally:
        for process in (vision, telemetry, *others):
            process.kill()
            process.wait()
        pair.tap.join(DRAIN_S)


@contextmanager
def _hatch(handover: Handover) -> Iterator[Sequence[int]]:
    """Give both ends of what a third process fetches through; none where none does."""
    ends = os.pipe() if handover.fetched else ()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def _begin(
    command: Sequence[str], log: Path, handover: Handover, given: Sequence[int]
) -> subprocess.Popen[bytes]:
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and words
            command,
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            pass_fds=given,
        )
    assert process.stdin is not None
    # One that ends at once has said why.
    with suppress(BrokenPipeError):
        process.stdin.write(handover.to_json())
        process.stdin.close()
    return process


@contextmanager
def _dumps_allowed() -> Iterator[None]:
    """Have halves begin with all the room for a dump that we may give them."""
    before, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (before, most))
