"""What the button asks is done, and what befalls the box is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.assembly.attendant import (
    LOCKOUT_FILE,
    OPEN_S,
    Attendant,
    Seen,
    Sources,
)
from tallypost.assembly.pins import hands
from tallypost.assembly.presence import AIM_WITHIN_S, Presence
from tallypost.assembly.reception import CODE_FILE, WISH_FILE, has_panel
from tallypost.board.face import Face
from tallypost.board.lights import Code, code
from tallypost.board.pins import Input, Pins
from tallypost.board.simulated import SimulatedBoard
from tallypost.board.simulated_pins import SimulatedLines
from tallypost.domain.alerts import AlertRecord, AlertState
from tallypost.domain.health import Health
from tallypost.domain.records import Provenance
from tallypost.errors import ActuatorUnsupportedError, PinsError
from tallypost.settings.panel import PanelSettings
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.lid import Lid
from tallypost.telemetry.outbox.outbox import Outbox

WATCHING = Seen(watching=True)


def nobody_asks() -> Health:
    raise AssertionError


class Pole:
    """A box on simulated lines, an outbox, and somebody at the foot of the pole."""

    def __init__(self, folder: Path, board: SimulatedBoard) -> None:
        self.board = board
        self.panel = PanelSettings(folder=folder / "panel", open_after_start_s=0)
        self.panel.folder.mkdir(exist_ok=True)
        (self.panel.folder / CODE_FILE).touch()
        self.lines = SimulatedLines(board)
        self.absent = False
        self.linked: bool | None = True
        self.aims = False
        self.presence = Presence(folder, board)
        self.outbox = Outbox(folder / "outbox.db", board=board)
        self.face = Face(self._open, board)
        knows = Reckoner(board, Memory(folder / "clock"), built_utc_s=0.0)
        intake = Intake(
            store=self.outbox,
            device="tp-1",
            provenance=Provenance(model=None, site="sha256:bb", firmware="0"),
            interval_s=60.0,
            board=board,
            reckoner=knows,
        )
        self.attendant = Attendant(
            face=self.face,
            sources=Sources(
                linked=lambda: self.linked,
                timed=lambda: True,
                throttled=lambda: None,
                strained=lambda: False,
                trial=lambda: False,
                health=nobody_asks,
                aiming=lambda: self.aims,
            ),
            lid=Lid(self.outbox.alerts, intake.tell, board),
            panel=self.panel,
            proof_file=folder / "proof.json",
            presence=self.presence,
            board=board,
        )

    def _open(self) -> Pins:
        if self.absent:
            raise PinsError("board: gone")
        return Pins(self.lines, self.board)

    def run(self, seconds: float) -> list[AlertRecord]:
        found: list[AlertRecord] = []
        end_s = self.board.monotonic_s() + seconds
        while self.board.monotonic_s() < end_s:
            self.face.turn()
            found += self.attendant.tick(WATCHING)
        return found

    def press(self, seconds: float) -> None:
        self.lines.press()
        self.run(seconds)
        self.lines.press(down=False)
        self.run(2.0)

    def says(self) -> Code:
        """Return what the status light says."""
        return code(replace(self.face._facts, identify=self.face._identifying))


@pytest.fixture
def pole(tmp_path: Path, board: SimulatedBoard) -> Pole:
    made = Pole(tmp_path, board)
    made.run(3.0)
    return made


def test_a_short_press_has_the_panel_open_and_a_light_tell_so(pole: Pole) -> None:
    wish = pole.panel.folder / WISH_FILE
    assert not wish.exists()
    pole.press(0.3)

    assert wish.exists()
    assert pole.says() is Code.OPEN
    pole.run(OPEN_S)
    assert pole.says() is Code.WELL


def test_the_light_tells_that_somebody_aims_after_both_halves_have_begun_anew(
    pole: Pole,
) -> None:
    assert pole.says() is Code.WELL
    pole.aims = True
    pole.run(2.0)

    assert pole.says() is Code.OPEN


@pytest.mark.parametrize("seconds", [0.3, 6.0])
def test_who_presses_the_button_may_aim_for_an_hour(pole: Pole, seconds: float) -> None:
    pole.board.advance(2 * AIM_WITHIN_S)
    assert pole.presence.aim_until_s() == AIM_WITHIN_S, "since power-up"
    pole.press(seconds)

    left_s = pole.presence.aim_until_s() - pole.board.monotonic_s()
    assert AIM_WITHIN_S - 10.0 < left_s <= AIM_WITHIN_S


def test_without_the_code_of_a_label_nothing_opens(pole: Pole) -> None:
    (pole.panel.folder / CODE_FILE).unlink()
    pole.press(0.3)

    assert not (pole.panel.folder / WISH_FILE).exists()
    assert pole.says() is Code.WELL


def test_a_folder_that_nobody_may_look_into_has_no_panel(tmp_path: Path) -> None:
    """One whose name is too long is refused to root as well."""
    assert not has_panel(PanelSettings(folder=tmp_path / ("n" * 300)))


def test_a_folder_that_refuses_ends_nothing(pole: Pole) -> None:
    (pole.panel.folder / WISH_FILE).symlink_to("/proc/1/nothing/here")
    pole.press(0.3)

    assert pole.says() is Code.WELL


def test_a_long_press_ends_the_blinking_and_is_quiet_from_then_on(pole: Pole) -> None:
    act = hands(None, pole.face)
    act.blink(on=True)
    assert pole.says() is Code.IDENTIFY
    pole.press(6.0)

    assert pole.says() is Code.WELL
    assert not (pole.panel.folder / WISH_FILE).exists()
    act.blink(on=True)
    pole.run(1.5)
    assert pole.face._facts.quiet


def test_a_very_long_press_has_wrong_codes_forgotten_and_nothing_else(
    pole: Pole,
) -> None:
    lockout = pole.panel.folder / LOCKOUT_FILE
    lockout.write_text("{}", "ascii")
    kept = {*pole.panel.folder.iterdir()}
    pole.press(16.0)

    assert {*pole.panel.folder.iterdir()} == kept - {lockout}


def test_who_has_no_light_says_so(board: SimulatedBoard, tmp_path: Path) -> None:
    pole = Pole(tmp_path, board)
    pole.absent = True
    pole.run(1.0)

    with pytest.raises(ActuatorUnsupportedError, match="no light"):
        hands(None, pole.face).blink(on=True)


def test_a_lid_that_is_opened_is_told_through_starts_and_told_once(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    pole = Pole(tmp_path, board)
    pole.run(3.0)
    pole.lines.press(Input.TAMPER)
    [begun] = pole.run(60.0)
    pole.outbox.close()

    again = Pole(tmp_path, board)
    again.lines.press(Input.TAMPER)
    assert again.run(60.0) == []
    again.lines.press(Input.TAMPER, down=False)
    [ended] = again.run(60.0)
    again.outbox.close()

    assert begun.alert.state is AlertState.BEGUN
    assert (ended.alert.state, ended.begun_seq) == (AlertState.ENDED, begun.seq)


def test_a_lid_that_is_shut_before_anybody_asks_is_told_all_the_same(
    pole: Pole,
) -> None:
    pole.run(1.0)
    for down in (True, False):
        pole.lines.press(Input.TAMPER, down=down)
        end_s = pole.board.monotonic_s() + 0.6
        while pole.board.monotonic_s() < end_s:
            pole.face.turn()

    told = [record.alert.state for record in pole.run(2.0)]
    assert told == [AlertState.BEGUN, AlertState.ENDED]


def test_lines_that_are_gone_tell_nothing_of_the_lid(pole: Pole) -> None:
    pole.lines.press(Input.TAMPER)
    assert len(pole.run(5.0)) == 1
    pole.lines.broken = "board: lines is gone"
    pole.absent = True

    assert pole.run(300.0) == []


def test_the_light_follows_the_link(pole: Pole) -> None:
    pole.linked = False
    pole.run(3.0)

    assert pole.says() is Code.CUT_OFF
