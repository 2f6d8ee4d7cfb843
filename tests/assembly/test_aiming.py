"""Who wants to aim, for how long, and when that is no wish any more."""

from pathlib import Path

import pytest

from tallypost.assembly.aiming import FILE, unwant, want, wanted
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.aiming import AIMING_S_MAX, Aiming


@pytest.fixture
def board() -> SimulatedBoard:
    return SimulatedBoard(1_800_000_000.0)


def test_who_wants_to_aim_may_do_so_until_then(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    until_s = board.monotonic_s() + 600.0
    want(tmp_path, until_s, board)
    board.advance(60.0)

    assert wanted(tmp_path, board) == Aiming(540.0, until_s)
    board.advance(540.0)
    assert wanted(tmp_path, board) is None


def test_who_does_not_want_to_any_more_does_not(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    want(tmp_path, board.monotonic_s() + 600.0, board)
    unwant(tmp_path)
    unwant(tmp_path)

    assert wanted(tmp_path, board) is None


def test_nobody_aims_for_longer_than_half_an_hour(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    want(tmp_path, board.monotonic_s() + AIMING_S_MAX + 1.0, board)
    assert wanted(tmp_path, board) is None
    board.advance(2.0)

    assert wanted(tmp_path, board) is not None


def test_a_wish_of_before_the_board_was_started_is_none(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    """Its monotonic clock begins anew, and would come to that time once more."""
    want(tmp_path, board.monotonic_s() + 600.0, board)
    board.reboot(1_800_000_000.0)

    assert wanted(tmp_path, board) is None


WISHES = {
    "nothing": b"",
    "no JSON": b"soon",
    "another thing": b"[]",
    "no time": b'{"until_monotonic_s": "soon", "start": "1"}',
    "no number": b'{"until_monotonic_s": NaN, "start": "1"}',
    "no start": b'{"until_monotonic_s": 100.0}',
    "deep": b"[" * 900,
    "huge": b'{"until_monotonic_s": 100.0, "start": "' + b"1" * 10_000_000,
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())
def test_what_cannot_be_understood_is_no_wish(
    tmp_path: Path, board: SimulatedBoard, wish: bytes
) -> None:
    (tmp_path / FILE).write_bytes(wish)

    assert wanted(tmp_path, board) is None
