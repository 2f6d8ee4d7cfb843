"""Holds a conversation with a modem, line by line."""

import threading
from contextlib import suppress
from queue import Empty, SimpleQueue

from tallypost.board.base import Board
from tallypost.errors import ModemLostError
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.splitting import Splitter

END = b"\r\n"
"""Every grammar takes it: what ends a line at CR skips the empty one that follows."""
FAREWELL_S = 2.0
LINES_MAX = 1000
"""As many lines are kept for whoever is slow to hear them; then the oldest go."""


class Line:
    """Reads in a thread of its own, so that nothing said is lost between two calls.

    Args:
        port: Is this line's alone from now on.
        board: Whose clock to ask.
    """

    def __init__(self, port: Port, board: Board) -> None:
        self._port = port
        self._board = board
        self._said: SimpleQueue[str | None] = SimpleQueue()
        self._gone = ""
        self._closing = threading.Event()
        self._reader = threading.Thread(
            target=self._read, name="modem-reader", daemon=True
        )
        self._reader.start()

    @property
    def name(self) -> str:
        """What a person knows the port by."""
        return self._port.name

    def write(self, command: str) -> None:
        """Say something, and end the line.

        Raises:
            ModemLostError: The port is gone.
        """
        self.write_raw(command.encode("ascii") + END)

    def write_raw(self, data: bytes, *, after_break: bool = False) -> None:
        """Send bytes as they are, after a break where that is asked for.

        Raises:
            ModemLostError: The port is gone.
        """
        self._check()
        try:
            if after_break:
                self._port.send_break()
            self._port.write(data)
        except OSError as error:
            self._gone = self._gone or _words(error)
            raise self._lost(self._gone) from error

    def next(self, until_s: float) -> str | None:
        """Return the next line; None where none came in time.

        Args:
            until_s: By the board's monotonic clock; what has come already is returned
                even when that is past.

        Raises:
            ModemLostError: The port is gone, and nothing is left to hear.
        """
        while True:
            left_s = until_s - self._board.monotonic_s()
            try:
                said = self._said.get(left_s > 0, max(left_s, 0.0))
            except Empty:
                if self._gone:
                    raise self._lost(self._gone) from None
                if left_s > 0:
                    continue
                return None
            if said is None:
                self._said.put(None)  # whoever asks next must hear it, too
                raise self._lost(self._gone)
            return said

    def close(self) -> None:
        """Let go of the port; closing twice is harmless."""
        self._closing.set()
        self._port.close()
        self._reader.join(FAREWELL_S)

    def _read(self) -> None:
        splitter = Splitter()
        while not self._closing.is_set():
            try:
                data = self._port.read()
            except OSError as error:
                self._gone = _words(error)
                break
            for line in splitter.feed(data):
                self._keep(line)
        self._said.put(None)

    def _keep(self, line: str) -> None:
        if self._said.qsize() >= LINES_MAX:
            with suppress(Empty):
                self._said.get_nowait()
        self._said.put(line)

    def _check(self) -> None:
        if self._gone or self._closing.is_set():
            raise self._lost(self._gone or "closed")

    def _lost(self, reason: str) -> ModemLostError:
        return ModemLostError(
            f"{self.name}: is gone ({reason or 'closed'}); plug the modem in again"
        )


def _words(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
