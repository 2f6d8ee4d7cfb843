"""What every simulated modem is: lines in, lines out, and a device that speaks."""

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from tallypost.board.base import Board
from tallypost.simulated.lorawan.device import EndDevice
from tallypost.simulated.lorawan.outcome import Downlink, Exchange

LINE_BYTES_MAX = 1024
BOOT_S = 0.3
"""How long a modem is deaf after it was switched on."""
THINKING_S = 0.001


class SimulatedModem(ABC):
    """A modem behind a serial line, which somebody else provides.

    It never waits: what it has to say later lies ready until then. So the same one runs
    on a pseudo-terminal in real time and in a test in simulated time: `feed` what was
    said to it, let the board's clock go on to `due_s()`, `take` what it says.

    Args:
        device: What speaks LoRaWAN.
        board: Whose clock it goes by.
        introduce: Called with the device before each attempt to join, so that a network
            that is to let everybody in can learn of it.

    Attributes:
        baud: At what speed it listens.
        stuck: While true it hears nothing, and says nothing: only a reset helps.
        restarts: How often it was started afresh.
    """

    model: ClassVar[str]
    baud_default: ClassVar[int]
    line_end: ClassVar[str] = "\r\n"
    line_ends: ClassVar[bytes] = b"\r\n"
    """What ends a command, each by itself."""
    finds_speed: ClassVar[bool] = False
    """Whether the letter U tells it at what speed it is spoken to."""
    banner: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        device: EndDevice,
        board: Board,
        introduce: Callable[[EndDevice], None] | None = None,
    ) -> None:
        self.device = device
        self.baud = self.baud_default
        self.stuck = False
        self.restarts = 0
        self._board = board
        self._introduce = introduce
        self._heard = b""
        self._order = 0
        self._due: list[tuple[float, int, Callable[[], bytes]]] = []
        self._deaf_until_s = board.monotonic_s()
        self._busy_until_s = self._joined_from_s = board.monotonic_s()

    def feed(self, octets: bytes) -> None:
        """Take what was said to it, whole lines or not."""
        if self.stuck or self.now_s < self._deaf_until_s:
            return
        self._heard += octets
        while (line := self._next_line()) is not None:
            if text := line.decode("ascii", "replace").strip():
                self._obey(text)
        self._heard = self._heard[-LINE_BYTES_MAX:]

    def take(self) -> bytes:
        """Return what it says by now; each byte once."""
        said = b""
        while self._due and self._due[0][0] <= self.now_s:
            said += heapq.heappop(self._due)[2]()
        return b"" if self.stuck else said

    def due_s(self) -> float | None:
        """Return when it says something next, by the board's clock; None for never."""
        return self._due[0][0] if self._due else None

    def restart(self, *, brown_out: bool = False) -> None:
        """Start afresh, by a command or because the power failed.

        Args:
            brown_out: Whether it happens in the middle of a line.
        """
        cut = self.take()
        self._due.clear()
        self._heard = b""
        self.restarts += 1
        self.stuck = False
        self.device.power_cycle(self.now_s)
        self._busy_until_s = self._deaf_until_s = self.now_s + BOOT_S
        self._forget()
        if brown_out:
            self._put(self.now_s, cut[: len(cut) // 2] + b"\0\xfe\xf8")
        self._say(*self.banner, at_s=self._deaf_until_s)

    @property
    def now_s(self) -> float:
        """The board's time."""
        return self._board.monotonic_s()

    @property
    def joined(self) -> bool:
        """Whether it believes that it is in a network."""
        return self.device.session is not None and self.now_s >= self._joined_from_s

    @property
    def busy(self) -> bool:
        """Whether a frame is still on its way, or listened for."""
        return self.now_s < self._busy_until_s

    @abstractmethod
    def _obey(self, line: str) -> None:
        """Do what one line asks."""

    @abstractmethod
    def _forget(self) -> None:
        """Lose what does not survive a restart, beside what the device loses."""

    def _next_line(self) -> bytes | None:
        """Return the next whole line without its end; CR and LF both end one."""
        for index, octet in enumerate(self._heard):
            if octet in self.line_ends:
                line, self._heard = self._heard[:index], self._heard[index + 1 :]
                return line
        return None

    def _say(self, *lines: str, at_s: float | None = None) -> None:
        """Say lines, now or later."""
        due_s = self.now_s + THINKING_S if at_s is None else at_s
        for line in lines:
            self._put(due_s, (line + self.line_end).encode("ascii"))

    def _put(self, due_s: float, octets: bytes) -> None:
        """Say bytes, now or later."""
        self._later(due_s, lambda: octets)

    def _later(self, due_s: float, action: Callable[[], bytes]) -> None:
        """Do something then, and say what it returns."""
        self._order += 1
        heapq.heappush(self._due, (due_s, self._order, action))

    def _joining(self) -> None:
        """Make oneself known to a network that lets everybody in."""
        if self._introduce is not None:
            self._introduce(self.device)

    def _occupied(self, exchange: Exchange, *, joining: bool = False) -> None:
        """Be busy until an exchange has ended."""
        self._busy_until_s = exchange.ends_s
        if joining:
            self._joined_from_s = exchange.ends_s


def rssi_of(downlink: Downlink) -> int:
    """Return in whole dBm how strong a downlink was."""
    return round(downlink.signal.rssi_dbm)


def snr_of(downlink: Downlink) -> int:
    """Return in whole dB how clear a downlink was."""
    return round(downlink.signal.snr_db)
