"""The hands of a board whose lights are its own."""

from collections.abc import Callable

from tallypost.board.actuator import Actuator
from tallypost.errors import ActuatorError, ActuatorUnsupportedError


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
        lit = self._identify(on)
        try:
            self._rest.blink(on=on)
        except ActuatorError as error:
            if lit and isinstance(error, ActuatorUnsupportedError):
                return
            # Whoever hears that it was refused never asks for its end.
            self._identify(False)  # noqa: FBT003  # one fact
            raise

    def update(self, version: str) -> None:
        """Begin to take another version."""
        self._rest.update(version)
