"""Where messages wait until the far side has them."""

from collections.abc import Iterable
from typing import Protocol

from tallypost.telemetry.codec.message import Message


class Shelf(Protocol):
    """Where messages of one subject wait."""

    @property
    def pending(self) -> int:
        """How many wait."""
        ...

    def head(self, limit: int) -> list[Message]:
        """Return messages that wait, the oldest first, so many at most."""
        ...

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of messages that the far side has."""
        ...

    def rejected(self, seq: int, reason: str) -> None:
        """Let go of a message that the far side will never take."""
        ...
