"""Withholds numbers in which a single person could be found, before they leave.

What is told of one moment and one place (counts of lines, occupancy, speeds) passes.
What links two moments or two places of one person (stays, waits, trips), and what tells
of a single place on the picture (heat maps), passes only for several together, or with
noise. Why: docs/decisions/0011-small-numbers.md.
"""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.figures.traffic import MovementFigures, QueueFigures
from tallypost.domain.figures.zones import CrowdFigures, HeatMapFigures, ZoneFigures
from tallypost.domain.records import Interval
from tallypost.domain.shape import WordType, by_name
from tallypost.vision.kpi.noise import DiscreteLaplace
from tallypost.vision.kpi.suppression import withheld

K_CELLS_MIN = 3
"""Cells of a heat map are withheld below this, whatever the site says."""
MEAN_DECIMALS = 1
"""How many there were in the mean, times the interval, is the stay of whoever was there
alone: of few it is told coarsely."""
PERCENTS = {"p50": 50, "p85": 85, "p95": 95, "max": 100}
"""How many of a hundred times are no longer than this one."""

Trip = tuple[str, str, str]
"""From which gate, to which gate, of which class."""
Cell = TypeVar("Cell", bound=Hashable)
Number = TypeVar("Number", int, float)
_Times = TypeVar("_Times", CarParkFigures, QueueFigures)


def _named(word: WordType, *prefixes: str) -> tuple[str, ...]:
    return tuple(name for name in by_name(word) if name.startswith(prefixes))


