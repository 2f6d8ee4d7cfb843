"""What the house asks of the board it runs on."""

from dataclasses import dataclass
from typing import Protocol

from tallypost.domain.records import ClockTrust

BUILT_UTC_S = 1_793_491_200.0
"""2026-11-01T00:00:00Z: this firmware did not exist before; a calendar or a far side
that says so is wrong, whoever vouches for it. Moves up with each release."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How far the calendar may be believed.

    Attributes:
        trust: Whether somebody has set the clock, and still keeps it.
        uncertainty_s: By how much it may be off; None where nobody knows.
    """

    trust: ClockTrust
    uncertainty_s: float | None


UNSYNCED = ClockReading(ClockTrust.UNSYNCED, None)
"""Nobody knows the time."""


class Board(Protocol):
    """The clocks of a board; nothing else in the house asks the time."""

    def monotonic_s(self) -> float:
        """Return seconds since the board was started, which never jump."""
        ...

    def utc_s(self) -> float:
        """Return seconds since 1970 by the calendar; may jump."""
        ...

    def clock(self) -> ClockReading:
        """Return how far `utc_s` may be believed just now; cheap, asked every frame."""
        ...

    def rtc_s(self) -> float | None:
        """Return seconds since 1970 by the clock that runs on a battery.

        It counts whole seconds, and runs on while the power is off. None where there is
        none, or where it does not know the time itself.
        """
        ...

    def boot_id(self) -> str:
        """Return a name for this start of the board, like no other's."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so many monotonic seconds; at once if not above 0."""
        ...
