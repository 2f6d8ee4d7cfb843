"""What may leave: anonymous records of a closed schema, version 1.

Not counted is not zero: an element or a class of which nothing is known is absent. A
line or a zone that is present was watched for `quality.observed_s` seconds, and a
class that it does not name passed it no times in them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Annotated

from annotated_types import Ge

from tallypost.domain.acceptance import Accuracies
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.figures.traffic import (
    ApproachFigures,
    ConflictFigures,
    MovementFigures,
    QueueFigures,
)
from tallypost.domain.figures.zones import (
    CrowdFigures,
    HeatMapFigures,
    WatchFigures,
    ZoneFigures,
)
from tallypost.domain.shape import hints
from tallypost.domain.words import (
    Count,
    Doubt,
    Epsilon,
    Light,
    Merge,
    Milliseconds,
    Missed,
    Name,
    Origin,
    Quantity,
    Seconds,
    always,
)
from tallypost.errors import RecordError

KPI_SCHEMA = "tallypost.kpi/1"


class ClockTrust(StrEnum):
    """How far the device's calendar may be believed."""

    SYNCED = "synced"
    HOLDOVER = "holdover"
    UNSYNCED = "unsynced"


class Dated(StrEnum):
    """How a record that was counted without a trusted clock came to its date."""

    LATER = "later"
    """By a clock that arrived before the device was started again."""
    RECKONED = "reckoned"
    """By what is known of the times before and after, through a start or several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far one interval's figures may be believed.

    Attributes:
        observed_s: For how long the scene was really watched.
        frames: How many frames were looked at.
        frames_dropped: How many came and were not looked at.
        frames_rested: On how many of `frames` nothing had moved, and the detector
            rested; absent where it never may.
        frame_lifetime_ms_p50: Half of the frames were overwritten within this time
            after their capture; this and what follows of it is absent where there was
            no frame.
        frame_lifetime_ms_p99: 99 of 100 were.
        frame_lifetime_ms_max: All of them were.
        light: How much light there was for most of the time; this and what follows of
            the camera is absent where nobody judges it by its pictures, and what needs
            a comparison (moved, defocused, dirty) until what is usual is known.
        camera_moved: Whether it showed, at any time, something else than it was aimed
            at; nothing is counted meanwhile.
        camera_blinded_s: For how long glare hid what there is to see; nothing is
            counted meanwhile.
        camera_covered_s: For how long something before the lens did; as above.
        camera_dark_s: For how long there was too little light; as above.
        camera_defocused_s: For how long it was out of focus; it counts on.
        camera_dirty: Whether a part of the picture was smeared at any time; it counts
            on.
        throttled_s: For how long the processor was slowed down, for heat or for a weak
            supply; absent where the board does not tell, where what tells began later
            than the interval, or time is footage's.
        clock: How far the calendar could be believed while this was counted.
        clock_uncertainty_s: By how much `start` may be off, either way; absent where
            nobody knows.
        dated: How the record came to its date where it was counted without a trusted
            clock; absent where it was dated when it was counted.
        model: Hash of the detector's file; absent where detections were played.
        site: Hash of the site's settings.
        firmware: Version of the firmware.
        privacy_epsilon_per_day: The site's privacy budget: trips and heat maps have
            noise, and one day of them is differentially private with this epsilon;
            absent where nothing has noise.
        no_lock_in: Whether the half that sees ran without the kernel's lock-in, as
            somebody at a workstation asked for; absent where it was locked in.
        aiming: Whether somebody aimed the camera at any time: what it showed may have
            changed, and who aimed may have been counted; absent where nobody did.
        accuracy: How exactly lines of this site were found to count when somebody stood
            there and counted by hand, by line and class; absent where nobody has.
    """

    observed_s: Annotated[Quantity, Merge.SUM] = always()
    frames: Count = always()
    frames_dropped: Missed = always()
    frames_rested: Count | None = None
    frame_lifetime_ms_p50: Annotated[Milliseconds | None, Merge.MAX] = None
    frame_lifetime_ms_p99: Annotated[Milliseconds | None, Merge.MAX] = None
    frame_lifetime_ms_max: Annotated[Milliseconds | None, Merge.MAX] = None
    light: Annotated[Light | None, Merge.MOST] = None
    camera_moved: Annotated[bool | None, Merge.MAX] = None
    camera_blinded_s: Annotated[Seconds | None, Merge.SUM] = None
    camera_covered_s: Annotated[Seconds | None, Merge.SUM] = None
    camera_dark_s: Annotated[Seconds | None, Merge.SUM] = None
    camera_defocused_s: Annotated[Seconds | None, Merge.SUM] = None
    camera_dirty: Annotated[bool | None, Merge.MAX] = None
    throttled_s: Annotated[Seconds | None, Merge.SUM, Origin.TELEMETRY] = None
    clock: Annotated[ClockTrust, Merge.MAX] = always(default=ClockTrust.UNSYNCED)
    clock_uncertainty_s: Annotated[Doubt | None, Merge.BOUND] = None
    dated: Annotated[Dated | None, Merge.MAX, Origin.TELEMETRY] = None
    model: Annotated[str | None, Merge.SAME] = None
    site: Annotated[str | None, Merge.SAME] = None
    firmware: Annotated[str | None, Merge.SAME] = None
    privacy_epsilon_per_day: Annotated[Epsilon | None, Merge.SAME] = None
    no_lock_in: Annotated[bool | None, Merge.MAX, Origin.TELEMETRY] = None
    aiming: Annotated[bool | None, Merge.MAX, Origin.TELEMETRY] = None
    accuracy: Annotated[Accuracies, Merge.SAME, Origin.TELEMETRY] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a device counts with: two figures are comparable if these are the same.

    Attributes:
        model: Hash of the detector's file; None where detections were played.
        site: Hash of the site's settings.
        firmware: Version of the firmware.
        no_lock_in: Whether the half that sees is not locked in.
        aiming: Whether somebody aims the camera.
        accuracy: What was found by hand, by line and class.
    """

    model: str | None
    site: str
    firmware: str
    no_lock_in: bool = False
    aiming: bool = False
    accuracy: Accuracies = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One interval's figures as the vision half knows them: no device, no number.

    Attributes:
        start_utc_s: Seconds since 1970; a whole number of intervals but where a watch
            or the calendar itself begins in the middle of one.
        duration_s: Length of the half-open interval [start, start + duration).
        lines: By the name of each line that was watched.
        zones: By the name of each zone that was watched.
        car_parks: By the name of each car park that was watched.
        queues: By the name of each queue that was watched.
        approaches: By the name of each approach that was watched.
        movements: By the name of each junction that was watched.
        crowds: By the name of each place whose crowd was watched.
        intrusions: By the name of each forbidden area that was watched.
        stops: By the name of each area where nobody should stop.
        wrong_ways: By the name of each one-way line that was watched.
        heat_maps: By the name of each heat map.
        conflicts: By the name of each area that was watched for near misses.
        quality: How far these figures may be believed.
        start_monotonic_s: When it began by the clock that never jumps, seconds since
            the device was started; never leaves the device.
    """

    start_utc_s: float
    duration_s: float
    lines: Mapping[Name, LineFigures] = always()
    zones: Mapping[Name, ZoneFigures] = always()
    car_parks: Mapping[Name, CarParkFigures] = field(default_factory=dict)
    queues: Mapping[Name, QueueFigures] = field(default_factory=dict)
    approaches: Mapping[Name, ApproachFigures] = field(default_factory=dict)
    movements: Mapping[Name, MovementFigures] = field(default_factory=dict)
    crowds: Mapping[Name, CrowdFigures] = field(default_factory=dict)
    intrusions: Mapping[Name, WatchFigures] = field(default_factory=dict)
    stops: Mapping[Name, WatchFigures] = field(default_factory=dict)
    wrong_ways: Mapping[Name, WatchFigures] = field(default_factory=dict)
    heat_maps: Mapping[Name, HeatMapFigures] = field(default_factory=dict)
    conflicts: Mapping[Name, ConflictFigures] = field(default_factory=dict)
    quality: Quality = always()
    start_monotonic_s: Annotated[float | None, Merge.MIN] = None

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
            no_lock_in=provenance.no_lock_in or None,
            aiming=provenance.aiming or None,
            accuracy=provenance.accuracy,
        )
        return replace(self, quality=quality)


@cache
def collections() -> Mapping[str, type]:
    """Return the word that tells of each kind of element, by its key in an interval."""
    return {
        name: hint.mapping[1].plain
        for name, hint in hints(Interval).items()
        if hint.mapping is not None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiRecord:
    """One interval's figures as they leave the device.

    Attributes:
        device: Who measured.
        seq: One number a record, rising, never used twice by this device.
        first_seq: Where the record stands for several that were merged for want of
            room: the number of the first of them; `seq` is the last's, and the numbers
            between are told with it. Absent where it stands for itself alone.
        interval: What was measured, when, and how well.

    Raises:
        RecordError: `first_seq` is not below `seq`.
    """

    device: Name
    seq: Annotated[int, Ge(1)]
    first_seq: Annotated[int, Ge(1)] | None = None
    interval: Interval

    def __post_init__(self) -> None:
        if self.first_seq is not None and not 0 < self.first_seq < self.seq:
            raise RecordError(
                f"first_seq: {self.first_seq} is not below seq {self.seq}; name the "
                "first of the records that were merged"
            )

    @property
    def numbers(self) -> range:
        """The numbers that it stands for."""
        return range(self.first_seq or self.seq, self.seq + 1)
