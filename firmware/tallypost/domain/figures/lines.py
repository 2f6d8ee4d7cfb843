"""What a line has to tell of one interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from tallypost.domain.words import (
    ClassName,
    Count,
    Counts,
    Kmh,
    MeanBy,
    Merge,
    Origin,
    Seconds,
    Share,
    always,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTotals:
    """What a line has counted since the device was commissioned."""

    forward: Annotated[Counts, Merge.LAST] = always(default_factory=dict)
    backward: Annotated[Counts, Merge.LAST] = always(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePassages:
    """Every passage over a line, those that were taken back included."""

    forward: Counts = always(default_factory=dict)
    backward: Counts = always(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedFigures:
    """How fast one class went; the 85 % quantile is what speed limits are set by.

    Attributes:
        count: Of how many the speed is known.
        p15_kmh: 15 of 100 went at this speed or slower.
        p50_kmh: The median.
        p85_kmh: 85 of 100 went at this speed or slower.
        error_kmh: A single speed is off by no more than this in 95 of 100 cases, as far
            as the calibration and the boxes let it be known.
        implausible: How many were left out because nothing on a street is so fast.
    """

    count: Count = always(default=0)
    p15_kmh: Kmh | None = None
    p50_kmh: Kmh | None = None
    p85_kmh: Kmh | None = None
    error_kmh: Annotated[Kmh | None, Merge.MAX] = None
    implausible: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSpeeds:
    """Speeds at a line, by class; only where the site is calibrated.

    Attributes:
        forward: Of those who went forward.
        backward: Of those who went backward.
    """

    forward: Mapping[ClassName, SpeedFigures] = field(default_factory=dict)
    backward: Mapping[ClassName, SpeedFigures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadwayFigures:
    """Times between one crossing and the next in the same direction.

    Attributes:
        count: How many such times there were.
        mean_s: Their mean.
        p15_s: 15 of 100 were so short or shorter.
        p50_s: The median.
        p85_s: 85 of 100 were so short or shorter.
    """

    count: Count = always(default=0)
    mean_s: Annotated[Seconds | None, MeanBy("count")] = None
    p15_s: Seconds | None = None
    p50_s: Seconds | None = None
    p85_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHeadways:
    """How close one followed another over a line.

    Attributes:
        forward: Of those who went forward.
        backward: Of those who went backward.
    """

    forward: HeadwayFigures | None = None
    backward: HeadwayFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalSplit:
    """How those who crossed a line, either way, travelled: shares that add up to 1.

    Attributes:
        count: How many crossings these are shares of.
        walking: On foot.
        cycling: By bicycle.
        private_motor: By car or motorcycle.
        public_transport: By bus, tram or train; vehicles, not passengers.
        goods: By truck or van.
        other: By anything else.
    """

    count: Count = always(default=0)
    walking: Annotated[Share | None, MeanBy("count")] = None
    cycling: Annotated[Share | None, MeanBy("count")] = None
    private_motor: Annotated[Share | None, MeanBy("count")] = None
    public_transport: Annotated[Share | None, MeanBy("count")] = None
    goods: Annotated[Share | None, MeanBy("count")] = None
    other: Annotated[Share | None, MeanBy("count")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """Who crossed a line in one interval.

    Attributes:
        forward: From the left to the right of start -> end, as seen on the picture.
        backward: The other way.
        total: The same since commissioning; absent where nobody keeps totals.
        actual: Every passage over the line: who goes over it and comes back at once has
            not crossed it, and is counted here twice.
        speeds: How fast they went.
        headways: How close one followed another.
        modal_split: How they travelled.
    """

    forward: Counts = always(default_factory=dict)
    backward: Counts = always(default_factory=dict)
    total: Annotated[LineTotals | None, Origin.TELEMETRY] = None
    actual: LinePassages | None = None
    speeds: LineSpeeds | None = None
    headways: LineHeadways | None = None
    modal_split: ModalSplit | None = None
