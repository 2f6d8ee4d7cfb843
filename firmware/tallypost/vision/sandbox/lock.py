"""Turns the key: from here on nothing leaves this process but frames of the wall."""

import errno
import os
import resource
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from tallypost.errors import LockInError
from tallypost.vision.sandbox import kernel
from tallypost.vision.sandbox.allowance import (
    UNKNOWN,
    Channels,
    Need,
    Outlet,
    rules,
)
from tallypost.vision.sandbox.bpf import assemble
from tallypost.vision.sandbox.entrance import WISH

DESCRIPTORS = Path("/proc/self/fd")
SWAPS = Path("/proc/swaps")
SWAP_IN_MEMORY = "/dev/zram"
BELL = "anon_inode:[eventfd]"
KNOCK = "pipe:"
CONNECTION = "socket:"
AF_UNIX, AF_INET, SOCK_STREAM = 1, 2, 1


def lock_in(outlet: Outlet, needs: Collection[Need]) -> bool:
    """Lock this process in; return whether its memory stays off every disk.

    Memory is locked where the process may lock all that it will ever have, as the
    service manager allows it. Where it may not, and the machine has a swap file, the
    kernel may write a picture there.

    Args:
        outlet: The one way out.
        needs: Of camera and delegate, which are open.

    Raises:
        LockInError: The kernel refuses, or the lock does not hold.
    """
    os.environ.clear()
    # Not before: why it cannot begin may be told into a file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    unbounded = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
    # Under a bound, memory that comes later could not be had at all.
    stays = (unbounded and kernel.lock_memory()) or not _swaps()
    allowed = rules(outlet, _channels(outlet, needs), needs, os.getpid())
    try:
        kernel.install(assemble(allowed, UNKNOWN, kernel.architecture()))
    except OSError as error:
        raise LockInError(
            f"lock-in: the kernel does not take the filter ({error.strerror}); {WISH}"
        ) from error
    prove(outlet)
    return stays


def prove(outlet: Outlet) -> None:
    """Try some ways out; none of them would do harm if it were open.

    Raises:
        LockInError: One is.
    """
    for name, attempt in _ways_out(outlet).items():
        try:
            attempt()
        except OSError as error:
            if error.errno == errno.EPERM:
                continue
        raise LockInError(f"lock-in: does not hold: {name} is not refused; {WISH}")


def _ways_out(outlet: Outlet) -> Mapping[str, Callable[[], object]]:
    def no_memory_file() -> None:
        os.close(os.memfd_create("way-out"))

    return {
        "reading a folder": lambda: os.scandir("/"),
        "opening for writing": lambda: os.open(os.devnull, os.O_WRONLY),
        "a socket of this machine": lambda: kernel.call("socket", AF_UNIX, SOCK_STREAM),
        "a socket of the network": lambda: kernel.call("socket", AF_INET, SOCK_STREAM),
        "a pipe": os.pipe,
        "a file in memory": no_memory_file,
        "another write to the wall": lambda: os.write(outlet.descriptor, b""),
        "another name of the wall": lambda: os.dup2(outlet.descriptor, 0),
        "another process": lambda: os.kill(os.getppid(), 0),
    }


def _swaps() -> bool:
    """Return whether the kernel writes memory to a disk when it runs short."""
    if not SWAPS.exists():
        return False
    areas = SWAPS.read_text("utf-8").splitlines()[1:]
    return any(not area.startswith(SWAP_IN_MEMORY) for area in areas)


def _channels(outlet: Outlet, needs: Collection[Need]) -> Channels:
    """Return what leads from one thread of this process to another, or to a camera.

    A pipe does if both its ends are here; nobody else has one then, as nothing was
    started and nothing handed on.
    """
    targets = {}
    for link in [*DESCRIPTORS.iterdir()]:
        # The listing's own is closed by now.
        with suppress(FileNotFoundError):
            targets[int(link.name)] = str(link.readlink())
    ends = Counter(targets.values())
    return Channels(
        bells=tuple(each for each, target in targets.items() if target == BELL),
        knocks=tuple(
            each
            for each, target in targets.items()
            if target.startswith(KNOCK) and ends[target] > 1
            if each != outlet.descriptor and target != targets[outlet.descriptor]
        ),
        connections=tuple(
            each
            for each, target in targets.items()
            if Need.CONNECTION in needs and target.startswith(CONNECTION)
        ),
    )
