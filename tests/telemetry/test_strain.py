"""For how long the processor was slowed down is told with what was counted then."""

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.strain import KEPT_S, Strain


class Heat:
    """A processor that somebody slows down."""

    def __init__(self) -> None:
        self.now: bool | None = False

    def __call__(self) -> bool | None:
        return self.now


def run(strain: Strain, board: SimulatedBoard, seconds: float) -> None:
    for _ in range(int(seconds)):
        board.advance(1.0)
        strain.look()


def test_only_what_lies_within_is_told(board: SimulatedBoard) -> None:
    heat = Heat()
    strain = Strain(heat, board)
    run(strain, board, 60.0)
    heat.now = True
    run(strain, board, 90.0)
    heat.now = False
    run(strain, board, 60.0)

    told = [strain.within_s(start_s, start_s + 60.0) for start_s in (0, 60, 120, 150)]
    assert told == pytest.approx([0.0, 60.0, 30.0, 0.0], abs=5.0)


def test_what_goes_on_counts_until_now(board: SimulatedBoard) -> None:
    heat = Heat()
    heat.now = True
    strain = Strain(heat, board)
    board.advance(3.0)

    assert strain.within_s(0.0, 3.0) == 3.0


def test_a_board_that_does_not_tell_tells_nothing(board: SimulatedBoard) -> None:
    heat = Heat()
    heat.now = None
    strain = Strain(heat, board)
    run(strain, board, 60.0)

    assert strain.within_s(0.0, 60.0) is None


def test_it_never_tells_more_than_there_was_nor_keeps_all(
    board: SimulatedBoard,
) -> None:
    heat = Heat()
    heat.now = True
    strain = Strain(heat, board)
    run(strain, board, 3 * KEPT_S)

    now_s = board.monotonic_s()
    assert strain.within_s(now_s - 3600.0, now_s) == pytest.approx(3600.0)
    assert len(strain._spans) <= KEPT_S / 5.0 + 2


def test_of_what_was_before_it_began_or_is_forgotten_it_tells_nothing(
    board: SimulatedBoard,
) -> None:
    board.advance(100.0)
    strain = Strain(Heat(), board)
    assert strain.within_s(90.0, 150.0) is None
    run(strain, board, 2 * KEPT_S)

    assert strain.within_s(100.0, 160.0) is None
    assert strain.within_s(100.0 + KEPT_S, 160.0 + KEPT_S) == 0.0
