"""Puts intervals on the calendar, or says that nobody can yet."""

from dataclasses import replace
from typing import NamedTuple

from tallypost.board.base import UNSYNCED, ClockReading
from tallypost.domain.dating import Stamp
from tallypost.domain.records import ClockTrust, Dated, Interval, Quality
from tallypost.telemetry.clock.reckoner import Reckoner


class Placed(NamedTuple):
    """An interval as it may leave.

    Attributes:
        interval: What was counted; where nobody knows the date, its `start_utc_s` is
            what the calendar said.
        stamp: What it is dated by later; None where it has its date.
    """

    interval: Interval
    stamp: Stamp | None = None


class Placing:
    """Dates intervals of this start of the board.

    Args:
        reckoner: Knows what time it is.
        boot: This start.
    """

    def __init__(self, reckoner: Reckoner, boot: str) -> None:
        self._reckoner = reckoner
        self._boot = boot

    def place(self, interval: Interval) -> Placed:
        """Return an interval with the best date that is known for it now.

        What was counted by a calendar that was kept has its date. Anything else is
        dated from the moment that is known best; the calendar's own date stands where
        that says the same, so that intervals end at full minutes as long as they can.
        """
        monotonic_s = interval.start_monotonic_s
        bare = replace(interval, start_monotonic_s=None)
        if interval.quality.clock is not ClockTrust.UNSYNCED or monotonic_s is None:
            return Placed(bare)
        known = self._reckoner.anchor
        if known is None:
            return Placed(bare, Stamp(self._boot, monotonic_s))
        date = known.date(monotonic_s)
        apart_s = abs(date.utc_s - interval.start_utc_s)
        agrees = apart_s <= date.uncertainty_s
        later = known.monotonic_s > monotonic_s
        quality = replace(
            interval.quality,
            clock=ClockTrust.UNSYNCED if later else ClockTrust.HOLDOVER,
            clock_uncertainty_s=date.uncertainty_s + (apart_s if agrees else 0.0),
            dated=Dated.LATER if later else None,
        )
        start_utc_s = interval.start_utc_s if agrees else date.utc_s
        return Placed(replace(bare, start_utc_s=start_utc_s, quality=quality))

    def hole(self, start_s: float, duration_s: float, calendar_utc_s: float) -> Placed:
        """Return a time for which nobody watched.

        Args:
            start_s: When it began, on the monotonic clock of this start; below 0 where
                that was before it.
            duration_s: Its length.
            calendar_utc_s: When it began by the calendar.
        """
        reading = self._reckoner.reading()
        hole = unwatched(max(calendar_utc_s, 0.0), duration_s, reading)
        if reading.trust is ClockTrust.SYNCED:
            return Placed(hole)
        return self.place(
            replace(
                hole,
                start_monotonic_s=start_s,
                quality=replace(hole.quality, clock=ClockTrust.UNSYNCED),
            )
        )


def unwatched(
    start_utc_s: float,
    duration_s: float,
    clock: ClockReading = UNSYNCED,
    dated: Dated | None = None,
) -> Interval:
    """Return an interval that nobody watched: nothing is known of it, and it says so.

    Args:
        start_utc_s: When it began, seconds since 1970.
        duration_s: Its length.
        clock: How far that may be believed.
        dated: How it came to its date.
    """
    return Interval(
        start_utc_s=start_utc_s,
        duration_s=duration_s,
        lines={},
        zones={},
        quality=Quality(
            observed_s=0.0,
            frames=0,
            frames_dropped=0,
            clock=clock.trust,
            clock_uncertainty_s=clock.uncertainty_s,
            dated=dated,
        ),
    )
