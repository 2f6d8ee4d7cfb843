"""What car parks have to tell of one interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from tallypost.domain.words import (
    Count,
    Mean,
    MeanBy,
    Merge,
    PartName,
    Seconds,
    Share,
    always,
)


class SpaceState(StrEnum):
    """Whether somebody stands on a space."""

    FREE = "free"
    OCCUPIED = "occupied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceFigures:
    """One parking space.

    Attributes:
        state: At the interval's end.
        arrivals: How often it was taken.
        departures: How often it was left.
        occupied_s: For how long it was taken while it was watched.
        overstay: Whether who stands there has stood longer than allowed.
    """

    state: Annotated[SpaceState, Merge.LAST] = always(default=SpaceState.UNKNOWN)
    arrivals: Count = always(default=0)
    departures: Count = always(default=0)
    occupied_s: Annotated[Seconds, Merge.SUM] = always(default=0.0)
    overstay: Annotated[bool | None, Merge.LAST] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarParkFigures:
    """One car park: all its spaces together, and each by itself where asked for.

    Attributes:
        spaces: How many are drawn.
        free: How many are free at the interval's end.
        occupied: How many are taken.
        unknown: Of how many nobody can say.
        occupancy_mean: Share of the known spaces that was taken, mean over the time.
        arrivals: How often a space was taken.
        departures: How often one was left.
        turnover: Arrivals a space.
        overstays: On how many spaces somebody has stood longer than allowed.
        stays: Of how many who left the stay is known: its beginning was seen.
        stay_mean_s: The mean of those stays.
        stay_p50_s: The median of those stays.
        stay_p85_s: 85 of 100 stayed so long or shorter.
        withheld: Whether stays are withheld: 1 where too few left to hide one among.
        by_space: Each space by its name.
    """

    spaces: Annotated[Count, Merge.LAST] = always(default=0)
    free: Annotated[Count, Merge.LAST] = always(default=0)
    occupied: Annotated[Count, Merge.LAST] = always(default=0)
    unknown: Annotated[Count, Merge.LAST] = always(default=0)
    occupancy_mean: Annotated[Share | None, Merge.MEAN] = None
    arrivals: Count = always(default=0)
    departures: Count = always(default=0)
    turnover: Annotated[Mean | None, Merge.SUM] = None
    overstays: Annotated[Count | None, Merge.LAST] = None
    stays: Count | None = None
    stay_mean_s: Annotated[Seconds | None, MeanBy("stays")] = None
    stay_p50_s: Seconds | None = None
    stay_p85_s: Seconds | None = None
    withheld: Annotated[Count | None, Merge.MAX] = None
    by_space: Mapping[PartName, SpaceFigures] = field(default_factory=dict)
