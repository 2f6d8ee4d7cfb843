"""What every back-end of the board's lines holds."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from gpiod.line import Bias
from gpiod.line import Edge as Detected
from gpiozero.pins.mock import MockFactory

from tallypost.board.gpio_lines import GpioLines
from tallypost.board.gpio_pins import GpioPins
from tallypost.board.linux import LinuxBoard
from tallypost.board.pins import SETTLE_S, Edge, Input, Output, Pins, Wire
from tallypost.board.simulated import SimulatedBoard
from tallypost.board.simulated_pins import SimulatedLines
from tallypost.errors import PinsError
from tests.board.rigs import BUTTON, RIGS, TAMPER, WIRES, Chips, Rig


@pytest.fixture(params=RIGS, ids=lambda rig: rig.__name__)
def rig(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    with request.param(tmp_path, monkeypatch) as made:
        yield made
        made.lines.close()


@pytest.fixture
def pins(rig: Rig) -> Pins:
    return Pins(rig.lines, LinuxBoard())


def what(edges: list[Edge]) -> list[tuple[Input, bool]]:
    return [(edge.input, edge.active) for edge in edges]


def test_what_is_switched_on_is_on_until_it_is_switched_off(
    rig: Rig, pins: Pins
) -> None:
    pins.show(Output.STATUS, on=True)
    pins.show(Output.BUZZER, on=True)
    assert [rig.lit(Output.STATUS), rig.lit(Output.BUZZER)] == [True, True]

    pins.show(Output.STATUS, on=False)
    assert [rig.lit(Output.STATUS), rig.lit(Output.BUZZER)] == [False, True]


def test_nothing_is_on_at_the_beginning_and_what_is_not_wired_does_no_harm(
    rig: Rig, pins: Pins
) -> None:
    pins.show(Output.STATUS, on=False)
    pins.show(Output.LINK, on=True)

    assert pins.outputs == {Output.STATUS, Output.BUZZER}
    assert not rig.lit(Output.BUZZER)


def test_a_press_is_two_edges_in_their_order(rig: Rig, pins: Pins) -> None:
    board = LinuxBoard()
    begun_s = board.monotonic_s()
    rig.pull(BUTTON, True)
    pressed = pins.edges(5.0)
    rig.pull(BUTTON, False)
    released = pins.edges(5.0)

    assert what(pressed + released) == [(BUTTON, True), (BUTTON, False)]
    assert begun_s <= pressed[0].at_s < released[0].at_s <= board.monotonic_s()
    assert released[0].at_s - pressed[0].at_s >= SETTLE_S[BUTTON]


def test_a_press_that_bounces_is_one_press(rig: Rig, pins: Pins) -> None:
    for active in (True, False, True, False, True):
        rig.pull(BUTTON, active)

    assert what(pins.edges(5.0)) == [(BUTTON, True)]
    assert pins.edges(0.1) == []


def test_a_spark_is_no_press(rig: Rig, pins: Pins) -> None:
    rig.pull(BUTTON, True)
    rig.pull(BUTTON, False)

    assert pins.edges(0.15) == []


def test_what_is_active_at_the_beginning_is_told(rig: Rig) -> None:
    rig.pull(TAMPER, True)

    assert what(Pins(rig.lines, LinuxBoard()).edges(5.0)) == [(TAMPER, True)]


def test_both_inputs_are_felt_at_once(rig: Rig, pins: Pins) -> None:
    rig.pull(TAMPER, True)
    rig.pull(BUTTON, True)

    found = pins.edges(5.0) + pins.edges(5.0)
    assert sorted(what(found)) == [(BUTTON, True), (TAMPER, True)]


def test_closing_twice_is_harmless(rig: Rig) -> None:
    rig.lines.close()
    rig.lines.close()


def test_a_press_while_nobody_listened_is_told_by_its_own_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor that the other half keeps busy does not lose a press."""
    for make in (RIGS[0], RIGS[2], RIGS[3]):
        with make(tmp_path, monkeypatch) as rig:
            pins, hand = Pins(rig.lines, LinuxBoard()), threading.Event()
            rig.pull(BUTTON, True)
            hand.wait(0.08)
            rig.pull(BUTTON, False)
            hand.wait(0.08)
            found = pins.edges(0.0)
            rig.lines.close()
        assert what(found) == [(BUTTON, True), (BUTTON, False)]
        assert 0.07 < found[1].at_s - found[0].at_s < 5.0


