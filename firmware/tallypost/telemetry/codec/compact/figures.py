"""Which figures of a record go over the air, each in a slot of its own."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a kind of element.

    Attributes:
        path: The way to it in the element's word.
        by_class: Whether each class has a slot; else those of all are summed.
        total: Whether it runs on since commissioning, modulo 2^28.
        scale: It is told in so many steps a unit.
        told: What it means.
    """

    path: tuple[str, ...]
    told: str
    by_class: bool = False
    total: bool = False
    scale: int = 1


_EVENTS = (Figure(path=("events",), told="how many began, of all classes"),)
FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "lines": (
        Figure(
            path=("total", "forward"),
            told="who crossed it since commissioning, from left to right of the arrow",
            by_class=True,
            total=True,
        ),
        Figure(
            path=("total", "backward"), told="the other way", by_class=True, total=True
        ),
    ),
    "zones": (
        Figure(path=("occupancy_max",), told="the most at one moment", by_class=True),
        Figure(
            path=("occupancy_mean",),
            told="the mean, in tenths",
            by_class=True,
            scale=10,
        ),
        Figure(path=("entries",), told="how many came in", by_class=True),
    ),
    "car_parks": (
        Figure(path=("free",), told="spaces that are free at the end"),
        Figure(path=("occupied",), told="spaces that are taken"),
        Figure(path=("unknown",), told="spaces of which nobody can say"),
        Figure(path=("arrivals",), told="how often a space was taken"),
        Figure(path=("departures",), told="how often one was left"),
    ),
    "queues": (
        Figure(path=("length_max",), told="the most who waited at one moment"),
        Figure(path=("length_mean",), told="the mean, in tenths", scale=10),
        Figure(path=("served",), told="how many left over the front"),
        Figure(path=("wait_mean_s",), told="mean wait of those, unless withheld"),
    ),
    "approaches": (
        Figure(path=("occupancy",), told="share of the time, in hundredths", scale=100),
        Figure(path=("speed_mean_kmh",), told="mean speed, where calibrated"),
        Figure(path=("stopped_max",), told="the most who stood at one moment"),
        Figure(path=("flow",), told="how many came onto it", by_class=True),
    ),
    "crowds": (
        Figure(path=("persons_max",), told="the most at one moment"),
        Figure(path=("persons_mean",), told="the mean, in tenths", scale=10),
        Figure(path=("overcrowded_s",), told="for how long there were too many"),
    ),
    "intrusions": _EVENTS,
    "stops": _EVENTS,
    "wrong_ways": _EVENTS,
}
"""By the kind of element, in the order of their slots. Trips, heat maps and conflicts
are tables of small numbers: they want another uplink."""
COLLECTIONS = tuple(FIGURES)
