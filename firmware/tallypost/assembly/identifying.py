"""Has a light blink for somebody who looks for the device, and leave off in time."""

import math

from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.telemetry.reception.base import Answer

BLINK_S = 120.0


class Identifying:
    """A light that blinks for a while.

    Args:
        actuator: The board's hands.
        board: Whose clock tells when it has blinked for long enough.
    """

    def __init__(self, actuator: Actuator, board: Board) -> None:
        self._actuator = actuator
        self._board = board
        self._until_s = math.inf

    def identify(self, *, on: bool) -> Answer:
        """Begin to blink, or leave off.

        Raises:
            ActuatorError: The light cannot be had, or there is none.
        """
        self._actuator.blink(on=on)
        self._until_s = self._board.monotonic_s() + BLINK_S if on else math.inf
        return {}

    def tick(self) -> None:
        """Leave off, if it is time to."""
        if self._board.monotonic_s() >= self._until_s:
            self.close()

    def close(self) -> None:
        """Leave off, if it blinks."""
        if self._until_s < math.inf:
            # Before: where the light cannot be had, this is not tried each second.
            self._until_s = math.inf
            self.identify(on=False)