def test_an_edge_that_was_lost_is_found_by_the_level(board: SimulatedBoard) -> None:
    lines = SimulatedLines(board)
    pins = Pins(lines, board)
    lines.press()
    lines._changes.clear()

    assert what(pins.edges(0.25) + pins.edges(0.25)) == [(BUTTON, True)]


def test_the_lid_must_stay_open_for_half_a_second(board: SimulatedBoard) -> None:
    lines = SimulatedLines(board)
    pins = Pins(lines, board)
    for _ in range(20):
        lines.press(TAMPER)
        assert pins.edges(0.2) == []
        lines.press(TAMPER, down=False)
        assert pins.edges(0.2) == []
    lines.press(TAMPER)

    [opened] = pins.edges(5.0)
    assert board.monotonic_s() - opened.at_s == pytest.approx(SETTLE_S[TAMPER])


def test_whatever_is_felt_is_pulled_up_and_edges_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chips, factory = Chips(tmp_path, monkeypatch), MockFactory()
    GpioLines(WIRES, LinuxBoard(), chips=tmp_path)
    GpioPins(WIRES, LinuxBoard(), factory)

    for which in Input:
        chip, offset = chips.place(WIRES[which].line)
        assert chip.request is not None
        settings = chip.request.config[offset]
        assert settings.bias is Bias.PULL_UP
        assert settings.edge_detection is Detected.BOTH
        assert factory.pin(WIRES[which].line).pull == "up"


def test_a_line_of_an_unknown_name_is_refused_with_a_wish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Chips(tmp_path, monkeypatch)

    with pytest.raises(PinsError, match=r"no chip has a line called PQ\.05.*gpioinfo"):
        GpioLines({Output.STATUS: Wire("PQ.05")}, LinuxBoard(), chips=tmp_path)
    with pytest.raises(PinsError, match="link at GPIO99 cannot be had"):
        GpioPins({Output.LINK: Wire("GPIO99")}, LinuxBoard(), MockFactory())


def test_a_chip_that_nobody_may_ask_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chips = Chips(tmp_path, monkeypatch)
    chips.chips["gpiochip0"].fault = 13

    with pytest.raises(PinsError, match="gpiochip0: Permission denied"):
        GpioLines({Input.TAMPER: Wire("GPIO22")}, LinuxBoard(), chips=tmp_path)


def test_lines_that_somebody_has_are_refused_and_the_others_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chips = Chips(tmp_path, monkeypatch)
    first = GpioLines(
        {Output.STATUS: WIRES[Output.STATUS]}, LinuxBoard(), chips=tmp_path
    )

    with pytest.raises(PinsError, match=r"GPIO27, GPIO17|GPIO17, GPIO27"):
        GpioLines(WIRES, LinuxBoard(), chips=tmp_path)
    request = chips.chips["gpiochip0"].request
    assert request is None or request.released

    first.close()
    GpioLines(WIRES, LinuxBoard(), chips=tmp_path).close()


@pytest.mark.parametrize("ask", ["show", "active", "changes"])
def test_a_chip_that_goes_away_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    chips = Chips(tmp_path, monkeypatch)
    lines = GpioLines(WIRES, LinuxBoard(), chips=tmp_path)
    chip, offset = chips.place("GPIO27")
    chip.put(offset, high=False)
    for each in chips.chips.values():
        each.fault = 19

    asked: dict[str, Callable[[], object]] = {
        "show": lambda: lines.show(Output.STATUS, on=True),
        "active": lambda: lines.active(BUTTON),
        "changes": lambda: lines.changes(0.0),
    }
    with pytest.raises(PinsError, match="No such device"):
        asked[ask]()


def test_what_lgpio_refuses_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is no OSError, and gpiozero hands it on as it is."""

    class RefusalError(Exception):
        """As lgpio's own."""

    class Refusing(MockFactory):  # type: ignore[misc]
        def pin(self, name: str) -> None:
            raise RefusalError(f"GPIO busy: {name}")

    lgpio = ModuleType("lgpio")
    lgpio.error = RefusalError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lgpio", lgpio)

    with pytest.raises(PinsError, match="status at GPIO17 cannot be had"):
        GpioPins({Output.STATUS: Wire("GPIO17")}, LinuxBoard(), Refusing())
