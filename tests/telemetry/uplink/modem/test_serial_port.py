"""A serial port of this board, on a pseudo-terminal."""

import os
import pty
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.errors import ModemLostError
from tallypost.telemetry.uplink.modem.line import LINES_MAX, Line
from tallypost.telemetry.uplink.modem.serial_port import SerialPort
from tests.telemetry.uplink.modem.scripted import ScriptedPort

BOARD = LinuxBoard()


class Pair:
    """Both ends of a pseudo-terminal."""

    def __init__(self) -> None:
        self.ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.path = os.ttyname(theirs)
        self._theirs: int | None = theirs

    def unplug(self) -> None:
        """Close the far end, once."""
        for end in (self.ours, self._theirs):
            if end is not None:
                os.close(end)
        self.ours, self._theirs = -1, None


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    if pair.ours >= 0:
        pair.unplug()


def soon(line: Line, seconds: float = 1.0) -> str | None:
    return line.next(BOARD.monotonic_s() + seconds)


def test_bytes_go_both_ways(pair: Pair) -> None:
    port = SerialPort(pair.path, 115_200)

    port.write(b"AT\r\n")
    os.write(pair.ours, b"OK\r\n")

    assert os.read(pair.ours, 9) == b"AT\r\n"
    heard = b""
    while said := port.read():
        heard += said
    assert heard == b"OK\r\n"
    port.send_break()
    port.close()
    port.close()


def test_a_port_is_nobody_elses(pair: Pair) -> None:
    port = SerialPort(pair.path, 9_600)

    with pytest.raises(ModemLostError, match="no other program"):
        SerialPort(pair.path, 9_600)
    port.close()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("none", "No such file or directory", id="missing"),
        pytest.param("file", "Inappropriate ioctl for device", id="no port"),
    ],
)
def test_what_is_no_port_cannot_be_opened_and_the_system_says_why(
    tmp_path: Path, name: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name

    with pytest.raises(ModemLostError) as refused:
        SerialPort(str(path), 9_600)

    assert str(refused.value).startswith(f"{path}: cannot be opened ({reason}); ")


def test_a_speed_that_is_none_cannot_be_opened(pair: Pair) -> None:
    with pytest.raises(ModemLostError):
        SerialPort(pair.path, -1)


def test_an_unplugged_port_is_gone_once_all_was_heard(pair: Pair) -> None:
    line = Line(SerialPort(pair.path, 9_600), BOARD)
    os.write(pair.ours, b"JOINED\r\n")
    assert soon(line) == "JOINED"
    pair.unplug()

    for _ in range(2):
        with pytest.raises(ModemLostError, match=r"is gone \(unplugged, or "):
            soon(line)
    with pytest.raises(ModemLostError):
        line.write("AT")
    line.close()


def test_a_line_that_is_closed_says_so_to_whoever_waits(pair: Pair) -> None:
    line = Line(SerialPort(pair.path, 9_600), BOARD)
    threading.Timer(0.1, line.close).start()
    begun_s = time.monotonic()

    with pytest.raises(ModemLostError, match="closed"):
        soon(line, 10.0)

    assert time.monotonic() - begun_s < 8.0
    with pytest.raises(ModemLostError, match="closed"):
        line.write("AT")
    line.close()


def test_whoever_waits_gets_nothing_in_bounded_time(pair: Pair) -> None:
    line = Line(SerialPort(pair.path, 9_600), BOARD)
    begun_s = time.monotonic()

    assert soon(line, 0.05) is None
    assert soon(line, -1.0) is None

    assert time.monotonic() - begun_s < 1.0
    line.close()


def test_a_flood_of_lines_costs_no_memory_without_end() -> None:
    port = ScriptedPort({})
    port.say(raw=b"".join(b"%d\r\n" % number for number in range(3 * LINES_MAX)))
    line = Line(port, BOARD)
    assert port.drained.wait(30)

    heard = 0
    last = ""
    while (said := soon(line, 0.05)) is not None:
        heard, last = heard + 1, said

    assert heard <= LINES_MAX
    assert last == str(3 * LINES_MAX - 1)
    line.close()
