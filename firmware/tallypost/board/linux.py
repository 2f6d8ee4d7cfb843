"""The clocks of a Linux board."""

import ctypes
import os
import signal
import time
from pathlib import Path

from tallypost.board.base import UNSYNCED, ClockReading
from tallypost.board.discipline import Timex, reading
from tallypost.board.rtc import rtc_s

PR_SET_PDEATHSIG = 1
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class LinuxBoard:
    """The kernel's own clocks.

    Durations are told by CLOCK_BOOTTIME: a board that was suspended has not stood
    still, and a date that is reckoned from a clock that did would be wrong.

    Args:
        host_uncertainty_s: By how much the calendar may be off where a host keeps it
            that tells this kernel nothing; None where nobody else does.
    """

    def __init__(self, host_uncertainty_s: float | None = None) -> None:
        self._host_uncertainty_s = host_uncertainty_s
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._boot_id = BOOT_ID.read_text("ascii").strip()

    def monotonic_s(self) -> float:
        """Return seconds since the board was started, which never jump."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def utc_s(self) -> float:
        """Return seconds since 1970 by the calendar; may jump."""
        return time.time()

    def clock(self) -> ClockReading:
        """Return how far `utc_s` may be believed: what the kernel's discipline says."""
        timex = Timex()
        if self._libc.adjtimex(ctypes.byref(timex)) < 0:
            return UNSYNCED
        return reading(timex, time.time(), self._host_uncertainty_s)

    def rtc_s(self) -> float | None:
        """Return what the clock on a battery says; None where there is none."""
        return rtc_s()

    def boot_id(self) -> str:
        """Return the kernel's own name for this start. Source: random(4)."""
        return self._boot_id

    def wait(self, seconds: float) -> None:
        """Return after so many seconds of the monotonic clock."""
        if seconds > 0:
            time.sleep(seconds)


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process when its parent ends.

    Args:
        parent: The parent's process id, as it says itself: it may be gone already.

    Source: PR_SET_PDEATHSIG(2const).
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
