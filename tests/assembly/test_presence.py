"""When somebody was at the box, and who may aim the camera."""

from contextlib import suppress
from pathlib import Path

import pytest

from tallypost.assembly.aimer import Aimer
from tallypost.assembly.aiming import wanted
from tallypost.assembly.pins import has_button
from tallypost.assembly.presence import AIM_WITHIN_S, FILE, Presence
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import SettingsError
from tallypost.settings.board import (
    GpiodSettings,
    NoBoardSettings,
    SimulatedBoardSettings,
)


def pressed_late(folder: Path, board: SimulatedBoard) -> Presence:
    """A button that is pressed long after power-up."""
    board.advance(5 * AIM_WITHIN_S)
    found = Presence(folder, board)
    found.note()
    return found


def test_whoever_is_in_the_panel_cannot_aim_for_ever(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    """An hour after the press it is over, however often they ask."""
    began_s = board.monotonic_s() + 5 * AIM_WITHIN_S
    latest_s = pressed_late(tmp_path, board).aim_until_s
    aimed_s = []
    for _ in range(20):
        aims = wanted(tmp_path, board)
        aimer = Aimer(tmp_path, aims, board, lambda: None, latest_s)
        with suppress(SettingsError):
            aimer.aim(on=True, for_s=1800.0)
        told = wanted(tmp_path, board)
        if told is not None:
            aimed_s.append(told.until_monotonic_s)
        board.advance(300.0)

    assert max(aimed_s) == pytest.approx(began_s + AIM_WITHIN_S)
    assert wanted(tmp_path, board) is None
    with pytest.raises(SettingsError, match="press it"):
        aimer.aim(on=True)


def test_a_press_is_remembered_until_the_board_starts_anew(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    pressed_late(tmp_path, board)
    again = Presence(tmp_path, board)
    assert again.aim_until_s() == board.monotonic_s() + AIM_WITHIN_S
    board.reboot(1_800_000_000.0)

    assert Presence(tmp_path, board).aim_until_s() == AIM_WITHIN_S


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"soon", b'{"at_monotonic_s": NaN}', b"\xff", b"[" * 900]
)
def test_what_cannot_be_understood_is_no_press(
    tmp_path: Path, board: SimulatedBoard, text: bytes
) -> None:
    (tmp_path / FILE).write_bytes(text)

    assert Presence(tmp_path, board).aim_until_s() == AIM_WITHIN_S


def test_a_press_of_a_time_that_is_still_to_come_is_none(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    pressed_late(tmp_path, board)
    told = (tmp_path / FILE).read_text("utf-8")
    start = told.split('"start": ')[1]
    later = f'{{"at_monotonic_s": 1e9, "start": {start}'
    (tmp_path / FILE).write_text(later, "utf-8")

    assert start.startswith(f'"{board.boot_id()}"')
    assert Presence(tmp_path, board).aim_until_s() == AIM_WITHIN_S


def test_a_folder_that_refuses_ends_nothing(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    Presence(tmp_path / "gone", board).note()

    assert Presence(tmp_path / "gone", board).aim_until_s() == AIM_WITHIN_S


def test_a_board_has_a_button_where_one_is_wired(tmp_path: Path) -> None:
    lights = GpiodSettings(kind="gpiod", status="GPIO17")
    assert not has_button(NoBoardSettings(kind="none"))
    assert not has_button(lights)
    assert has_button(lights.model_copy(update={"button": "GPIO27"}))
    assert has_button(SimulatedBoardSettings(kind="simulated", folder=tmp_path))
