"""What queues, approaches, junctions and conflicts have to tell of one interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from tallypost.domain.words import (
    ClassName,
    Count,
    Counts,
    Grade,
    Kmh,
    Mean,
    MeanBy,
    Merge,
    Metres,
    Noisy,
    PartName,
    Seconds,
    Share,
    always,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """Who waited in a line in one interval.

    Attributes:
        length_mean: How many waited, mean over the observed time.
        length_max: The most at one moment.
        length_mean_m: From the front to the last who waits, where calibrated.
        length_max_m: The most of it.
        joined: How many came to wait.
        served: How many of them left over the front.
        left: How many of them left otherwise, or were lost.
        wait_mean_s: Mean time from joining to the front of those served.
        wait_p50_s: The median of those times.
        wait_p85_s: 85 of 100 waited so long or shorter.
        wait_max_s: The longest of those times; on sites of the privacy profile `open`
            only.
        withheld: 1 where waits are withheld: too few were served to hide one among.
    """

    length_mean: Annotated[Mean, Merge.MEAN] = always(default=0.0)
    length_max: Annotated[Count, Merge.MAX] = always(default=0)
    length_mean_m: Annotated[Metres | None, Merge.MEAN] = None
    length_max_m: Annotated[Metres | None, Merge.MAX] = None
    joined: Count = always(default=0)
    served: Count = always(default=0)
    left: Count = always(default=0)
    wait_mean_s: Annotated[Seconds | None, MeanBy("served")] = None
    wait_p50_s: Seconds | None = None
    wait_p85_s: Seconds | None = None
    wait_max_s: Annotated[Seconds | None, Merge.MAX] = None
    withheld: Annotated[Count | None, Merge.MAX] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachFigures:
    """How well traffic flowed on one approach in one interval.

    Attributes:
        occupancy: Share of the observed time in which somebody was on it.
        density_per_km: Vehicles a kilometre, mean, where calibrated.
        speed_mean_kmh: Mean speed over time and vehicles, where calibrated.
        stopped_mean: How many stood, mean over the observed time.
        stopped_max: The most at one moment.
        flow: How many came onto it, by class.
        level: Level of service; how it is told from these stands in the docs.
        congested_s: For how long it was congested.
    """

    occupancy: Annotated[Share, Merge.MEAN] = always(default=0.0)
    density_per_km: Annotated[Mean | None, Merge.MEAN] = None
    speed_mean_kmh: Kmh | None = None
    stopped_mean: Annotated[Mean, Merge.MEAN] = always(default=0.0)
    stopped_max: Annotated[Count, Merge.MAX] = always(default=0)
    flow: Counts = always(default_factory=dict)
    level: Annotated[Grade | None, Merge.MAX] = None
    congested_s: Annotated[Seconds | None, Merge.SUM] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFigures:
    """Who went from which gate to which, in one interval.

    Attributes:
        trips: By the gate of entry, the gate of exit, and class; counted in the
            interval in which the second gate was passed.
        incomplete: How many were seen at one gate only, by class.
        k: Trips of fewer than so many are withheld.
        withheld: How many combinations are.
    """

    trips: Mapping[PartName, Mapping[PartName, Mapping[ClassName, Noisy]]] = always(
        default_factory=dict
    )
    incomplete: Counts = field(default_factory=dict)
    k: Annotated[Noisy | None, Merge.MAX] = None
    withheld: Annotated[Count | None, Merge.MAX] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """Near misses between two kinds of road users.

    Attributes:
        count: How many passed the same place within the time that the site asks for.
        serious: How many of them within 1.5 s.
        pet_min_s: The shortest post-encroachment time.
        pet_p15_s: 15 of 100 were so short or shorter.
    """

    count: Count = always(default=0)
    serious: Count = always(default=0)
    pet_min_s: Annotated[Seconds | None, Merge.MIN] = None
    pet_p15_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictFigures:
    """Near misses in one interval: experimental, no measure of safety by itself.

    Attributes:
        pairs: By the pair, as in `bicycle+car`.
    """

    pairs: Mapping[PartName, PairFigures] = always(default_factory=dict)
