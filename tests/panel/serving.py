"""A panel that serves, before a house that is not there."""

import json
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.panel.door import CODE, Door, make_folder
from tests.panel.fake_house import FakeHouse, Told

TICK_S = 0.2
PRESS_S = 5.0
"""Well within the time that a panel lingers when nobody is in any more."""


@dataclass(frozen=True, slots=True)
class Served:
    """A panel that serves.

    Attributes:
        address: Where, as in `https://127.0.0.1:4711`.
        code: By which it opens.
        reception: The house behind it.
    """

    address: str
    code: str
    reception: "Reception"


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        writing = threading.Lock()

        def say(told: Told) -> None:
            with writing:
                self.wfile.write(json.dumps(told).encode() + b"\n")

        with suppress(OSError, ValueError):
            for line in self.rfile:
                question = json.loads(line)
                say(self.server.reception.house.answer(question))
                if question.get("ask") == "watch":
                    threading.Thread(
                        target=self._tell, args=(say,), daemon=True
                    ).start()

    def _tell(self, say: Callable[[Told], None]) -> None:
        with suppress(OSError, ValueError):
            seen = 0
            while not self.server.gone.wait(TICK_S):
                house = self.server.reception.house
                if house.changes != seen:
                    seen = house.changes
                    say({"tell": "state", "state": "watching"})
                for told in house.tells():
                    say(told)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, reception: "Reception") -> None:
        self.reception = reception
        self.gone = threading.Event()
        self._talks: list[socket.socket] = []
        super().__init__(str(path), _Talk)

    def get_request(self) -> tuple[socket.socket, str]:
        """Take a talk, and know it."""
        talk, address = super().get_request()
        self._talks.append(talk)
        return talk, address

    def hang_up(self) -> None:
        """End every talk."""
        for talk in self._talks:
            with suppress(OSError):
                talk.shutdown(socket.SHUT_RDWR)


class Reception:
    """The socket of a house; it can go away and come back.

    Args:
        path: Where it lies.
        house: Who answers.

    Attributes:
        house: Who answers from now on; it can be another.
    """

    def __init__(self, path: Path, house: FakeHouse) -> None:
        self._path = path
        self.house = house
        self._server: _Server | None = None

    def come(self) -> None:
        """Answer from now on."""
        self._server = _Server(self._path, self)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def go(self) -> None:
        """Answer no more, and end every talk; going twice is harmless."""
        if self._server is None:
            return
        self._server.gone.set()
        self._server.hang_up()
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink()
        self._server = None


def _press(folder: Path, over: threading.Event) -> None:
    """Press the button now and then: a panel ends by itself where nobody is in."""
    while not over.wait(PRESS_S):
        (folder / "wanted").touch()


@contextmanager
def served(house: FakeHouse) -> Iterator[Served]:
    """Serve a house by a panel in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="panel") as name:
        folder = make_folder(Path(name))
        reception = Reception(folder / "house.sock", house)
        reception.come()
        door = Door(folder)
        over = threading.Event()
        thumb = threading.Thread(target=_press, args=(folder, over), daemon=True)
        thumb.start()
        try:
            yield Served(f"https://127.0.0.1:{door.port}", CODE, reception)
        finally:
            over.set()
            thumb.join()
            door.close()
            reception.go()
