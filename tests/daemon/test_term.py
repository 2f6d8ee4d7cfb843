"""How long the half that sees watches, and of which moments it tells who aims."""

from dataclasses import replace
from threading import Event

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.vision_half import Term
from tallypost.domain.aiming import Aiming, Sight
from tallypost.wall.reader import WallReader
from tests.daemon.test_handover import HANDOVER
from tests.test_wall import Pipe


@pytest.mark.parametrize("fraction_s", [0.0, 0.0003, 0.0006, 0.0009])
def test_what_it_tells_of_the_last_moment_is_what_the_other_side_takes(
    board: SimulatedBoard, fraction_s: float
) -> None:
    """A picture that comes when aiming is over, is told of to nobody."""
    now_s = board.monotonic_s()
    aiming = Aiming(60.0, now_s + 60.0 + fraction_s)
    handover = replace(HANDOVER, aiming=aiming)
    term = Term(Event(), handover, board)
    around = [aiming.until_monotonic_s + n / 10_000 for n in range(-40, 40)]
    moments = [Sight(at_s, 9.5, 0.75, 0.5) for at_s in around]
    told = [each for each in moments if term.is_of(each)]

    assert 20 < len(told) <= 40
    for each in told:
        pipe = Pipe(handover.alphabet)
        try:
            pipe.writer.send(each)
            reader = WallReader(handover.alphabet, 60.0, aiming=aiming)
            reader.feed(pipe.drain(), aiming.until_monotonic_s)
        finally:
            pipe.close()


def test_where_nobody_aims_it_tells_of_no_moment(board: SimulatedBoard) -> None:
    term = Term(Event(), HANDOVER, board)

    assert not term.is_of(Sight(board.monotonic_s(), 9.5, 0.75, 0.5))
