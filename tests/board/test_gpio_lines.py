"""Lines of two chips, one of which somebody else has."""

import errno
from pathlib import Path
from typing import Any

import gpiod
import pytest

from tallypost.board import gpio_lines
from tallypost.board.gpio_lines import GpioLines, Place
from tallypost.board.pins import Input, Output, Wire
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import PinsError

OURS, THEIRS = Place(Path("/dev/gpiochip0"), 4), Place(Path("/dev/gpiochip1"), 7)
WIRES: dict[Output | Input, Wire] = {
    Output.STATUS: Wire("ours"),
    Output.LINK: Wire("theirs"),
}


class Request:
    """Lines that were granted."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def set_value(self, offset: int, value: object) -> None:
        self.calls.append((offset, value))

    def release(self) -> None:
        self.calls.append("released")


def test_where_a_chip_is_refused_the_lines_of_others_are_given_back(
    board: SimulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted = Request()

    def request(chip: str, **rest: Any) -> Request:
        del rest
        if chip == str(THEIRS.chip):
            raise OSError(errno.EBUSY, "Device or resource busy")
        return granted

    places = {"ours": OURS, "theirs": THEIRS}
    monkeypatch.setattr(gpio_lines, "find", lambda name, _: places[name])
    monkeypatch.setattr(gpiod, "request_lines", request)
    with pytest.raises(PinsError, match="theirs"):
        GpioLines(WIRES, board)

    assert granted.calls == [
        (OURS.offset, gpiod.line.Value.INACTIVE),
        "released",
    ]
