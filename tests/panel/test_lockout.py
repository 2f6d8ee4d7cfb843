"""The lockout, its clock and its file."""

from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.panel.lockout import GUESSES, LOCK_S_MAX, Lockout


def lockout(folder: Path, board: SimulatedBoard, boot: str = "a") -> Lockout:
    return Lockout(folder / "lockout.json", board.monotonic_s, boot)


def wrong(found: Lockout, times: int = GUESSES) -> None:
    for _ in range(times):
        found.guess()


def test_each_lock_lasts_twice_as_long_as_the_one_before_up_to_an_hour(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    found = lockout(tmp_path, board)
    lasted = []
    for _ in range(6):
        wrong(found)
        lasted.append(found.left_s)
        board.advance(found.left_s)
        assert found.left == GUESSES
    assert lasted == pytest.approx([300, 600, 1200, 2400, LOCK_S_MAX, LOCK_S_MAX])
    wrong(found, 2)
    found.right()
    wrong(found)
    assert found.left_s == pytest.approx(300)


def test_guesses_are_counted_before_they_are_tried(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    wrong(lockout(tmp_path, board), 4)

    assert lockout(tmp_path, board).left == 1


def test_a_power_cut_does_not_shorten_a_lock(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    wrong(lockout(tmp_path, board))
    board.advance(200)
    assert lockout(tmp_path, board).left_s == pytest.approx(100)

    assert lockout(tmp_path, board, boot="b").left_s == pytest.approx(300)
    board.advance(250)
    assert lockout(tmp_path, board, boot="b").left_s == pytest.approx(50), "runs out"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "{", '{"wrong": 99}', '{"wrong": -1, "locks": 1e999}']
)
def test_a_file_that_tells_nothing_counts_as_a_lock(
    tmp_path: Path, board: SimulatedBoard, text: str
) -> None:
    (tmp_path / "lockout.json").write_text(text, "utf-8")

    assert lockout(tmp_path, board).left_s == pytest.approx(300)
    board.advance(300)
    assert lockout(tmp_path, board).left == GUESSES


def test_a_disk_that_refuses_forgets_nothing_while_the_panel_lives(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    found = lockout(tmp_path / "gone", board)
    wrong(found)

    assert found.left_s == pytest.approx(300)


def test_whoever_takes_its_file_away_has_it_forgotten(tmp_path: Path) -> None:
    """As a long press of the button does, while the panel is open."""
    file = tmp_path / "lockout.json"
    lockout = Lockout(file, lambda: 0.0, "boot")
    for _ in range(5):
        lockout.guess()
    assert lockout.left == 0

    file.unlink()

    assert lockout.left_s == 0.0
    assert lockout.left == 5
