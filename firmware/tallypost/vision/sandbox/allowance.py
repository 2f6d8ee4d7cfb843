"""What the half that sees may still ask of the kernel, and what for.

Nothing on this list opens a file, a socket or a process, names another process, or
carries data to one, but the one write of the outlet. Whatever is not on it is refused.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from tallypost.vision.sandbox.bpf import WHOLE, Rule, Where

# Source of the values: linux/sched.h, asm-generic/{mman-common,fcntl}.h, linux/fcntl.h.
THREAD = 0x00010100
"""CLONE_VM and CLONE_THREAD: another thread of this process, no process."""
PROT_EXEC = 0x4
F_GETFD, F_GETFL, F_DUPFD_CLOEXEC = 1, 3, 1030
AT_EMPTY_PATH = 0x1000
CLOCK_REALTIME = 0
ITIMER_REAL = 0
IOCTL_TYPE = 0xFF00
"""Which bits of a request tell whose it is. Source: asm-generic/ioctl.h."""
BELL_BYTES, KNOCK_BYTES = 8, 1

UNKNOWN = ("clone3",)
"""What it asks for lies in memory, where no filter can look: the C library takes
`clone` instead."""


class Need(Enum):
    """What else a camera or a delegate asks for, once it is open."""

    FOOTAGE = "plays a file: goes back to its beginning"
    V4L2 = "asks the kernel's camera driver for the next picture"
    LIBCAMERA = "asks drivers of sensor and ISP, and hands buffers from one to another"
    GSTREAMER = "wakes its threads by bells that it makes as it goes"
    ACCELERATOR = "hands tensors to a chip beside the processor"
    CONNECTION = "speaks to a camera over what is open to it; never who sees"


# Source of the letters: Documentation/userspace-api/ioctl/ioctl-number.rst.
_IOCTL_TYPES = {
    Need.V4L2: b"V",
    Need.LIBCAMERA: b"Vb|",  # V4L2, dma-buf, media controller
    Need.ACCELERATOR: b"U\xdc\x7f",  # USB, gasket, apex
}


@dataclass(frozen=True, slots=True)
class Channels:
    """Descriptors that lead from one thread of this process to another, or to a camera.

    Attributes:
        bells: Event counters: a ring is 8 bytes.
        knocks: Pipes of which both ends are here: a knock is 1 byte.
        connections: Sockets that lead to a camera, of who fetches.
    """

    bells: tuple[int, ...] = ()
    knocks: tuple[int, ...] = ()
    connections: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """The one way out.

    Attributes:
        descriptor: Of the wall.
        frame_bytes: Every write has this length.
    """

    descriptor: int
    frame_bytes: int


def rules(
    outlet: Outlet, channels: Channels, needs: Collection[Need], process_id: int
) -> Iterator[Rule]:
    """Yield what is allowed, the most frequent first.

    Args:
        outlet: The one way out.
        channels: Between threads of this process.
        needs: Of camera and delegate.
        process_id: Our own.
    """
    yield from _always(_WAITING)
    yield from _outlet(outlet)
    yield from _inside(channels)
    yield from _always(_READING)
    yield from _camera(outlet, needs)
    yield from _connections(channels)
    yield from _memory()
    yield from _always(_ITSELF)
    yield from _threads(process_id)
    yield from _clock()


_WAITING = (
    "futex",
    *("poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait"),
    *("clock_nanosleep", "nanosleep", "sched_yield"),
    # Answered without the kernel on most boards.
    *("clock_gettime", "clock_getres", "gettimeofday", "time", "getcpu"),
)
_READING = ("read", "readv", "pread64")
"""From what is open already."""
_ITSELF = (
    *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid"),
    *("uname", "sysinfo", "getrusage", "sched_getaffinity", "getrandom"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"),
    *("restart_syscall", "exit", "exit_group"),
)


def _always(calls: Iterable[str]) -> Iterator[Rule]:
    return (Rule(call) for call in calls)


def _outlet(outlet: Outlet) -> Iterator[Rule]:
    """Yield the one write; who could close it, could put something else in its place.

    `dup2` and `dup3`, which do both at once, are refused altogether, and it gets no
    second number.
    """
    here = Where(0, outlet.descriptor)
    yield Rule("write", (here, Where(2, outlet.frame_bytes, WHOLE)))
    yield Rule("close", (Where(0, outlet.descriptor, equal=False),))


def _inside(channels: Channels) -> Iterator[Rule]:
    for descriptors, length in (
        (channels.bells, BELL_BYTES),
        (channels.knocks, KNOCK_BYTES),
    ):
        for descriptor in descriptors:
            yield Rule("write", (Where(0, descriptor), Where(2, length, WHOLE)))


def _camera(outlet: Outlet, needs: Collection[Need]) -> Iterator[Rule]:
    letters = {letter for need in needs for letter in _IOCTL_TYPES.get(need, b"")}
    for letter in sorted(letters):
        yield Rule("ioctl", (Where(1, letter << 8, IOCTL_TYPE),))
    if Need.FOOTAGE in needs or Need.GSTREAMER in needs:
        yield from _always(("lseek", "fstat"))
        # How the C library asks for the size of an open file.
        yield Rule("newfstatat", (Where(3, AT_EMPTY_PATH),))
        other = Where(0, outlet.descriptor, equal=False)
        for question in (F_GETFD, F_GETFL, F_DUPFD_CLOEXEC):
            yield Rule("fcntl", (other, Where(1, question)))
        # How FFmpeg opens a film again, where it was built without the former.
        yield Rule("dup", (other,))
    if Need.GSTREAMER in needs or Need.ACCELERATOR in needs:
        yield from _always(("eventfd2", "timerfd_settime"))
    if Need.LIBCAMERA in needs:
        yield from _always(("epoll_ctl", "timerfd_settime"))


def _connections(channels: Channels) -> Iterator[Rule]:
    """Yield speaking to a camera; an address would be another one's."""
    for descriptor in channels.connections:
        here = Where(0, descriptor)
        yield Rule("recvfrom", (here,))
        yield Rule("sendto", (here, Where(4, 0, WHOLE)))


def _memory() -> Iterator[Rule]:
    """Yield memory of its own, in which nothing new can be run."""
    yield from _always(("munmap", "mremap", "madvise", "brk"))
    for call in ("mmap", "mprotect"):
        yield Rule(call, (Where(2, 0, PROT_EXEC),))


def _threads(process_id: int) -> Iterator[Rule]:
    """Yield threads of this process; they are locked in as it is.

    A signal to itself is how `abort` ends it. Their names may not be set: other
    processes can read them.
    """
    yield Rule("clone", (Where(0, THREAD, THREAD),))
    yield from _always(("set_robust_list", "rseq", "membarrier"))
    yield Rule("tgkill", (Where(0, process_id),))
    # Asks for a limit; the third argument would set one.
    yield Rule("prlimit64", (Where(0, 0), Where(2, 0, WHOLE)))


def _clock() -> Iterator[Rule]:
    """Yield the timer that ends us, and what tells how far to believe the calendar.

    The same calls as the latter would set the clock: for that the kernel wants a right
    that this process has given up.
    """
    yield Rule("setitimer", (Where(0, ITIMER_REAL),))
    yield Rule("adjtimex")
    yield Rule("clock_adjtime", (Where(0, CLOCK_REALTIME),))
