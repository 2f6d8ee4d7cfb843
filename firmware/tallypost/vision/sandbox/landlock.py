"""Landlock: a second wall behind the filter, where the kernel has it.

The filter looks at calls, Landlock at files. From here on no thread can write,
make or remove a file but the nodes of devices, reach or offer a TCP port, or signal
another process. Beneath /dev lie also files of others, disks and terminals: they are
not among the nodes. Raspberry Pi's kernels have it switched off: nothing rests on it.

Source: the kernel's Documentation/userspace-api/landlock.rst; linux/landlock.h.
"""

import ctypes
import os
import re
import stat
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tallypost.vision.sandbox.kernel import call

DEVICES = Path("/dev")
NODE_FOLDERS = ("accel", "bus", "dma_heap", "dri")
"""Chips beside the processor, USB, buffers of cameras, graphics: some come late."""
TEXT = re.compile(r"tty|pt|vcs|console|kmsg")
"""How nodes begin that carry text to somebody: terminals, the kernel's log."""
VERSION_QUESTION = 1
PATH_BENEATH, NET_PORT = 1, 2
# Source: linux/landlock.h, LANDLOCK_ACCESS_FS_*.
WRITE_FILE, IOCTL_DEV = 1 << 1, 1 << 15
CHANGES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Write, remove and make files of every kind; reading and running stay free."""
REFER, TRUNCATE = 1 << 13, 1 << 14
# The version that brought each: what an older kernel does not know is not asked for.
REFER_SINCE, TRUNCATE_SINCE, NETWORK_SINCE, IOCTL_SINCE, SCOPE_SINCE = 2, 3, 4, 5, 6
BIND_AND_CONNECT, CONNECT = 0b11, 0b10
SOCKETS_AND_SIGNALS = 0b11
_RULESET = struct.Struct("<QQQ")
_BENEATH = struct.Struct("<Qi")
_PORT = struct.Struct("<QQ")


def version() -> int:
    """Return which Landlock the kernel has; 0: none."""
    try:
        return call(
            "landlock_create_ruleset",
            None,
            ctypes.c_size_t(0),
            ctypes.c_uint32(VERSION_QUESTION),
        )
    except OSError:
        return 0


def restrict(port: int | None = None) -> int:
    """Put this thread, and those that it starts, behind Landlock, for good.

    Args:
        port: The one TCP port that may be reached; None: none may.

    Returns:
        Which Landlock the kernel has; 0: none, and nothing was done.

    Raises:
        OSError: The kernel has it and refuses.
    """
    known = version()
    if not known:
        return 0
    files = _files(known)
    attributes = _RULESET.pack(
        files,
        BIND_AND_CONNECT if known >= NETWORK_SINCE else 0,
        SOCKETS_AND_SIGNALS if known >= SCOPE_SINCE else 0,
    )
    size = 8 if known < NETWORK_SINCE else 16 if known < SCOPE_SINCE else 24
    ruleset = call(
        "landlock_create_ruleset",
        attributes,
        ctypes.c_size_t(size),
        ctypes.c_uint32(0),
    )
    try:
        for node in nodes():
            _allow(ruleset, node, files & (WRITE_FILE | TRUNCATE | IOCTL_DEV))
        if port is not None and known >= NETWORK_SINCE:
            reached = _PORT.pack(CONNECT, port)
            _apply("landlock_add_rule", ruleset, NET_PORT, reached, 0)
        _apply("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    return known


def nodes() -> Iterator[Path]:
    """Yield what may be written to: nodes that a camera or a delegate may be.

    A link is none (`/dev/stdout` leads to a terminal); what it leads to may be.
    """
    for each in DEVICES.iterdir():
        with suppress(FileNotFoundError):  # unplugged just now
            mode = each.lstat().st_mode
            text = TEXT.match(each.name)
            known = each.name in NODE_FOLDERS
            if (stat.S_ISDIR(mode) and known) or (stat.S_ISCHR(mode) and not text):
                yield each


def _allow(ruleset: int, node: Path, accesses: int) -> None:
    """Let a node be used; one that is gone by now needs no rule."""
    with suppress(FileNotFoundError):
        place = os.open(node, os.O_PATH | os.O_CLOEXEC)
        try:
            beneath = _BENEATH.pack(accesses, place)
            _apply("landlock_add_rule", ruleset, PATH_BENEATH, beneath, 0)
        finally:
            os.close(place)


def _files(known: int) -> int:
    """Return which accesses to files a kernel of this version can be told of."""
    files = CHANGES
    for since, access in (
        (REFER_SINCE, REFER),
        (TRUNCATE_SINCE, TRUNCATE),
        (IOCTL_SINCE, IOCTL_DEV),
    ):
        files |= access if known >= since else 0
    return files


def _apply(name: str, *arguments: int | bytes) -> None:
    call(
        name,
        *(ctypes.c_int(each) if isinstance(each, int) else each for each in arguments),
    )
