"""What a record has instead of a date until a clock arrives, and what it gets then."""

from typing import NamedTuple

from tallypost.domain.records import Dated


class Stamp(NamedTuple):
    """A moment of a device that does not know the time.

    Attributes:
        boot: Which start of the device it belongs to.
        start_monotonic_s: Seconds since that start.
    """

    boot: str
    start_monotonic_s: float


class Undated(NamedTuple):
    """A record that waits for its date.

    Attributes:
        seq: Its number.
        boot: Which start of the device it belongs to.
        start_monotonic_s: When it began, seconds since that start.
        duration_s: Its length.
    """

    seq: int
    boot: str
    start_monotonic_s: float
    duration_s: float

    @property
    def end_monotonic_s(self) -> float:
        """The first moment that is no longer part of it."""
        return self.start_monotonic_s + self.duration_s


class Dating(NamedTuple):
    """A date, given once.

    Attributes:
        start_utc_s: When the record began, seconds since 1970.
        uncertainty_s: By how much that may be off, either way; None where nobody knows.
        how: How it was found.
    """

    start_utc_s: float
    uncertainty_s: float | None
    how: Dated