_ZONE_TIMES = _named(ZoneFigures, "dwell_", "waiting_")
_STAYS = _named(CarParkFigures, "stay_")
_WAITS = _named(QueueFigures, "wait_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What a site's privacy budget buys.

    Attributes:
        epsilon_per_day: The budget of one day, for records to tell.
        trips: Noise for each number of trips.
        cells: Noise for each number of objects in a cell.
        combinations: By junction, every trip that could be: gates, gates, classes.
    """

    epsilon_per_day: float
    trips: DiscreteLaplace
    cells: DiscreteLaplace
    combinations: Mapping[str, Sequence[Trip]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """Goes over an interval's figures when it is closed.

    Attributes:
        k_min: Trips, stays and waits of fewer than so many are withheld; 1: none.
        noise: Added to trips and heat maps, where a site asks for it; stays and waits
            are then left out: a quantile has no noise that would leave it useful. So
            is who was seen at one gate only: that would be a second release of one way.
    """

    k_min: int
    noise: Noise | None = None

    def __call__(self, interval: Interval) -> Interval:
        """Return what may be told of an interval."""
        if self.noise is not None:
            quality = replace(
                interval.quality, privacy_epsilon_per_day=self.noise.epsilon_per_day
            )
            interval = replace(interval, quality=quality)
        return replace(
            interval,
            zones={name: self._zone(each) for name, each in interval.zones.items()},
            crowds={name: self._crowd(each) for name, each in interval.crowds.items()},
            car_parks={
                name: self._car_park(each) for name, each in interval.car_parks.items()
            },
            queues={name: self._queue(each) for name, each in interval.queues.items()},
            movements={
                name: self._movements(name, each)
                for name, each in interval.movements.items()
            },
            heat_maps={
                name: self._heat_map(each) for name, each in interval.heat_maps.items()
            },
        )

    def _hides(self, count: int) -> bool:
        """Return whether times of so many people are withheld."""
        return self.noise is not None or count < self.k_min

    def _tells(self, name: str, count: int) -> bool:
        """Return whether a time of so many people is told: k must lie beyond it.

        Whoever knows the mean, the median and the longest of three stays knows all
        three. So the longest is nobody's to tell, and a quantile is told where k
        people took longer: the median of 2 k and more. All are in a mean.
        """
        if self._hides(count):
            return False
        beyond = 100 - PERCENTS.get(name.split("_")[1], 0)
        return self.k_min == 1 or count * beyond >= 100 * self.k_min

    def _zone(self, zone: ZoneFigures) -> ZoneFigures:
        few = {label for label, count in zone.exits.items() if self._hides(count)}
        times = {
            name: {
                label: time_s
                for label, time_s in getattr(zone, name).items()
                if self._tells(name, zone.exits.get(label, 0))
            }
            for name in _ZONE_TIMES
        }
        occupancy = {
            label: round(mean, MEAN_DECIMALS)
            if label in few or zone.occupancy_max.get(label, 0) < self.k_min
            else mean
            for label, mean in zone.occupancy_mean.items()
        }
        told = replace(zone, occupancy_mean=occupancy, withheld=len(few) or None)
        return replace(told, **times)  # type: ignore[arg-type]

    def _crowd(self, crowd: CrowdFigures) -> CrowdFigures:
        if crowd.persons_max >= self.k_min:
            return crowd
        mean, density = _coarsely(crowd.persons_mean, crowd.density_mean_per_m2)
        return replace(crowd, persons_mean=mean, density_mean_per_m2=density)

    def _queue(self, queue: QueueFigures) -> QueueFigures:
        told = self._times(queue, queue.served, _WAITS)
        if told.withheld is None and queue.length_max >= self.k_min:
            return told
        mean, length_m = _coarsely(queue.length_mean, queue.length_mean_m)
        return replace(told, length_mean=mean, length_mean_m=length_m)

    def _car_park(self, park: CarParkFigures) -> CarParkFigures:
        told = self._times(park, park.stays or 0, _STAYS)
        enough = park.occupied + park.departures >= self.k_min
        if park.occupancy_mean is None or (told.withheld is None and enough):
            return told
        known = max(park.spaces - park.unknown, 1)
        _, share = _coarsely(park.occupancy_mean * known, park.occupancy_mean)
        return replace(told, occupancy_mean=share)

    def _times(self, figures: _Times, count: int, names: Sequence[str]) -> _Times:
        """Return figures without the times that too few people stand behind."""
        known = [name for name in names if getattr(figures, name) is not None]
        hidden = {name: None for name in known if not self._tells(name, count)}
        withheld = 1 if known and self._hides(count) else None
        return replace(figures, withheld=withheld, **hidden)  # type: ignore[arg-type]

    def _movements(self, name: str, figures: MovementFigures) -> MovementFigures:
        counts = {
            (origin, destination, label): count
            for origin, row in figures.trips.items()
            for destination, by_class in row.items()
            for label, count in by_class.items()
        }
        if self.noise is None:
            hidden = withheld(counts, self.k_min, (_from, _to))
            told = {trip: count for trip, count in counts.items() if trip not in hidden}
            return replace(
                figures,
                trips=_by_gate(told),
                k=self.k_min,
                withheld=len(hidden),
            )
        noise, combinations = self.noise.trips, self.noise.combinations[name]
        k = max(self.k_min, noise.floor)
        return replace(
            figures,
            trips=_by_gate(_noisy(counts, combinations, noise, k)),
            incomplete={},  # whoever made a trip and a half would be told of twice
            k=k,
        )

    def _heat_map(self, figures: HeatMapFigures) -> HeatMapFigures:
        k = max(self.k_min, K_CELLS_MIN)
        if self.noise is None:
            hidden = withheld(figures.objects, k, (_whole,))
            return replace(
                figures,
                stays_s=_without(figures.stays_s, hidden),
                objects=_without(figures.objects, hidden),
                k=k,
                withheld=len(hidden),
            )
        k = max(k, self.noise.cells.floor)
        cells = [
            f"{column},{row}"
            for row in range(figures.rows)
            for column in range(figures.columns)
        ]
        objects = _noisy(figures.objects, cells, self.noise.cells, k)
        return replace(figures, stays_s={}, objects=objects, k=k)


def _noisy(
    counts: Mapping[Cell, int], cells: Iterable[Cell], noise: DiscreteLaplace, k: int
) -> dict[Cell, int]:
    """Return noisy counts, those below k left out; every cell that could be gets noise.

    What is done to them afterwards needs no budget: it knows the noisy ones alone.
    """
    noisy = {cell: counts.get(cell, 0) + noise.sample() for cell in cells}
    return {cell: count for cell, count in noisy.items() if count >= k}


def _coarsely(mean: float, alike: float | None) -> tuple[float, float | None]:
    """Return a mean, rounded, and what is in proportion to it, changed alike."""
    coarse = round(mean, MEAN_DECIMALS)
    if alike is None or not mean:
        return coarse, alike
    return coarse, coarse * (alike / mean)


def _by_gate(trips: Mapping[Trip, int]) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for (origin, destination, label), count in trips.items():
        found.setdefault(origin, {}).setdefault(destination, {})[label] = count
    return found


def _without(values: Mapping[str, Number], hidden: Container[str]) -> dict[str, Number]:
    return {cell: value for cell, value in values.items() if cell not in hidden}


def _from(trip: Trip) -> tuple[str, str]:
    """Return of which line's count a trip is part where it begins."""
    return trip[0], trip[2]


def _to(trip: Trip) -> tuple[str, str]:
    """Return of which line's count a trip is part where it ends."""
    return trip[1], trip[2]


def _whole(cell: str) -> None:
    """Return the one sum that all cells of a map are part of."""
    del cell
