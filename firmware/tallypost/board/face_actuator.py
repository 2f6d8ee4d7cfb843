"""The hands of a board whose lights are its own."""

from collections.abc import Callable
from contextlib import suppress

from tallypost.board.actuator import Actuator
from tallypost.errors import ActuatorUnsupportedError


class FaceActuator:
    """Blinks with the status light, besides with what the board blinks with anyway.

    Args:
        rest: Does all else.
        identify: Begins or ends it; returns whether there is a light for it.
    """

    def __init__(self, rest: Actuator, identify: Callable[[bool], bool]) -> None:
        self._rest = rest
        self._identify = identify

    def reboot(self) -> None:
        """Start the whole machine anew."""
        self._rest.reboot()

    def blink(self, *, on: bool) -> None:
        """Begin to blink, or leave off."""
        if not self._identify(on):
            self._rest.blink(on=on)
            return
        with suppress(ActuatorUnsupportedError):
            self._rest.blink(on=on)

    def update(self, version: str) -> None:
        """Begin to take another version."""
        self._rest.update(version)
