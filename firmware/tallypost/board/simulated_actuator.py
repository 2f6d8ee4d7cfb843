"""Hands that do nothing, and remember what they were asked."""

from tallypost.errors import ActuatorUnsupportedError


class SimulatedActuator:
    """For tests, and for machines that nobody may reboot from afar.

    Attributes:
        reboots: How many times it was asked to reboot.
        blinking: Whether it blinks.
    """

    def __init__(self) -> None:
        self.reboots = 0
        self.blinking = False

    def reboot(self) -> None:
        """Count."""
        self.reboots += 1

    def blink(self, *, on: bool) -> None:
        """Blink, or leave off."""
        self.blinking = on

    def update(self, version: str) -> None:
        """Refuse: there is nothing to update."""
        raise ActuatorUnsupportedError(
            f"update to {version}: this machine takes no updates from afar"
        )
