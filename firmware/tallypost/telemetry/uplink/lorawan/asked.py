"""What the far side asked for again, of a radio that stands in for another link."""

from typing import Protocol

from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.lorawan.memory import (
    RANGE_NUMBERS_MAX,
    RANGES_MAX,
    Memory,
    Range,
)

UNNOTED_MAX = 16
"""So many may be told twice after a start: not each is worth a write to the card."""


class Shelf(Protocol):
    """Where records are."""

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Send records again by the link that carries them whole."""
        ...

    def due(self, first_seq: int, last_seq: int) -> tuple[int, Message | None]:
        """Return how many of a range must go out, and the newest of them."""
        ...


class Asked:
    """Ranges of records that are to be told by radio, the newest first.

    They stay due to the link that carries them whole, and whichever comes first has
    answered: what that link has delivered meanwhile is not told by radio any more.
    Only ranges are kept, never records: a range of a year takes no more than one of an
    hour, and of its numbers the newest `RANGE_NUMBERS_MAX` are told here.

    Args:
        shelf: Where records are.
        memory: Which ranges were asked for before.
    """

    def __init__(self, shelf: Shelf, memory: Memory) -> None:
        self._shelf = shelf
        self._memory = memory
        self._ranges: tuple[Range, ...] = memory.kept.asked
        self._unnoted = 0

    def ask(self, first_seq: int, last_seq: int) -> int:
        """Have a range told; return how many records of it will be.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        self._shelf.ask_again(first_seq, last_seq)
        first_seq = max(first_seq, last_seq - RANGE_NUMBERS_MAX + 1)
        count, _ = self._shelf.due(first_seq, last_seq)
        if count:
            self._ranges = (*self._ranges, (first_seq, last_seq))[-RANGES_MAX:]
            self._note()
        return count

    def newest(self) -> Message | None:
        """Return the record that is to be told next; None where none is.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        while self._ranges:
            highest = max(self._ranges, key=lambda each: each[1])
            _, message = self._shelf.due(*highest)
            if message is not None:
                return message
            self._ranges = tuple(each for each in self._ranges if each != highest)
            self._note()
        return None

    def told(self, seq: int) -> None:
        """Note that a record was told, and with it all newer ones that there were."""
        self._ranges = tuple(
            (first, min(last, seq - 1)) for first, last in self._ranges if first < seq
        )
        self._unnoted += 1
        if self._unnoted >= UNNOTED_MAX or not self._ranges:
            self._note()

    def _note(self) -> None:
        self._unnoted = 0
        self._memory.keep(asked=self._ranges)
