"""The clocks of a Linux board."""

import ctypes
import os
import resource
import signal
import time

from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust

# Source: adjtimex(2). TIME_ERROR is returned while nobody disciplines the clock.
TIME_ERROR = 5
MICROSECONDS = 1e-6
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4


class _Timex(ctypes.Structure):
    """The beginning of `struct timex` of the kernel; the rest is reserved room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("reserved", ctypes.c_long * 32),
    )


class LinuxBoard:
    """The kernel's own clocks."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def monotonic_s(self) -> float:
        """Return seconds that never jump, for durations."""
        return time.monotonic()

    def utc_s(self) -> float:
        """Return seconds since 1970 by the calendar; may jump."""
        return time.time()

    def clock(self) -> ClockReading:
        """Return how far `utc_s` may be believed: what the kernel's discipline says."""
        timex = _Timex()
        state = self._libc.adjtimex(ctypes.byref(timex))
        if state in (-1, TIME_ERROR):
            return ClockReading(ClockTrust.UNSYNCED, None)
        return ClockReading(ClockTrust.SYNCED, timex.maxerror * MICROSECONDS)

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


def leave_no_core() -> None:
    """Have the kernel never write this process's memory to a disk, nor show it.

    Source: core(5); PR_SET_DUMPABLE(2const).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
