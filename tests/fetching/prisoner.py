"""Is locked in with one connection, as who fetches is, and tries to get out.

It tells of each way what the kernel answered in frames of one length.
"""

import encodings.idna  # noqa: F401  `socket` loads it when first called
import os
import socket
import sys
from collections.abc import Callable

from tallypost.vision.sandbox.allowance import Need, Outlet
from tallypost.vision.sandbox.attempts import attempts
from tallypost.vision.sandbox.entrance import give_up, leave_no_trace
from tallypost.vision.sandbox.lock import lock_in
from tests.vision.sandbox.prisoner import FRAME_BYTES, tell, tried, unlisted

ALLOWED = ("a word to the camera", "a word from the camera")


def of_the_connection(
    camera: socket.socket, stranger: tuple[str, int]
) -> dict[str, Callable[[], object]]:
    """Return what is tried with the connection, by what it is."""
    words = [b"a", b"picture"]
    return {
        "a word to the camera": lambda: camera.send(b"PLAY"),
        "a word from the camera": lambda: camera.recv(4),
        "a word to somebody else": lambda: camera.sendto(b"a", stranger),
        "words in pieces": lambda: camera.sendmsg(words),
        "words with a descriptor": lambda: socket.send_fds(camera, [b"a"], [0]),
        "a word written": lambda: os.write(camera.fileno(), b"a" * FRAME_BYTES),
        "another far end": lambda: camera.connect(stranger),
        "an offer": camera.listen,
        "a caller": camera.accept,
        "an option": lambda: camera.setsockopt(1, 9, 1),
        "half an end": lambda: camera.shutdown(socket.SHUT_RDWR),
        "a copy of the connection": camera.dup,
    }


def main() -> None:
    """Be locked in and try."""
    outlet, port = int(sys.argv[1]), int(sys.argv[2])
    leave_no_trace()
    give_up(outlet, port=port)
    camera = socket.create_connection(("127.0.0.1", port))
    lock_in(Outlet(outlet, FRAME_BYTES), (Need.CONNECTION,))
    ways = of_the_connection(camera, ("127.0.0.1", port)) | unlisted(outlet)
    for name, way in ways.items():
        tell(outlet, name, tried(way))
    for attempt in attempts(outlet, FRAME_BYTES):
        tell(outlet, attempt.name, attempt.make())


if __name__ == "__main__":
    main()
