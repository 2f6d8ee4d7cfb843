"""A program that opens the simulated modem as a serial port."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serial import Serial, SerialException

from tallypost.board.linux import LinuxBoard
from tallypost.errors import SimulationError
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import Stage, set_up

PACE = 100


class Rig:
    """A modem on a terminal, and the port that a program has open."""

    def __init__(self, model: str = "rak3172", **options: Any) -> None:
        self.board = HurriedBoard(LinuxBoard(), PACE)
        self.stage: Stage = set_up(model, self.board)
        self.terminal = Terminal(self.stage.modem, self.board, **options)
        self.port = Serial(self.terminal.path, self.stage.modem.baud, timeout=2.0)

    def ask(self, line: str, until: str = "OK") -> str:
        """Return all that is said until a line ends so."""
        self.port.write(line.encode() + b"\r\n")
        return self.hear(until)

    def hear(self, until: str) -> str:
        said: bytes = self.port.read_until(until.encode() + b"\r\n")
        return said.decode("ascii", "replace")

    def close(self) -> None:
        self.port.close()
        self.terminal.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.close()


def test_a_record_goes_through_and_a_downlink_comes_back(rig: Rig) -> None:
    rig.ask("AT+APPKEY=" + "2b" * 16)
    rig.ask("AT+JOIN=1:0:8:0")
    assert "+EVT:JOINED" in rig.hear("JOINED")
    rig.stage.network.queue(rig.stage.device.dev_eui, 10, b"\xff\x01")

    said = rig.ask("AT+SEND=1:0102", until=":10:ff01")

    assert said.splitlines()[:2] == ["OK", "+EVT:TX_DONE"]
    assert [one.payload for one in rig.stage.network.received] == [b"\x01\x02"]


def test_at_another_speed_only_noise_is_heard(rig: Rig) -> None:
    rig.port.baudrate = 9600
    rig.port.timeout = 0.3

    rig.port.write(b"AT\r\n")

    said = rig.port.read(64)
    assert said
    assert b"OK" not in said


def test_who_has_it_open_is_hung_up_when_it_is_unplugged(rig: Rig) -> None:
    rig.terminal.close()

    with pytest.raises(SerialException):
        rig.port.read(1)


def test_the_link_is_there_while_the_modem_is(tmp_path: Path) -> None:
    link = tmp_path / "modem"

    rig = Rig(link=link)

    assert rig.terminal.path == str(link)
    assert rig.ask("AT").splitlines() == ["OK"]
    rig.close()
    rig.close()
    assert not link.is_symlink()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    link.write_text("mine", "utf-8")

    with pytest.raises(SimulationError, match="name a path that is free"):
        Rig(link=link)

    assert link.read_text("utf-8") == "mine"


def test_an_rn2483_finds_out_the_speed_by_the_letter_u() -> None:
    rig = Rig("rn2483")
    rig.port.baudrate = 9600

    rig.port.write(b"U")

    assert rig.ask("sys get ver", until="06:52").startswith("RN2483")
    rig.close()


def test_a_modem_says_so_when_it_was_started_afresh(rig: Rig) -> None:
    rig.terminal.restart(brown_out=True)

    assert rig.hear("LoRaWAN.").endswith("Current Work Mode: LoRaWAN.\r\n")
