"""Ways over the picture, told in pixels, seconds and pixels a second."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Points = NDArray[np.float64]
"""Shape (n, 2), x y in pixels of the nominal picture; y grows downward."""
Place = tuple[float, float]
Step = tuple[float, Place]
"""Seconds since the step before, and the place reached by then."""

_PIECES = 12
"""A way that is not straight in time is cut into so many that are."""


class Move(Protocol):
    """A part of a way."""

    def steps(self, place: Place) -> Iterator[Step]:
        """Yield where it leads from a place."""
        ...


class Go(NamedTuple):
    """Go straight to a place, at one speed or from one speed to another."""

    x: float
    y: float
    speed_px_s: float
    last_speed_px_s: float | None = None

    def steps(self, place: Place) -> Iterator[Step]:
        """Yield the straight way, in pieces where the speed changes."""
        length = float(np.hypot(self.x - place[0], self.y - place[1]))
        first = self.speed_px_s
        last = first if self.last_speed_px_s is None else self.last_speed_px_s
        lasts_s = 2 * length / (first + last)
        pieces = 1 if first == last else _PIECES
        for number in range(1, pieces + 1):
            passed_s = lasts_s * number / pieces
            gone_px = (first + (last - first) / 2 * number / pieces) * passed_s
            share = gone_px / length if length else 1.0
            reached = (
                place[0] + share * (self.x - place[0]),
                place[1] + share * (self.y - place[1]),
            )
            yield lasts_s / pieces, reached


class Wait(NamedTuple):
    """Stand still."""

    seconds: float

    def steps(self, place: Place) -> Iterator[Step]:
        """Yield the same place, later."""
        yield self.seconds, place


class Sway(NamedTuple):
    """Swing about a place, and end where it began."""

    dx: float
    dy: float
    period_s: float
    times: int = 1

    def steps(self, place: Place) -> Iterator[Step]:
        """Yield whole periods of a sine."""
        for number in range(1, self.times * _PIECES + 1):
            swing = np.sin(2 * np.pi * number / _PIECES)
            reached = (place[0] + self.dx * swing, place[1] + self.dy * swing)
            yield self.period_s / _PIECES, reached


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Where somebody's foot is from when they come until they are gone.

    Attributes:
        times_s: Shape (k,), rising.
        places: Shape (k, 2), at these times; straight in between.
    """

    times_s: Times
    places: Points

    @property
    def begins_s(self) -> float:
        """When they come."""
        return float(self.times_s[0])

    @property
    def ends_s(self) -> float:
        """When they are gone."""
        return float(self.times_s[-1])

    def at(self, times_s: Times) -> Points:
        """Return where they are at some times: shape (n, 2)."""
        x, y = (np.interp(times_s, self.times_s, line) for line in self.places.T)
        return np.stack([x, y], axis=-1)

    def moved(self, dx: float = 0.0, dy: float = 0.0, later_s: float = 0.0) -> "Way":
        """Return the same way elsewhere, or later."""
        return Way(self.times_s + later_s, self.places + np.array([dx, dy]))


def way(x: float, y: float, *moves: Move, begins_s: float = 0.0) -> Way:
    """Return the way that begins at a place and makes moves."""
    steps: list[Step] = [(begins_s, (x, y))]
    for move in moves:
        steps += move.steps(steps[-1][1])
    times_s = list(itertools.accumulate(seconds for seconds, _ in steps))
    return Way(np.array(times_s), np.array([place for _, place in steps]))


def across(
    start: Place, end: Place, speed_px_s: float, *, begins_s: float = 0.0
) -> Way:
    """Return the straight way between two places."""
    return way(*start, Go(*end, speed_px_s), begins_s=begins_s)
