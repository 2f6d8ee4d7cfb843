"""Boards whose wires a test can pull, behind each back-end that there is."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import gpiod
import pytest
from gpiod.line import Bias, Value
from gpiozero.pins.mock import MockFactory

from tallypost.board.gpio_lines import GpioLines
from tallypost.board.gpio_pins import GpioPins
from tallypost.board.linux import LinuxBoard
from tallypost.board.pins import Input, Lines, Output, Wire
from tallypost.board.simulated_pins import SimulatedLines

BUTTON, TAMPER = Input.BUTTON, Input.TAMPER
WIRES: dict[Output | Input, Wire] = {
    Output.STATUS: Wire("GPIO17"),
    Output.BUZZER: Wire("GPIO18", active_low=True),
    Input.BUTTON: Wire("GPIO27", active_low=True),
    Input.TAMPER: Wire("GPIO22"),
}


@dataclass(slots=True)
class Rig:
    """A board, and a hand inside of it.

    Attributes:
        lines: What is tried.
        pull: Makes something active or not, as its switch does.
        lit: Whether an output is active, as one sees who looks at it.
    """

    lines: Lines
    pull: Callable[[Input, bool], None]
    lit: Callable[[Output], bool]


@contextmanager
def simulated(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[Rig]:
    del tmp_path, patch
    lines = SimulatedLines(LinuxBoard(), outputs={Output.STATUS, Output.BUZZER})
    yield Rig(
        lines,
        lambda which, active: lines.press(which, down=active),
        lambda output: output in lines.lit,
    )


@contextmanager
def by_files(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[Rig]:
    del patch
    outputs = {Output.STATUS, Output.BUZZER}
    lines = SimulatedLines(LinuxBoard(), outputs=outputs, folder=tmp_path)

    def pull(which: Input, active: bool) -> None:
        if active:
            (tmp_path / which).touch()
        else:
            (tmp_path / which).unlink(missing_ok=True)

    def lit(output: Output) -> bool:
        return output in (tmp_path / "lights").read_text("ascii").split()

    yield Rig(lines, pull, lit)


@contextmanager
def of_gpiozero(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[Rig]:
    del tmp_path, patch
    factory = MockFactory()
    lines = GpioPins(WIRES, LinuxBoard(), factory)

    def pull(which: Input, active: bool) -> None:
        pin = factory.pin(WIRES[which].line)
        (pin.drive_low if active is WIRES[which].active_low else pin.drive_high)()

    def lit(output: Output) -> bool:
        high = bool(factory.pin(WIRES[output].line).state)
        return high is not WIRES[output].active_low

    pull(Input.TAMPER, active=False)
    lines.changes(0.0)
    yield Rig(lines, pull, lit)
    factory.reset()


@dataclass(slots=True)
class Request:
    """What gpiod gives for lines that were asked for: as much of it as we use."""

    chip: "Chip"
    config: dict[int, gpiod.LineSettings]
    released: bool = False
    ends: tuple[int, int] = field(default_factory=os.pipe)
    events: list[gpiod.EdgeEvent] = field(default_factory=list)

    def fileno(self) -> int:
        return self.ends[0]

    def set_value(self, offset: int, value: Value) -> None:
        self.chip.alive()
        active = value is Value.ACTIVE
        self.chip.high[offset] = active is not self.config[offset].active_low

    def get_value(self, offset: int) -> Value:
        self.chip.alive()
        active = self.chip.high[offset] is not self.config[offset].active_low
        return Value.ACTIVE if active else Value.INACTIVE

    def read_edge_events(self) -> list[gpiod.EdgeEvent]:
        self.chip.alive()
        os.read(self.ends[0], 4096)
        found, self.events = self.events, []
        return found

    def release(self) -> None:
        self.released = True
        for end in self.ends:
            os.close(end)

    def see(self, offset: int, high: bool) -> None:
        """Note an edge, as the kernel does: by what the line means."""
        rose = high is not self.config[offset].active_low
        kind = gpiod.EdgeEvent.Type
        event = gpiod.EdgeEvent(
            (kind.RISING_EDGE if rose else kind.FALLING_EDGE).value,
            time.clock_gettime_ns(time.CLOCK_MONOTONIC),
            offset,
            *(1, 1),
        )
        self.events.append(event)
        os.write(self.ends[1], b".")


@dataclass(slots=True)
class Chip:
    """A chip: the names of its lines, their voltages, and who has them."""

    names: list[str]
    high: dict[int, bool] = field(default_factory=dict)
    request: Request | None = None
    fault: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close nothing."""

    def alive(self) -> None:
        if self.fault is not None:
            raise OSError(self.fault, os.strerror(self.fault))

    def line_offset_from_id(self, name: str) -> int:
        self.alive()
        if name not in self.names:
            raise FileNotFoundError(2, "No such file or directory")
        return self.names.index(name)

    def put(self, offset: int, high: bool) -> None:
        """Put a voltage onto a line."""
        if self.high.get(offset) is high:
            return
        self.high[offset] = high
        if self.request is not None:
            self.request.see(offset, high)


class Chips:
    """Two chips, whose lines lie as on a board of which nobody thought of us."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.chips = {
            "gpiochip0": Chip(["", "ID_SDA", "GPIO18", "GPIO22"]),
            "gpiochip1": Chip(["GPIO27", "", "GPIO17"]),
        }
        for name in self.chips:
            (folder / name).touch()
        patch.setattr(gpiod, "Chip", self._chip)
        patch.setattr(gpiod, "request_lines", self._request)

    def place(self, line: str) -> tuple[Chip, int]:
        """Return where a line is."""
        return next(
            (chip, chip.names.index(line))
            for chip in self.chips.values()
            if line in chip.names
        )

    def _chip(self, path: str) -> Chip:
        return self.chips[Path(path).name]

    def _request(
        self, path: str, *, consumer: str, config: dict[int, gpiod.LineSettings]
    ) -> Request:
        chip = self._chip(path)
        assert consumer == "tallypost"
        if chip.request is not None and not chip.request.released:
            raise OSError(16, "Device or resource busy")
        for offset, settings in config.items():
            pulled_up = settings.bias is Bias.PULL_UP
            chip.high.setdefault(offset, pulled_up or settings.active_low)
        chip.request = Request(chip, config)
        return chip.request


@contextmanager
def of_gpiod(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[Rig]:
    chips = Chips(tmp_path, patch)

    def pull(which: Input, active: bool) -> None:
        chip, offset = chips.place(WIRES[which].line)
        chip.put(offset, active is not WIRES[which].active_low)

    def lit(output: Output) -> bool:
        chip, offset = chips.place(WIRES[output].line)
        return chip.high[offset] is not WIRES[output].active_low

    pull(Input.TAMPER, active=False)
    yield Rig(GpioLines(WIRES, LinuxBoard(), chips=tmp_path), pull, lit)


RIGS = [simulated, by_files, of_gpiozero, of_gpiod]
