"""A simulated modem on a pseudo-terminal, which a program opens as a serial port."""

import os
import pty
import select
import termios
import threading
import tty
from pathlib import Path
from types import TracebackType
from typing import Self

from tallypost.errors import SimulationError
from tallypost.simulated.modem.base import SimulatedModem
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.mishaps import Mishaps

CHUNK_BYTES = 512
IDLE_S = 0.05
BAUDS = {
    getattr(termios, f"B{baud}"): baud
    for baud in (9_600, 19_200, 38_400, 57_600, 115_200)
}
"""By what the terminal calls them."""
OUTPUT_SPEED = 5
"""Where `termios.tcgetattr` has the speed that the other side chose."""


class Terminal:
    """Joins a modem to a pseudo-terminal; opens on construction.

    At another speed than the modem's, both sides hear noise. What nobody reads for long
    is lost, as on a line.

    Args:
        modem: What answers.
        board: The modem's.
        mishaps: What goes wrong; None for nothing.
        link: Where a symbolic link to the terminal is made; None for none.

    Attributes:
        path: What a program opens.

    Raises:
        SimulationError: There is something at `link` already, or it cannot be made.
    """

    def __init__(
        self,
        modem: SimulatedModem,
        board: HurriedBoard,
        mishaps: Mishaps | None = None,
        link: Path | None = None,
    ) -> None:
        self._modem = modem
        self._board = board
        self._mishaps = mishaps or Mishaps({})
        self._link = link
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        device = os.ttyname(self._theirs)
        try:
            self._point_to(device)
        except SimulationError:
            self._hang_up()
            raise
        self.path = str(link or device)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Pull the plug: whoever has it open is hung up. Twice is harmless."""
        self._ends.set()
        self._thread.join()
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link = None

    def restart(self, *, brown_out: bool = False) -> None:
        """Have the modem start afresh, as from another thread one may."""
        with self._lock:
            self._modem.restart(brown_out=brown_out)

    def _point_to(self, device: str) -> None:
        if self._link is None:
            return
        try:
            if self._link.is_symlink() and not self._link.exists():
                self._link.unlink()  # what is left of one that was killed
            self._link.symlink_to(device)
        except OSError as error:
            raise SimulationError(
                f"{self._link}: no link to the terminal can be made there"
                f" ({error.strerror}); name a path that is free"
            ) from error

    def _hang_up(self) -> None:
        os.close(self._theirs)
        os.close(self._ours)

    def _serve(self) -> None:
        while not self._ends.is_set():
            ready, _, _ = select.select([self._ours], [], [], self._patience_s())
            heard = os.read(self._ours, CHUNK_BYTES) if ready else b""
            with self._lock:
                self._write(self._exchange(heard))
        self._hang_up()

    def _patience_s(self) -> float:
        due_s = self._modem.due_s()
        if due_s is None:
            return IDLE_S
        left_s = (due_s - self._modem.now_s) / self._board.pace
        return min(max(left_s, 0.0), IDLE_S)

    def _exchange(self, heard: bytes) -> bytes:
        """Return what is said back just now."""
        speed = termios.tcgetattr(self._theirs)[OUTPUT_SPEED]
        if self._modem.finds_speed and b"U" in heard:
            self._modem.baud = BAUDS.get(speed, self._modem.baud)
        if speed != self._speed():
            said = self._modem.take() or heard
            return self._mishaps.noise() if said else b""
        self._modem.feed(heard)
        said = self._modem.take()
        return self._mishaps.befall(self._modem, said) if said else b""

    def _speed(self) -> int:
        """Return the modem's speed, as the terminal calls it."""
        return int(getattr(termios, f"B{self._modem.baud}"))

    def _write(self, said: bytes) -> None:
        while said:
            try:
                said = said[os.write(self._ours, said) :]
            except BlockingIOError:
                return  # nobody reads
