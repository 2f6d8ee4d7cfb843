"""Makes sure that who fetches is connected to the camera, and to nobody else."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tallypost.errors import CameraUnavailableError, LockInError
from tallypost.vision.camera.sources import Stream

DESCRIPTORS = Path("/proc/self/fd")
SOCKET = "socket:"
FIRST_OF_OTHERS = 3
"""Below lie standard input, output and error: a service manager's journal is a socket
too, and is let go of before the first packet."""
GONE = 0
"""The port of a far end that is not there."""
PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
"""Where a scheme is served if its address does not say. Source: RFC 7826, 22.14;
RFC 9110, 4.2."""


def port_of(address: str) -> int:
    """Return the port that an address names or means."""
    parts = urlsplit(address)
    return parts.port or PORTS[parts.scheme.lower()]


def check(camera: Stream) -> None:
    """Check that there is one socket, and that it leads to the camera over TCP.

    A camera may send whoever asks elsewhere, which FFmpeg follows.

    Args:
        camera: What was opened.

    Raises:
        CameraUnavailableError: The camera has closed it already, or it leads to the
            same port of another machine.
        LockInError: There is another, or more than one.
    """
    port = port_of(camera.url)
    ends = [_far_end(descriptor) for descriptor in _sockets()]
    found = [(kind, number) for kind, _, number in ends]
    if found in ([], [(socket.SOCK_STREAM, GONE)]):
        raise CameraUnavailableError(
            f"{camera.place}: closes the connection at once; see that it is well"
        )
    if found != [(socket.SOCK_STREAM, port)]:
        listed = ", ".join(f"{number}" for _, number in found)
        raise LockInError(
            f"{camera.place}: needs connections to the ports {listed}, and who fetches "
            f"may have one, to port {port} over TCP; name a camera that needs no more"
        )
    if ends[0][1] not in _machines(camera.url):
        raise CameraUnavailableError(
            f"{camera.place}: sends us to another machine; name that one"
        )


def _sockets() -> list[int]:
    """Return the descriptors of this process's sockets, but for the standard ones."""
    found = []
    for link in [*DESCRIPTORS.iterdir()]:
        with suppress(FileNotFoundError):  # the listing's own is closed by now
            is_socket = str(link.readlink()).startswith(SOCKET)
            if is_socket and int(link.name) >= FIRST_OF_OTHERS:
                found.append(int(link.name))
    return found


def _machines(address: str) -> set[str]:
    """Return the machines that an address may mean."""
    with suppress(OSError):  # a name that means nothing any more
        return {
            str(sockaddr[0])
            for *_, sockaddr in socket.getaddrinfo(urlsplit(address).hostname, None)
        }
    return set()


def _far_end(descriptor: int) -> tuple[int, str, int]:
    """Return a socket's type, and the machine and the port that it leads to."""
    with socket.socket(fileno=os.dup(descriptor)) as held:
        try:
            machine, port, *_ = held.getpeername()
        except OSError:
            return held.type, "", GONE
        return held.type, machine, port
