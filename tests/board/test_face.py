"""Lights tell, the button is heard, and whatever the lines do nothing else ends."""

import logging
from collections.abc import Callable

import pytest

from tallypost.board.button import STUCK_S, Press
from tallypost.board.face import AGAIN_S, TELL_S, Face
from tallypost.board.lights import Facts
from tallypost.board.pins import Input, Output, Pins
from tallypost.board.simulated import SimulatedBoard
from tallypost.board.simulated_pins import SimulatedLines
from tallypost.errors import PinsError

WELL = Facts(watching=True, linked=True)


class Bench:
    """A face on simulated lines, whose time passes turn by turn."""

    def __init__(self, board: SimulatedBoard) -> None:
        self.board = board
        self.lines = SimulatedLines(board)
        self.absent = ""
        self.opened = 0
        self.face = Face(self.open, board)
        self.face.show(WELL)

    @property
    def lid(self) -> bool | None:
        return None if self.face.lid is None else self.face.lid.active

    def open(self) -> Pins:
        self.opened += 1
        if self.absent:
            raise PinsError(self.absent)
        self.lines.broken = None
        return Pins(self.lines, self.board)

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        end_s = self.board.monotonic_s() + seconds
        while self.board.monotonic_s() < end_s and not (until and until()):
            self.face.turn()

    def press(self, seconds: float) -> list[Press]:
        self.lines.press()
        self.run(seconds)
        self.lines.press(down=False)
        self.run(0.5)
        return self.face.presses()


@pytest.fixture
def bench(board: SimulatedBoard) -> Bench:
    made = Bench(board)
    made.run(2.0)
    return made


@pytest.mark.parametrize(
    ("held_s", "meant"),
    [
        pytest.param(0.2, [Press.SHORT], id="short"),
        pytest.param(4.0, [Press.SHORT], id="short still"),
        pytest.param(6.0, [Press.LONG], id="long"),
        pytest.param(17.0, [Press.VERY_LONG], id="very long"),
        pytest.param(STUCK_S + 5.0, [], id="stuck"),
    ],
)
def test_a_press_means_one_thing_by_its_length(
    bench: Bench, held_s: float, meant: list[Press]
) -> None:
    assert bench.press(held_s) == meant


def test_a_button_that_is_down_from_the_beginning_means_nothing(
    board: SimulatedBoard,
) -> None:
    bench = Bench(board)
    bench.lines.press()
    bench.run(3.0)
    bench.lines.press(down=False)
    bench.run(1.0)

    assert bench.face.presses() == []
    assert bench.press(0.2) == [Press.SHORT]


def test_one_hears_by_beeps_what_a_press_would_mean(bench: Bench) -> None:
    sounds: list[float] = []
    show = bench.lines.show

    def hear(output: Output, *, on: bool) -> None:
        if output is Output.BUZZER and on:
            sounds.append(bench.board.monotonic_s())
        show(output, on=on)

    bench.lines.show = hear  # type: ignore[method-assign]
    begun_s = bench.board.monotonic_s()
    bench.press(17.0)

    after = [round(each - begun_s) for each in sounds]
    assert after == [0, 5, 5, 15, 15, 15]


def test_the_lid_is_known_after_the_first_look_and_followed(
    board: SimulatedBoard,
) -> None:
    bench = Bench(board)
    bench.lines.press(Input.TAMPER)
    found = [bench.lid]
    bench.run(1.5)
    found.append(bench.lid)
    bench.lines.press(Input.TAMPER, down=False)
    bench.run(2.0)
    found.append(bench.lid)

    assert found == [None, True, False]


def test_a_board_without_a_switch_has_no_lid(board: SimulatedBoard) -> None:
    bench = Bench(board)
    bench.lines = SimulatedLines(board, inputs=[Input.BUTTON])
    bench.run(3.0)

    assert bench.face.lid is None


def test_lines_that_cannot_be_had_are_told_once_and_again_seldom(
    board: SimulatedBoard, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(board)
    bench.absent = "board: status at GPIO17 cannot be had (busy)"
    with caplog.at_level(logging.ERROR):
        bench.run(TELL_S * 2.5)

    assert bench.face.fault == bench.absent
    assert len(caplog.records) == 3
    assert bench.opened <= TELL_S * 2.5 / AGAIN_S + 1


def test_lines_that_come_back_are_shown_on_again(bench: Bench) -> None:
    bench.lines.broken = "board: lines is gone (No such device)"
    bench.run(AGAIN_S / 2)
    assert bench.face.fault
    bench.run(AGAIN_S)
    assert bench.face.fault == ""

    bench.run(20.0, lambda: Output.STATUS in bench.lines.lit)
    assert Output.LINK in bench.lines.lit
    assert Output.STATUS in bench.lines.lit


def test_the_lights_go_out_at_the_end(bench: Bench) -> None:
    bench.run(1.0)
    assert bench.lines.lit
    bench.face.close()
    bench.face.close()

    assert bench.lines.lit == set()


def test_a_driver_that_raises_what_it_likes_ends_no_thread(bench: Bench) -> None:
    def refuse(output: Output, *, on: bool) -> None:
        del output, on
        raise KeyError("gpiochip4")

    bench.lines.show = refuse  # type: ignore[method-assign]
    bench.lines.close = lambda: refuse(Output.LINK, on=False)  # type: ignore[method-assign]
    bench.run(AGAIN_S / 2)
    assert "gpiochip4" in bench.face.fault

    bench.lines = SimulatedLines(bench.board)
    bench.run(AGAIN_S)
    assert bench.face.fault == ""


def test_a_lid_that_is_opened_and_shut_between_two_questions_is_told(
    bench: Bench,
) -> None:
    bench.face.lids()
    for down in (True, False):
        bench.lines.press(Input.TAMPER, down=down)
        bench.run(0.7)

    assert [edge.active for edge in bench.face.lids()] == [True, False]
    assert [edge.active for edge in bench.face.lids()] == [False]
