"""What both halves do when they begin and when they are asked to end."""

import os
import signal
import sys
import threading
from types import FrameType

from tallypost.assembly.board import end_with_daemon
from tallypost.daemon.handover import BYTES_MAX, Handover


def read_handover() -> Handover:
    """Return what the daemon hands over on standard input.

    Raises:
        SettingsError: Nothing that could be understood.
    """
    return Handover.from_json(sys.stdin.buffer.readline(BYTES_MAX))


def stop_on_signal(daemon: int, *, kept: bool = False) -> threading.Event:
    """Return an event that SIGTERM sets; Ctrl-C is the daemon's business.

    The half also ends when its daemon does, however that ended; where a service manager
    keeps both, it sees to that.

    Args:
        daemon: Process id of the daemon.
        kept: Whether a service manager has started this half, and not the daemon.
    """
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not kept:
        end_with_daemon(daemon)
    return stop


def fall_silent() -> None:
    """Take this process what it was started with: what it saw stays here."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    # What a library prints is not even tried: it could not be written at the end.
    sys.stdout = sys.stderr = None
