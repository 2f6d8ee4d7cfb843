"""Speeds of those who cross a line."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tallypost.domain.figures.lines import LineSpeeds, SpeedFigures
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.quantiles import quantile

PATIENCE_S = 1.5
"""After a crossing, its speed may be waited for so long."""
ERROR_KMH = 10.0
"""A speed that is known so well is told,"""
ERROR_SHARE = 0.25
"""and so is one that may be off by no more than this share of it."""


@dataclass(slots=True)
class _Class:
    """What one class did in one direction."""

    speeds_kmh: list[float] = field(default_factory=list)
    errors_kmh: list[float] = field(default_factory=list)
    implausible: int = 0

    def figures(self) -> SpeedFigures:
        speeds_kmh, count = self.speeds_kmh, len(self.speeds_kmh)
        squares = sum(error**2 for error in self.errors_kmh)
        return SpeedFigures(
            count=count,
            p15_kmh=quantile(speeds_kmh, 0.15),
            p50_kmh=quantile(speeds_kmh, 0.5),
            p85_kmh=quantile(speeds_kmh, 0.85),
            error_kmh=math.sqrt(squares / count) if count else None,
            implausible=self.implausible or None,
        )


class SpeedTrap:
    """Takes the speed of each crossing once it is known well enough."""

    def __init__(self) -> None:
        self._waiting: list[LineCrossing] = []
        self._by_way: dict[Direction, defaultdict[str, _Class]] = {}
        self._begin()

    def note(self, crossings: Iterable[LineCrossing], glance: Glance) -> None:
        """Take one moment.

        Args:
            crossings: Who has crossed the line.
            glance: The moment.
        """
        self._waiting += crossings
        self._waiting = [
            crossing
            for crossing in self._waiting
            if glance.time_s - crossing.time_s <= PATIENCE_S
            and not self._took(crossing, glance)
        ]

    def take(self) -> LineSpeeds:
        """Return the interval's figures and begin anew."""
        figures = LineSpeeds(
            forward=_figures(self._by_way[Direction.FORWARD]),
            backward=_figures(self._by_way[Direction.BACKWARD]),
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._by_way = {direction: defaultdict(_Class) for direction in Direction}

    def _took(self, crossing: LineCrossing, glance: Glance) -> bool:
        """Note the speed of a crossing; return whether it is known by now."""
        rows = np.flatnonzero(glance.tracks.ids == crossing.track_id)
        if not len(rows):
            return False
        row, motion = int(rows[0]), glance.motion
        speed_kmh = float(motion.speeds_kmh[row])
        error_kmh = float(motion.errors_kmh[row])
        implausible = bool(motion.implausible[row])
        known = error_kmh <= max(ERROR_KMH, ERROR_SHARE * speed_kmh)
        if not (known or implausible):
            return False
        told = self._by_way[crossing.direction][glance.classes[crossing.class_id]]
        if implausible:
            told.implausible += 1
        else:
            told.speeds_kmh.append(speed_kmh)
            told.errors_kmh.append(error_kmh)
        return True


def _figures(classes: Mapping[str, _Class]) -> dict[str, SpeedFigures]:
    return {label: each.figures() for label, each in classes.items()}
