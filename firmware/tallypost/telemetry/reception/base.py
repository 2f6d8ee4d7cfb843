"""What the reception asks of the house, and the house of it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from tallypost.domain.aiming import Aimed
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.records import KpiRecord

Answer = Mapping[str, object]
"""What becomes JSON, beside `ok`."""


class Listener(Protocol):
    """Whoever wants to know what is told while somebody aims."""

    def heard(self, told: Aimed) -> None:
        """Take what was told; returns at once, and never fails.

        Args:
            told: Of a moment just now; nothing of it is kept or sent to afar.
        """
        ...


Deed = Callable[..., Answer]
"""Answers one question; its arguments were looked at, and come by their names.

It may take some seconds. A `TallypostError` says why it cannot be done.
"""
Deeds = Mapping[str, Deed]
"""What answers each question, by its word."""


class Front(Listener, Protocol):
    """Whoever answers at the device, as the half that speaks sees it."""

    def befell(self, state: str) -> None:
        """Take note of what the half that sees says of itself."""
        ...

    def made(self, made: KpiRecord | AlertRecord) -> None:
        """Take note of a record or an alert that leaves the device."""
        ...

    def step(self, *, watching: bool) -> None:
        """Do what waits, in the thread that settings are kept in.

        Args:
            watching: Whether the camera gives pictures.
        """
        ...

    def close(self) -> None:
        """Answer nobody any more; closing twice is harmless."""
        ...


class Closed:
    """Answers nobody: there is no panel."""

    def heard(self, told: Aimed) -> None:
        """Forget it."""

    def befell(self, state: str) -> None:
        """Do nothing."""

    def made(self, made: KpiRecord | AlertRecord) -> None:
        """Do nothing."""

    def step(self, *, watching: bool) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
