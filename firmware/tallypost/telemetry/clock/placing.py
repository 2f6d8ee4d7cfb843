"""Puts intervals on the calendar, or says that nobody can yet."""

from dataclasses import replace
from typing import NamedTuple

from tallypost.board.base import ClockReading
from tallypost.domain.dating import Stamp
from tallypost.domain.records import ClockTrust, Dated, Interval, Quality
from tallypost.domain.words import DECIMALS
from tallypost.telemetry.clock.anchor import Anchor
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

    def place(self, interval: Interval, *, dated: bool = True) -> Placed:
        """Return an interval with the best date that is known for it now.

        What was counted by a calendar that was kept has its date. Anything else is
        dated from the moment that is known best; the calendar's own date stands where
        that says the same, so that intervals end at full minutes as long as they can.

        Args:
            interval: What was counted.
            dated: Whether it may have its date already.
        """
        monotonic_s = interval.start_monotonic_s
        bare = replace(interval, start_monotonic_s=None)
        known = self._reckoner.anchor if dated else None
        kept = interval.quality.clock is ClockTrust.SYNCED
        if monotonic_s is None or (kept and dated):
            return Placed(bare)
        if known is None:
            return Placed(bare, Stamp(self._boot, monotonic_s))
        return Placed(_dated(bare, monotonic_s, known))


def _dated(interval: Interval, monotonic_s: float, known: Anchor) -> Interval:
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
    return replace(interval, start_utc_s=start_utc_s, quality=quality)


def unwatched(
    start_utc_s: float,
    duration_s: float,
    clock: ClockReading,
    dated: Dated | None = None,
) -> Interval:
    """Return an interval that nobody watched: nothing is known of it, and it says so.

    Args:
        start_utc_s: When it began, seconds since 1970.
        duration_s: Its length.
        clock: How far the calendar may be believed.
        dated: How it came to its date.
    """
    return Interval(
        start_utc_s=round(max(start_utc_s, 0.0), DECIMALS),
        duration_s=round(duration_s, DECIMALS),
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
