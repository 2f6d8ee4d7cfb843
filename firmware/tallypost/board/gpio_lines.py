"""Lines of any Linux board by their names, through the kernel's character devices."""

import select
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import gpiod
from gpiod.line import Bias, Direction, Value
from gpiod.line import Edge as Detected

from tallypost.board.base import Board
from tallypost.board.pins import Edge, Input, Output, Wire
from tallypost.errors import PinsError

CHIPS = Path("/dev")
CONSUMER = "tallypost"
NANOSECONDS = 1e-9

Config = dict[Iterable[int | str] | int | str, gpiod.LineSettings | None]
"""What gpiod is asked for: settings by offset."""


class Place(NamedTuple):
    """Where a line is.

    Attributes:
        chip: The file of its chip.
        offset: Its number there.
    """

    chip: Path
    offset: int


def kernel_s() -> float:
    """Return the clock that the kernel stamps edges by. Source: gpio-v2 uAPI."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class GpioLines:
    """Lines that are found by name, on whichever chip they are.

    Whatever is felt is pulled up: a switch is wired between its line and ground. Where
    a chip has no resistor of its own the kernel passes over that.

    Args:
        wires: The names of the lines.
        board: Whose monotonic clock edges are told by.
        chips: The folder of the chips' files.
        stamped_by_s: The clock that the kernel stamps edges by.

    Raises:
        PinsError: A line is not there, or somebody else's.
    """

    def __init__(
        self,
        wires: Mapping[Output | Input, Wire],
        board: Board,
        *,
        chips: Path = CHIPS,
        stamped_by_s: Callable[[], float] = kernel_s,
    ) -> None:
        self.outputs = frozenset(each for each in wires if isinstance(each, Output))
        self.inputs = frozenset(each for each in wires if isinstance(each, Input))
        self._board = board
        self._stamped_by_s = stamped_by_s
        self._requests: dict[Path, gpiod.LineRequest] = {}
        self._places = {role: find(wire.line, chips) for role, wire in wires.items()}
        self._roles = {place: role for role, place in self._places.items()}
        try:
            self._request(wires)
        except PinsError:
            self.close()
            raise

    def show(self, output: Output, *, on: bool) -> None:
        """Switch a line on or off."""
        place = self._places[output]
        try:
            self._of(place).set_value(place.offset, _value(on))
        except OSError as error:
            raise _gone(output, error) from error

    def active(self, which: Input) -> bool:
        """Return whether a line is active."""
        place = self._places[which]
        try:
            return self._of(place).get_value(place.offset) is Value.ACTIVE
        except OSError as error:
            raise _gone(which, error) from error

    def changes(self, wait_s: float) -> Sequence[Edge]:
        """Return the edges that the kernel has seen, by its own stamps."""
        try:
            ready, _, _ = select.select(self._requests.values(), [], [], wait_s)
            seen = [
                (chip, event)
                for chip, request in self._requests.items()
                if request in ready
                for event in request.read_edge_events()
            ]
        except OSError as error:
            raise _gone("lines", error) from error
        ahead_s = self._board.monotonic_s() - self._stamped_by_s()
        edges = []
        for chip, event in seen:
            role = self._roles.get(Place(chip, event.line_offset))
            if isinstance(role, Input):
                rose = event.event_type is gpiod.EdgeEvent.Type.RISING_EDGE
                at_s = event.timestamp_ns * NANOSECONDS + ahead_s
                edges.append(Edge(role, rose, at_s))
        return sorted(edges, key=lambda edge: edge.at_s)

    def close(self) -> None:
        """Switch everything off, and release the lines."""
        try:
            with ExitStack() as stack:
                for request in self._requests.values():
                    stack.callback(request.release)
                for output in self.outputs:
                    # Where a chip was refused, those of others are ours all the same.
                    if self._places[output].chip in self._requests:
                        stack.callback(self.show, output, on=False)
        finally:
            self._requests.clear()

    def _request(self, wires: Mapping[Output | Input, Wire]) -> None:
        by_chip: dict[Path, Config] = defaultdict(dict)
        for role, place in self._places.items():
            by_chip[place.chip][place.offset] = _settings(role, wires[role])
        for chip, config in by_chip.items():
            try:
                self._requests[chip] = gpiod.request_lines(
                    str(chip), consumer=CONSUMER, config=config
                )
            except OSError as error:
                names = ", ".join(
                    wires[role].line
                    for role, place in self._places.items()
                    if place.chip == chip
                )
                raise PinsError(
                    f"board: {names} of {chip} cannot be had ({error.strerror}); does "
                    "another program or a device tree overlay have them?"
                ) from error

    def _of(self, place: Place) -> gpiod.LineRequest:
        return self._requests[place.chip]


def find(name: str, chips: Path = CHIPS) -> Place:
    """Return where the line of a name is: on the first chip that has one.

    Raises:
        PinsError: No chip has it, or none may be asked.
    """
    refused = ""
    for path in sorted(chips.glob("gpiochip*")):
        try:
            with gpiod.Chip(str(path)) as chip:
                return Place(path, chip.line_offset_from_id(name))
        except FileNotFoundError:
            continue
        except OSError as error:
            refused = f" ({path}: {error.strerror})"
    raise PinsError(
        f"board: no chip has a line called {name}{refused}; `gpioinfo` lists the names"
    )


def _settings(role: Output | Input, wire: Wire) -> gpiod.LineSettings:
    if isinstance(role, Output):
        return gpiod.LineSettings(
            direction=Direction.OUTPUT, active_low=wire.active_low
        )
    return gpiod.LineSettings(
        direction=Direction.INPUT,
        edge_detection=Detected.BOTH,
        bias=Bias.PULL_UP,
        active_low=wire.active_low,
    )


def _value(on: bool) -> Value:  # noqa: FBT001  # one level
    return Value.ACTIVE if on else Value.INACTIVE


def _gone(what: str, error: OSError) -> PinsError:
    return PinsError(f"board: {what} is gone ({error.strerror}); is the chip unbound?")
