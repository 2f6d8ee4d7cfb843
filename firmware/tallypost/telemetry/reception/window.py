"""The window: a Unix socket at which few may ask, one line of JSON each way.

One thread answers and tells; whoever has news leaves it and goes on at once. Who does
not read what is told is dropped, who sends what is no question is answered so.
"""

import logging
import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.errors import RecordError, SettingsError, TallypostError
from tallypost.telemetry.reception.base import Answer, Deeds
from tallypost.telemetry.reception.questions import understood

CLIENTS_MAX = 4
QUESTION_BYTES_MAX = 256 * 1024
ANSWER_BYTES_MAX = 1024 * 1024
UNREAD_BYTES_MAX = 2 * ANSWER_BYTES_MAX
"""Whoever leaves more unread is dropped."""
NEWS_MAX = 256
"""So much waits for the thread; then the oldest goes."""
READ_BYTES = 64 * 1024
MODE = 0o660
TICK_S = 1.0
STOP_S = 5.0
LATER = "is not answered by this device; bring its firmware up to date"
FULL = "house: is asked by as many as may; close one"

_logger = logging.getLogger(__name__)


class _Client:
    """One that asks: what came and is no whole line yet, what it has not read yet."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.came = bytearray()
        self.unread = bytearray()
        self.watches = False

    def lines(self, data: bytes) -> list[bytes]:
        """Return the whole lines that there are with more data."""
        self.came += data
        *whole, rest = self.came.split(b"\n")
        self.came = bytearray(rest)
        return [bytes(line) for line in whole]


class Window:
    """Answers and tells, in a thread of its own, until it is closed.

    Args:
        path: Where the socket is; what is left there of before is removed.
        deeds: What answers each question.
        tick: Called about once a second, in the thread.

    Raises:
        OSError: There can be no socket there.
    """

    def __init__(
        self, path: Path, deeds: Deeds, tick: Callable[[], None] = lambda: None
    ) -> None:
        self._path = path
        self._deeds = deeds
        self._tick = tick
        self._news: deque[tuple[str, Callable[[], Answer]]] = deque(maxlen=NEWS_MAX)
        self._clients: dict[int, _Client] = {}
        self._selector = selectors.DefaultSelector()
        self._bell_out, self._bell_in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._over = False
        self._listener = self._bound()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._bell_out, selectors.EVENT_READ)
        self._thread = threading.Thread(
            target=self._work, name="reception", daemon=True
        )
        self._thread.start()

    @property
    def watched(self) -> bool:
        """Whether anybody wants to be told."""
        return any(each.watches for each in list(self._clients.values()))

    def tell(self, kind: str, told: Callable[[], Answer]) -> None:
        """Tell all who watch; any thread may call it, and it returns at once.

        Args:
            kind: In one word.
            told: Returns what is told, in the window's thread.
        """
        if self.watched:
            self._news.append((kind, told))
            self._ring()

    def close(self) -> None:
        """Answer nobody any more; closing twice is harmless."""
        if self._over:
            return
        self._over = True
        self._ring()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            return  # a deed hangs; the process ends with it
        self._path.unlink(missing_ok=True)
        for client in list(self._clients.values()):
            self._drop(client)
        self._selector.close()
        self._listener.close()
        os.close(self._bell_in)
        os.close(self._bell_out)

    def _bound(self) -> socket.socket:
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.setblocking(False)  # noqa: FBT003  # the library's
            listener.bind(str(self._path))
            self._path.chmod(MODE)
            listener.listen(CLIENTS_MAX)
        except OSError:
            listener.close()
            raise
        return listener

    def _ring(self) -> None:
        with suppress(BlockingIOError):
            os.write(self._bell_in, b"!")

    def _work(self) -> None:
        while not self._over:
            for key, _ in self._selector.select(TICK_S):
                try:
                    self._turn_to(key)
                except Exception:  # one's fault must not end the answers to all others
                    _logger.exception("question not answered action=hang up")
                    if key.data is not None:
                        self._drop(key.data)
            try:
                self._tick()
            except Exception:  # nor must a light that cannot be had
                _logger.exception("turn not ended action=go on")

    def _turn_to(self, key: selectors.SelectorKey) -> None:
        if key.fileobj is self._listener:
            self._welcome()
        elif key.fileobj == self._bell_out:
            self._spread()
        else:
            self._serve(key.data)

    def _welcome(self) -> None:
        try:
            line, _ = self._listener.accept()
        except OSError:
            return  # gone already
        line.setblocking(False)  # noqa: FBT003  # the library's
        if len(self._clients) >= CLIENTS_MAX:
            with suppress(OSError):
                line.send(spell({"ok": False, "faults": [FULL]}) + b"\n")
            line.close()
            return
        client = self._clients[line.fileno()] = _Client(line)
        self._selector.register(line, selectors.EVENT_READ, client)

    def _spread(self) -> None:
        """Tell what there is to tell."""
        with suppress(BlockingIOError):
            os.read(self._bell_out, READ_BYTES)
        while self._news:
            kind, told = self._news.popleft()
            line = spell({"tell": kind, **told()}) + b"\n"
            for client in [each for each in self._clients.values() if each.watches]:
                self._send(client, line)

    def _serve(self, client: _Client) -> None:
        """Take what came of one, and send it what it has not read yet."""
        self._send(client, b"")
        try:
            data = client.line.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        for line in client.lines(data):
            if client.line.fileno() >= 0:
                self._send(client, self._answered(client, line) + b"\n")
        if len(client.came) > QUESTION_BYTES_MAX:
            _logger.warning("question too long action=hang up")
            self._drop(client)

    def _send(self, client: _Client, data: bytes) -> None:
        client.unread += data
        try:
            while client.unread:
                sent = client.line.send(client.unread)
                del client.unread[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._drop(client)
            return
        if len(client.unread) > UNREAD_BYTES_MAX:
            _logger.warning("answers are not read action=hang up")
            self._drop(client)
            return
        wanted = selectors.EVENT_READ
        if client.unread:
            wanted |= selectors.EVENT_WRITE
        self._selector.modify(client.line, wanted, client)

    def _drop(self, client: _Client) -> None:
        descriptor = client.line.fileno()
        if descriptor >= 0:
            del self._clients[descriptor]
            self._selector.unregister(client.line)
            client.line.close()

    def _answered(self, client: _Client, line: bytes) -> bytes:
        """Return the answer to one line, whoever wrote it."""
        number: object = None
        try:
            question = fields.mapping(parse(line, bytes_max=QUESTION_BYTES_MAX), "")
            number = fields.whole(question.pop("id", 0), "id", low=0, high=2**53)
            told = spell({"id": number, "ok": True, **self._done(client, question)})
        except SettingsError as error:
            told = _refused(number, list(error.faults))
        except TallypostError as error:
            told = _refused(number, [str(error)])
        except (ValueError, RecursionError):
            told = _refused(number, ["answer: holds what JSON cannot spell"])
        if len(told) > ANSWER_BYTES_MAX:
            return _refused(number, ["answer: is too long; ask for less"])
        return told

    def _done(self, client: _Client, question: Mapping[str, object]) -> Answer:
        word, arguments = understood(question)
        if word == "watch":
            client.watches = True
            return {}
        deed = self._deeds.get(word)
        if deed is None:
            raise RecordError(f"{word}: {LATER}")
        return deed(**arguments)


def _refused(number: object, faults: list[str]) -> bytes:
    return spell({"id": number, "ok": False, "faults": faults})
