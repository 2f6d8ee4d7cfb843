"""Does what may end its process in a child of its own, locked in before it begins."""

import os
import resource
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tallypost.vision.sandbox.allowance import Outlet
from tallypost.vision.sandbox.entrance import give_up, leave_no_trace
from tallypost.vision.sandbox.lock import lock_in

MEMORY_BYTES = 1 << 30
PROCESSOR_S = 20
STATM = Path("/proc/self/statm")
Begin = Callable[[int], Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended, and what it has said until then.

    Attributes:
        said: All that came through its outlet.
        code: What it ended with; None where a signal ended it.
        killed_by: The signal that ended it; None where it ended by itself.
        overdue: Whether it was killed because it took too long or said too much.
    """

    said: bytes
    code: int | None
    killed_by: signal.Signals | None
    overdue: bool = False


def confined(
    begin: Begin,
    *,
    frame_bytes: int,
    memory_bytes: int = MEMORY_BYTES,
    processor_s: int = PROCESSOR_S,
    patience_s: float,
    said_bytes_max: int,
) -> Ending:
    """Return how a child ended that was locked in and then worked.

    Only this thread lives on in the child. It has what this process has loaded and
    read, and can open nothing more.

    Args:
        begin: Called in the child with the outlet, before it is locked in; returns what
            it does then.
        frame_bytes: What it says comes in pieces of this length.
        memory_bytes: How much more it may have than this process has.
        processor_s: How long it may calculate.
        patience_s: For how long it may say nothing; then it is killed.
        said_bytes_max: How much it may say; who says more is killed.
    """
    inlet, outlet = os.pipe()
    process_id = os.fork()
    if process_id == 0:
        _serve(begin, Outlet(outlet, frame_bytes), memory_bytes, processor_s)
    os.close(outlet)
    try:
        said, overdue = _heard(inlet, patience_s, said_bytes_max)
    finally:
        os.close(inlet)
        # Its outlet closes when it ends, and not before: then this changes nothing.
        os.kill(process_id, signal.SIGKILL)
        _, status = os.waitpid(process_id, 0)
    if os.WIFSIGNALED(status):
        return Ending(said, None, signal.Signals(os.WTERMSIG(status)), overdue)
    return Ending(said, os.WEXITSTATUS(status), None)


def _serve(begin: Begin, outlet: Outlet, memory_bytes: int, processor_s: int) -> None:
    """Work, and end this process: with 0 where all went well, else with 1."""
    code = 1
    try:
        pages = int(STATM.read_text("ascii").split()[0])
        room = pages * os.sysconf("SC_PAGE_SIZE") + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
        resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s))
        leave_no_trace()
        give_up(outlet.descriptor)
        work = begin(outlet.descriptor)
        lock_in(outlet, ())
        work()
        code = 0
    finally:
        os._exit(code)


def _heard(inlet: int, patience_s: float, bytes_max: int) -> tuple[bytes, bool]:
    """Return what comes until the other end is closed, and whether that was too much.

    Too long a silence is too much as well.
    """
    said = b""
    while len(said) <= bytes_max:
        if not select.select([inlet], [], [], patience_s)[0]:
            break
        piece = os.read(inlet, bytes_max + 1 - len(said))
        if not piece:
            return said, False
        said += piece
    return said, True
