"""What the reception asks of the house, and the house of it."""

from collections.abc import Mapping
from typing import Any, Protocol

from tallypost.domain.aiming import Aimed

Answer = Mapping[str, object]
"""What becomes JSON, beside `ok`."""


class Listener(Protocol):
    """Whoever wants to know what is told while somebody aims."""

    def heard(self, told: Aimed) -> None:
        """Take what was told; returns at once, and never fails."""
        ...


class Nobody:
    """Nobody who wants to know it."""

    def heard(self, told: Aimed) -> None:
        """Do nothing."""


class Deed(Protocol):
    """What answers one question; its arguments were looked at."""

    def __call__(self, **arguments: Any) -> Answer:
        """Return the answer; it may take some seconds.

        Raises:
            TallypostError: It cannot be done; says why.
        """
        ...


Deeds = Mapping[str, Deed]
"""What answers each question, by its word."""
