"""One moment whose date is known, and what follows from it for others."""

from dataclasses import dataclass
from typing import NamedTuple

DRIFT = 100e-6
"""How far a second of any of our clocks may be from a true one: seconds a second.

The quartz of a consumer's board is within 50 ppm of what it says. A clock on a battery
has a tuning fork of 32 768 Hz, within 20 ppm at 25 degrees C, that loses 0.035 ppm more
for each square degree away from it: 91 ppm in all at -20 and at 70 degrees.

Source of the latter: Maxim MAX6902 data sheet, page 14, "Timekeeping accuracy".
"""


class Date(NamedTuple):
    """A moment by the calendar.

    Attributes:
        utc_s: Seconds since 1970.
        uncertainty_s: By how much that may be off, either way.
    """

    utc_s: float
    uncertainty_s: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment of one start of the board, on both clocks.

    Attributes:
        monotonic_s: Seconds since the start.
        utc_s: Seconds since 1970.
        uncertainty_s: By how much that may be off, either way.
    """

    monotonic_s: float
    utc_s: float
    uncertainty_s: float

    def date(self, monotonic_s: float) -> Date:
        """Return when another moment of the same start was, or will be.

        The further away, the less is known: uncertainty + drift * distance.
        """
        away_s = monotonic_s - self.monotonic_s
        return Date(self.utc_s + away_s, self.uncertainty_s + DRIFT * abs(away_s))

    def contradicts(self, other: "Anchor") -> bool:
        """Return whether not both of one start can be right."""
        there = self.date(other.monotonic_s)
        apart_s = abs(there.utc_s - other.utc_s)
        return apart_s > there.uncertainty_s + other.uncertainty_s
