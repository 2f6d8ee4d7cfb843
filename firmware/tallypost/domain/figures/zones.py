"""What zones, crowds, watched areas and heat maps have to tell of one interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from tallypost.domain.words import (
    ClassName,
    Count,
    Counts,
    Grade,
    Mean,
    Merge,
    Noisy,
    PartName,
    Seconds,
    always,
)

SecondsByClass = Mapping[ClassName, Seconds]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFigures:
    """Who was in a zone in one interval.

    Attributes:
        occupancy_mean: Mean over the observed time, by class.
        occupancy_max: The most at one moment, by class.
        entries: How many came in, by class; whoever appears inside has come in.
        exits: How many went out, by class; whoever is lost inside has gone out.
        dwell_mean_s: Mean stay of those who went out in this interval, by class.
        dwell_max_s: The longest of those stays, by class; on sites of the privacy
            profile `open` only.
        dwell_p50_s: The median of those stays, by class.
        dwell_p85_s: 85 of 100 stayed so long or shorter, by class.
        dwell_p95_s: 95 of 100 stayed so long or shorter, by class.
        waiting_mean_s: Mean time that those who went out had stood still, by class.
        waiting_p50_s: The median of those times, by class.
        waiting_p85_s: 85 of 100 stood still for so long or shorter, by class.
        withheld: Of how many classes the stays are withheld, because too few went out
            to hide a person among them.
    """

    occupancy_mean: Annotated[Mapping[ClassName, Mean], Merge.MEAN] = always(
        default_factory=dict
    )
    occupancy_max: Annotated[Counts, Merge.MAX] = always(default_factory=dict)
    entries: Counts = always(default_factory=dict)
    exits: Counts = always(default_factory=dict)
    dwell_mean_s: SecondsByClass = field(default_factory=dict)
    dwell_max_s: Annotated[SecondsByClass, Merge.MAX] = field(default_factory=dict)
    dwell_p50_s: SecondsByClass = field(default_factory=dict)
    dwell_p85_s: SecondsByClass = field(default_factory=dict)
    dwell_p95_s: SecondsByClass = field(default_factory=dict)
    waiting_mean_s: SecondsByClass = field(default_factory=dict)
    waiting_p50_s: SecondsByClass = field(default_factory=dict)
    waiting_p85_s: SecondsByClass = field(default_factory=dict)
    withheld: Annotated[Count | None, Merge.MAX] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdFigures:
    """How crowded a place was in one interval.

    Attributes:
        persons_mean: Mean over the observed time.
        persons_max: The most at one moment.
        density_mean_per_m2: Mean of persons a square metre, where the area is known.
        density_max_per_m2: The most at one moment.
        level: Level of service for people standing or walking, of the densest moment.
        overcrowded_s: For how long there were more than the site allows.
    """

    persons_mean: Annotated[Mean, Merge.MEAN] = always(default=0.0)
    persons_max: Annotated[Count, Merge.MAX] = always(default=0)
    density_mean_per_m2: Annotated[Mean | None, Merge.MEAN] = None
    density_max_per_m2: Annotated[Mean | None, Merge.MAX] = None
    level: Annotated[Grade | None, Merge.MAX] = None
    overcrowded_s: Annotated[Seconds | None, Merge.SUM] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFigures:
    """What happened where nothing should: intrusions, stopped vehicles, wrong ways.

    Attributes:
        events: How many began in this interval, by class.
        present_s: For how long at least one of them went on.
    """

    events: Counts = always(default_factory=dict)
    present_s: Annotated[Seconds, Merge.SUM] = always(default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMapFigures:
    """Where on the picture objects stood, on a coarse grid.

    Attributes:
        columns: Cells across.
        rows: Cells down.
        stays_s: For how long, summed over all who stood there, by cell `column,row`
            from 0 at the upper left.
        objects: How many different ones stood there, by cell.
        k: Cells in which fewer different ones stood are withheld.
        withheld: How many cells are.
    """

    columns: Annotated[Count, Merge.LAST] = always(default=0)
    rows: Annotated[Count, Merge.LAST] = always(default=0)
    stays_s: Annotated[Mapping[PartName, Seconds], Merge.SUM] = always(
        default_factory=dict
    )
    objects: Mapping[PartName, Noisy] = always(default_factory=dict)
    k: Annotated[Noisy | None, Merge.MAX] = None
    withheld: Annotated[Count | None, Merge.MAX] = None
