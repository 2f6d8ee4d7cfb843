"""What the half that speaks asks of whoever hears operators."""

from collections.abc import Callable
from typing import Protocol

from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.uplink.base import Downlink

STRANGER_S = 10.0
"""How often one whom nobody knows is answered, at most."""

Say = Callable[[Subject, bytes], None]
"""Sends a message, some time."""


class Remote(Protocol):
    """What hears operators."""

    def hear(self, downlink: Downlink) -> None:
        """Take what was sent; any thread may call it, and it returns at once."""
        ...

    def begin(self) -> None:
        """Tell once how things stand."""
        ...

    def step(self, *, delivered: bool, watching: bool) -> None:
        """Do what waits, one thing after another.

        Args:
            delivered: Whether the far side has taken anything since the start.
            watching: Whether the camera gives pictures.
        """
        ...

    def close(self) -> None:
        """End what goes on; closing twice is harmless."""
        ...


class History(Protocol):
    """What still has messages of one kind that were sent."""

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Send messages again; return how many of them there are."""
        ...


class Histories(History, Protocol):
    """What still has records that were sent, and alerts."""

    @property
    def alerts(self) -> History:
        """Those of alerts."""
        ...
