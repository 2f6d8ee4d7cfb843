"""What an operator may have a board do: nothing that a camera has a part in."""

from typing import Protocol


class Actuator(Protocol):
    """The hands of a board."""

    def reboot(self) -> None:
        """Start the whole machine anew, very soon; may return before.

        Raises:
            ActuatorUnsupportedError: Nobody here can.
            ActuatorError: It was tried, and refused.
        """
        ...

    def blink(self, *, on: bool) -> None:
        """Begin to blink, so that somebody sees which box it is, or leave off.

        Leaving off gives the light back to what it showed before; when nothing blinks,
        it does nothing.

        Raises:
            ActuatorUnsupportedError: There is no light.
            ActuatorError: The light cannot be had.
        """
        ...

    def update(self, version: str) -> None:
        """Begin to take another version of the software.

        Args:
            version: Its name.

        Raises:
            ActuatorUnsupportedError: This machine takes no updates from afar.
            ActuatorError: It was tried, and refused.
        """
        ...
