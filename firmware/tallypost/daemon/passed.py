"""Takes the pipes between processes from the service manager that keeps them."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum

from tallypost.errors import SettingsError

FIRST = 3
"""Descriptors that are passed begin here. Source: sd_listen_fds(3)."""


class Pipe(StrEnum):
    """What may be passed, as `FileDescriptorName=` calls it."""

    WALL = "wall"
    HATCH = "hatch"


def passed(pipe: Pipe, way: int, environment: Mapping[str, str] = os.environ) -> int:
    """Return a pipe's descriptor, which goes one way alone from here on.

    What the service manager passes goes both ways, and both sides have the same one.
    So it is opened once more, for what the pipe's own permissions allow this process,
    and the other is closed.

    Args:
        pipe: Which one.
        way: `os.O_RDONLY` or `os.O_WRONLY`.
        environment: Tells what was passed, and to whom.

    Raises:
        SettingsError: It was not passed, or it may not be used this way.
    """
    given = _place(pipe, environment)
    if given is None or not _is_pipe(given):
        told = f"passes no {pipe}; start all with `tallypost run`, or by its units"
        raise SettingsError("LISTEN_FDS", [told])
    try:
        one_way = os.open(f"/proc/self/fd/{given}", way)
    except OSError as error:
        told = f"is a {pipe} that may not be used so by us ({error.strerror})"
        wish = f"see SocketUser= and SocketMode= of tallypost-{pipe}.socket"
        raise SettingsError("LISTEN_FDS", [f"{told}; {wish}"]) from error
    os.close(given)
    return one_way


def emptied(pipe: int) -> int:
    """Take what is left in a pipe and forget it; return how many bytes that was.

    Args:
        pipe: Its descriptor, for reading.
    """
    os.set_blocking(pipe, False)
    count = 0
    try:
        while data := os.read(pipe, PIPE_BYTES):
            count += len(data)
    except BlockingIOError:
        pass
    return count


PIPE_BYTES = 65_536


def _place(pipe: Pipe, environment: Mapping[str, str]) -> int | None:
    """Return at which number a pipe was passed to this very process, if it was."""
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    told = environment.get("LISTEN_PID"), environment.get("LISTEN_FDS")
    if told != (str(os.getpid()), str(len(names))) or pipe not in names:
        return None
    return FIRST + names.index(pipe)


def _is_pipe(descriptor: int) -> bool:
    with suppress(OSError):
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    return False
