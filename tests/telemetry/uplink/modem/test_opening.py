"""How a modem is found, and what is left alone meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.errors import ModemLostError
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import MODELS, set_up
from tallypost.telemetry.uplink.modem.opening import (
    QUESTIONS,
    SPEEDS_BAUD,
    Found,
    Model,
    candidates,
    find,
)
from tests.telemetry.uplink.modem.rig import PACE, driver_of
from tests.telemetry.uplink.modem.scripted import GOOD, ScriptedPort

BOARD = HurriedBoard(LinuxBoard(), 10)
"""Nobody here is slow to answer."""


class Street:
    """Ports by their names, each of which is understood at one speed.

    Attributes:
        said: What each device was told, at the speed that it understands or another.
        opened: Which ports were opened, at which speeds.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.devices: dict[str, tuple[int, dict[str, list[str]]]] = {}
        self.chatty: set[str] = set()
        self.taken: set[str] = set()
        self.said: dict[str, list[str]] = {}
        self.opened: list[tuple[str, int]] = []

    def plug(self, name: str, model: Model | None = None, speed_baud: int = 0) -> str:
        """Put a device there; one without a model understands nothing."""
        path = str(self.folder / name)
        Path(path).touch()
        script = {} if model is None else GOOD[model]
        self.devices[path] = (
            speed_baud or (SPEEDS_BAUD[model] if model else 0),
            script,
        )
        return path

    def open(self, path: str, speed_baud: int) -> ScriptedPort:
        """Open a port as the real opener does."""
        if path in self.taken:
            raise ModemLostError(f"{path}: cannot be opened")
        self.opened.append((path, speed_baud))
        speed, script = self.devices[path]
        port = ScriptedPort(script if speed == speed_baud else {}, path)
        port.heard = self.said.setdefault(path, [])
        if path in self.chatty:
            port.read = lambda: b"$GPGGA,123519,4807.038,N\r\n"  # type: ignore[method-assign]
        return port

    def find(self, path: str | None = None) -> Found:
        """Look for the modem."""
        return find(BOARD, path, folder=self.folder, opener=self.open)


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return Street(tmp_path)


@pytest.fixture(params=MODELS)
def simulated(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    board = HurriedBoard(LinuxBoard(), PACE)
    stage = set_up(str(request.param), board)
    with Terminal(stage.modem, board) as terminal:
        yield str(request.param), terminal.path


def test_a_modem_is_found_at_its_port_and_speed(simulated: tuple[str, str]) -> None:
    name, path = simulated
    model = driver_of(name)

    assert find(LinuxBoard(), path) == Found(path, SPEEDS_BAUD[model], model)


@pytest.mark.parametrize("model", GOOD)
def test_the_one_modem_among_adapters_is_found(street: Street, model: Model) -> None:
    street.plug("usb-a-foreign-thing")
    path = street.plug("usb-b-modem", model)

    assert street.find() == Found(path, SPEEDS_BAUD[model], model)


def test_a_modem_at_another_speed_is_found(street: Street) -> None:
    path = street.plug("usb-modem", "rak3172", 9_600)

    assert street.find() == Found(path, 9_600, "rak3172")


def test_what_talks_unasked_is_left_alone(street: Street) -> None:
    receiver = street.plug("usb-a-receiver")
    street.chatty.add(receiver)
    path = street.plug("usb-b-modem", "rak3172")

    assert street.find().path == path
    assert street.said[receiver] == []


def test_what_another_program_has_is_left_alone(street: Street) -> None:
    street.taken.add(street.plug("usb-a-taken", "rak3172"))
    path = street.plug("usb-b-modem", "rak3172")

    assert street.find().path == path


def test_a_foreign_device_hears_only_a_question_for_its_version(street: Street) -> None:
    path = street.plug("usb-foreign", None, 9_600)
    with pytest.raises(ModemLostError):
        street.find()

    assert set(street.said[path]) <= {"AT+VER=?", "AT+VER", "U", "sys get ver"}
    assert len(street.said[path]) == sum(
        len(each.spoken) + each.after_break for each in QUESTIONS
    )


def test_two_modems_are_not_chosen_between(street: Street) -> None:
    street.plug("usb-a", "rak3172")
    street.plug("usb-b", "la66")

    with pytest.raises(ModemLostError, match="more than one"):
        street.find()


def test_a_port_that_is_named_is_the_only_one_asked(street: Street) -> None:
    street.plug("usb-a", "rak3172")
    path = street.plug("usb-b", "la66")

    assert street.find(path).model == "la66"
    assert {each for each, _ in street.opened} == {path}


def test_no_modem_at_all_is_told_with_where_was_looked(
    street: Street, tmp_path: Path
) -> None:
    with pytest.raises(ModemLostError, match="no adapter"):
        street.find()
    with pytest.raises(ModemLostError, match="no adapter"):
        find(BOARD, folder=tmp_path / "none")
    path = street.plug("usb-foreign", None, 9_600)
    with pytest.raises(ModemLostError, match="usb-foreign"):
        street.find()
    street.taken.add(path)
    with pytest.raises(ModemLostError, match="cannot be opened"):
        street.find(path)


def test_adapters_are_asked_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("usb-b", "usb-a", "usb-c"):
        (tmp_path / name).touch()

    assert candidates(tmp_path) == [
        str(tmp_path / name) for name in ("usb-a", "usb-b", "usb-c")
    ]
