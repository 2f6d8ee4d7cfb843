"""Lines of a Raspberry Pi, through gpiozero and whatever it stands on there."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import gpiozero

from tallypost.board.base import Board
from tallypost.board.pins import Edge, Input, Output, Wire
from tallypost.errors import PinsError


class GpioPins:
    """Lines by gpiozero's names, as in `GPIO17` or `J8:11`.

    Whatever is felt is pulled up: a switch is wired between its line and ground.

    Args:
        wires: The names of the lines.
        board: Whose monotonic clock edges are told by.
        factory: Where gpiozero takes pins from; None leaves it the choice.

    Raises:
        PinsError: This is no Pi, or a line is not there or somebody else's.
    """

    def __init__(
        self,
        wires: Mapping[Output | Input, Wire],
        board: Board,
        factory: gpiozero.Factory | None = None,
    ) -> None:
        self.outputs = frozenset(each for each in wires if isinstance(each, Output))
        self.inputs = frozenset(each for each in wires if isinstance(each, Input))
        self._board = board
        self._wires = dict(wires)
        self._heard: SimpleQueue[Edge] = SimpleQueue()
        self._devices: dict[Output | Input, Any] = {}
        try:
            for role, wire in wires.items():
                with _asking(f"{role} at {wire.line}"):
                    self._devices[role] = self._open(role, wire, factory)
        except PinsError:
            self.close()
            raise

    def show(self, output: Output, *, on: bool) -> None:
        """Switch a line on or off."""
        with _asking(output):
            self._devices[output].value = on

    def active(self, which: Input) -> bool:
        """Return whether a line is active."""
        with _asking(which):
            low = bool(self._devices[which].value)
        return low is self._wires[which].active_low

    def changes(self, wait_s: float) -> Sequence[Edge]:
        """Return what gpiozero's own threads have heard."""
        found = []
        try:
            found.append(self._heard.get(timeout=max(wait_s, 0.0)))
            while True:
                found.append(self._heard.get_nowait())
        except Empty:
            return found

    def close(self) -> None:
        """Switch everything off, and give the lines back."""
        for role, device in self._devices.items():
            with _asking(role):
                device.close()
        self._devices.clear()

    def _open(
        self, role: Output | Input, wire: Wire, factory: gpiozero.Factory | None
    ) -> Any:
        if isinstance(role, Output):
            return gpiozero.DigitalOutputDevice(
                wire.line, active_high=not wire.active_low, pin_factory=factory
            )
        # gpiozero calls what is pulled up active while it is low, and never else.
        device = gpiozero.DigitalInputDevice(
            wire.line, pull_up=True, pin_factory=factory
        )
        device.when_activated = self._hearer(role, low=True)
        device.when_deactivated = self._hearer(role, low=False)
        return device

    def _hearer(self, which: Input, *, low: bool) -> Callable[[], None]:
        active = low is self._wires[which].active_low

        # gpiozero refuses a partial with arguments by name.
        def hear() -> None:
            self._heard.put(Edge(which, active, self._board.monotonic_s()))

        return hear


@contextmanager
def _asking(what: str) -> Iterator[None]:
    """Have what gpiozero and its pins refuse told as our own.

    Raises:
        PinsError: They refuse.
    """
    try:
        yield
    except _refusals() as error:
        raise PinsError(f"board: {what} cannot be had ({error})") from error


def _refusals() -> tuple[type[Exception], ...]:
    """Return what gpiozero raises, and lgpio, which it does not translate."""
    lgpio = sys.modules.get("lgpio")
    own = () if lgpio is None else (lgpio.error,)
    return (gpiozero.GPIOZeroError, OSError, *own)
