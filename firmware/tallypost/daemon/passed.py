"""Takes the wall from the service manager that keeps it."""

import os
import stat
from collections.abc import Mapping

from tallypost.errors import SettingsError

FIRST = 3
"""Descriptors that are passed begin here. Source: sd_listen_fds(3)."""


def passed_wall(way: int, environment: Mapping[str, str] = os.environ) -> int:
    """Return the wall's descriptor, which goes one way alone from here on.

    What the service manager passes goes both ways, and both halves have the same one.
    So it is opened once more, for what the wall's own permissions allow this half, and
    the other is closed.

    Args:
        way: `os.O_RDONLY` or `os.O_WRONLY`.
        environment: Tells what was passed, and to whom.

    Raises:
        SettingsError: No wall was passed, or it may not be used this way.
    """
    passed = environment.get("LISTEN_PID"), environment.get("LISTEN_FDS")
    if passed != (str(os.getpid()), "1") or not _is_pipe():
        told = "passes no wall; start both halves with `tallypost run`, or by its units"
        raise SettingsError("LISTEN_FDS", [told])
    try:
        one_way = os.open(f"/proc/self/fd/{FIRST}", way)
    except OSError as error:
        told = f"is a wall that this half may not use so ({error.strerror})"
        wish = "see SocketUser= and SocketMode= of tallypost-wall.socket"
        raise SettingsError("LISTEN_FDS", [f"{told}; {wish}"]) from error
    os.close(FIRST)
    return one_way


def emptied(wall: int) -> int:
    """Take what is left in the wall and forget it; return how many bytes that was.

    Args:
        wall: Its descriptor, for reading.
    """
    os.set_blocking(wall, False)
    count = 0
    try:
        while data := os.read(wall, PIPE_BYTES):
            count += len(data)
    except BlockingIOError:
        pass
    return count


PIPE_BYTES = 65_536


def _is_pipe() -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(FIRST).st_mode)
    except OSError:
        return False
