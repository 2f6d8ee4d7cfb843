"""What the house asks of the board it runs on."""

from dataclasses import dataclass
from typing import Protocol

from tallypost.domain.records import ClockTrust


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How far the calendar may be believed.

    Attributes:
        trust: Whether somebody has set the clock, and still keeps it.
        uncertainty_s: By how much it may be off; None where nobody knows.
    """

    trust: ClockTrust
    uncertainty_s: float | None


class Board(Protocol):
    """The clocks of a board; nothing else in the house asks the time."""

    def monotonic_s(self) -> float:
        """Return seconds that never jump, for durations."""
        ...

    def utc_s(self) -> float:
        """Return seconds since 1970 by the calendar; may jump."""
        ...

    def clock(self) -> ClockReading:
        """Return how far `utc_s` may be believed just now."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so many monotonic seconds; at once if not above 0."""
        ...
