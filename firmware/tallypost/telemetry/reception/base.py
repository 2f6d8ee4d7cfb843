"""What the reception asks of the house, and the house of it."""

from collections.abc import Callable, Mapping
from typing import Protocol

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


Deed = Callable[..., Answer]
"""Answers one question; its arguments were looked at, and come by their names.

It may take some seconds. A `TallypostError` says why it cannot be done.
"""
Deeds = Mapping[str, Deed]
"""What answers each question, by its word."""
