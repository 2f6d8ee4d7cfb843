"""What is told to whom a person at the foot of the pole looks at."""

from typing import Protocol

from tallypost.domain.aiming import Aimed


class Listener(Protocol):
    """Hears what the half that sees tells while somebody aims."""

    def heard(self, told: Aimed) -> None:
        """Take one thing that was told; returns soon, and never fails.

        Args:
            told: Of a moment just now; nothing of it is kept or sent to afar.
        """
        ...


class Nobody:
    """Listens to nothing: nobody is there."""

    def heard(self, told: Aimed) -> None:
        """Forget it."""
        del told
