"""Makes sure that who fetches is connected to the camera, and to nobody else."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tallypost.errors import LockInError

DESCRIPTORS = Path("/proc/self/fd")
SOCKET = "socket:"
PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
"""Where a scheme is served if its address does not say. Source: RFC 7826, 22.14;
RFC 9110, 4.2."""


def port_of(address: str) -> int:
    """Return the port that an address names or means."""
    parts = urlsplit(address)
    return parts.port or PORTS[parts.scheme.lower()]


def check(port: int) -> None:
    """Check that there is one socket, and that it leads to a camera's port over TCP.

    Args:
        port: The camera's.

    Raises:
        LockInError: There is none, another, or more than one.
    """
    found = [_peer(descriptor) for descriptor in _sockets()]
    if found != [(socket.SOCK_STREAM, port)]:
        raise LockInError(
            f"lock-in: who fetches must hold one connection to port {port} and holds "
            f"{len(found)} ({found}); name a camera that needs no more"
        )


def _sockets() -> list[int]:
    """Return the descriptors of this process's sockets."""
    found = []
    for link in [*DESCRIPTORS.iterdir()]:
        with suppress(FileNotFoundError):  # the listing's own is closed by now
            if str(link.readlink()).startswith(SOCKET):
                found.append(int(link.name))
    return found


def _peer(descriptor: int) -> tuple[int, int]:
    """Return a socket's type and the port that it leads to; 0: to none."""
    with socket.socket(fileno=os.dup(descriptor)) as held:
        try:
            return held.type, held.getpeername()[1]
        except OSError:
            return held.type, 0
