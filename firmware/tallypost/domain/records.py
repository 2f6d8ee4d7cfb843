"""What may leave: anonymous records of a closed schema, version 1.

Not counted is not zero: a line, a zone or a class of which nothing is known is absent.
A line or a zone that is present was watched for `quality.observed_s` seconds, and a
class that it does not name passed it no times in them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen

from tallypost.errors import RecordError

KPI_SCHEMA = "tallypost.kpi/1"

Count = Annotated[int, Ge(0), Le(2**32 - 1)]
Seconds = Annotated[float, Ge(0.0)]
Name = Annotated[str, MinLen(1), MaxLen(64)]
Counts = Mapping[Name, Count]
"""How many, by class."""


class ClockTrust(StrEnum):
    """How far the device's calendar may be believed."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNSYNCED = "unsynced"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTotals:
    """What a line has counted since the device was commissioned."""

    forward: Counts = field(default_factory=dict)
    backward: Counts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """Who crossed a line in one interval.

    Attributes:
        forward: From the left to the right of start -> end, as seen on the picture.
        backward: The other way.
        total: The same since commissioning; absent where nobody keeps totals.
    """

    forward: Counts = field(default_factory=dict)
    backward: Counts = field(default_factory=dict)
    total: LineTotals | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFigures:
    """Who was in a zone in one interval.

    Attributes:
        occupancy_mean: Mean over the observed time, by class.
        occupancy_max: The most at one moment, by class.
        entries: How many came in, by class; whoever appears inside has come in.
        exits: How many went out, by class; whoever is lost inside has gone out.
        dwell_mean_s: Mean stay of those who went out in this interval, by class.
        dwell_max_s: The longest of those stays, by class.
    """

    occupancy_mean: Mapping[Name, Seconds] = field(default_factory=dict)
    occupancy_max: Counts = field(default_factory=dict)
    entries: Counts = field(default_factory=dict)
    exits: Counts = field(default_factory=dict)
    dwell_mean_s: Mapping[Name, Seconds] = field(default_factory=dict)
    dwell_max_s: Mapping[Name, Seconds] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far one interval's figures may be believed.

    Attributes:
        observed_s: For how long the scene was really watched.
        frames: How many frames were looked at.
        frames_dropped: How many came and were not looked at.
        frame_lifetime_ms_p99: 99 of 100 frames were overwritten within this time after
            their capture; absent where there was no frame.
        clock: How far the calendar may be believed.
        clock_uncertainty_s: By how much it may be off; absent where nobody knows.
        model: Hash of the detector's file; absent where detections were played.
        site: Hash of the site's settings.
        firmware: Version of the firmware.
    """

    observed_s: Seconds
    frames: Count
    frames_dropped: Count
    frame_lifetime_ms_p99: Seconds | None = None
    clock: ClockTrust = ClockTrust.UNSYNCED
    clock_uncertainty_s: Seconds | None = None
    model: str | None = None
    site: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a device counts with: two figures are comparable if these are the same.

    Attributes:
        model: Hash of the detector's file; None where detections were played.
        site: Hash of the site's settings.
        firmware: Version of the firmware.
    """

    model: str | None
    site: str
    firmware: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One interval's figures as the vision half knows them: no device, no number.

    Attributes:
        start_utc_s: Seconds since 1970, a whole number of intervals.
        duration_s: Length of the half-open interval [start, start + duration).
    """

    start_utc_s: float
    duration_s: float
    lines: Mapping[Name, LineFigures]
    zones: Mapping[Name, ZoneFigures]
    quality: Quality

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_utc_s) and self.start_utc_s >= 0):
            raise RecordError(f"start {self.start_utc_s} is no time since 1970")
        if not (math.isfinite(self.duration_s) and self.duration_s > 0):
            raise RecordError(f"duration_s {self.duration_s} is not above 0")

    @property
    def end_utc_s(self) -> float:
        """The first moment that is no longer part of the interval."""
        return self.start_utc_s + self.duration_s

    def stamped(self, provenance: Provenance) -> "Interval":
        """Return the interval with what it was counted with in its quality."""
        quality = replace(
            self.quality,
            model=provenance.model,
            site=provenance.site,
            firmware=provenance.firmware,
        )
        return replace(self, quality=quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiRecord:
    """One interval's figures as they leave the device.

    Attributes:
        device: Who measured.
        seq: One number a record, rising, never used twice by this device.
        interval: What was measured, when, and how well.
    """

    device: Name
    seq: Annotated[int, Ge(1)]
    interval: Interval
