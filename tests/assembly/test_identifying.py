"""A light that blinks for a while."""

import pytest

from tallypost.assembly.identifying import BLINK_S, Identifying
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import ActuatorError


class Fading:
    """A light that is gone when it should leave off."""

    tries = 0

    def reboot(self) -> None:
        """Nobody asks for it."""
        raise AssertionError

    def update(self, version: str) -> None:
        """Nobody asks for it."""
        raise AssertionError(version)

    def blink(self, *, on: bool) -> None:
        """Begin, and never leave off."""
        self.tries += 1
        if not on:
            raise ActuatorError("status: is gone")


def test_a_light_that_is_gone_is_told_of_once(board: SimulatedBoard) -> None:
    light = Fading()
    identifying = Identifying(light, board)
    identifying.identify(on=True)
    board.advance(BLINK_S)
    with pytest.raises(ActuatorError):
        identifying.tick()
    identifying.tick()
    identifying.close()

    assert light.tries == 2
