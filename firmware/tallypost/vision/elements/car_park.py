"""A car park: which spaces are taken, who comes and goes, how long they stay."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.parking import CarParkFigures, SpaceFigures, SpaceState
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.occupancy import Mask, Occupancy, Patience
from tallypost.vision.elements.quantiles import quantile
from tallypost.vision.elements.spaces import Spaces

_SEEN_MAX_S = 5.0
"""Who has not been seen for longer may have gone: nobody says that it overstays."""


class CarParkElement:
    """Spaces, and the vehicles on them.

    Args:
        name: The car park's name.
        spaces: The corners of each space by its name, x y in 0..1 of the picture.
        classes: Which classes park here; None for all.
        patience: How long is long enough.
        stay_max_s: Who stands longer overstays; None: nobody does.
        by_space: Whether each space is told by itself.
    """

    def __init__(
        self,
        *,
        name: str,
        spaces: Mapping[str, Iterable[tuple[float, float]]],
        classes: frozenset[int] | None = None,
        patience: Patience | None = None,
        stay_max_s: float | None = None,
        by_space: bool = False,
    ) -> None:
        self._name = name
        self._names = tuple(spaces)
        self._occupancy = Occupancy(len(spaces), patience or Patience())
        self._spaces = Spaces(
            tuple(spaces.values()), classes=classes, occupancy=self._occupancy
        )
        self._stay_max_s = stay_max_s
        self._by_space = by_space
        self._overstays: Mask = np.zeros(len(spaces), np.bool_)
        self._known_s = 0.0

    @property
    def name(self) -> str:
        """The car park's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        if glance.anew:
            self._overstays[:] = False  # who stands there still is told of once more
        looked = self._spaces.update(glance)
        return self._overstayed(glance) if looked and self._stay_max_s else ()

    def elapse(self, seconds: float) -> None:
        """Add up which spaces are taken for how long."""
        self._occupancy.elapse(seconds)
        known = self._occupancy.count - np.count_nonzero(self._occupancy.unknown)
        self._known_s += seconds * known

    def take(self, observed_s: float) -> CarParkFigures:
        """Return the interval's figures and begin anew with what is taken."""
        del observed_s
        occupancy = self._occupancy
        unknown, stays_s = occupancy.unknown, occupancy.stays_s
        occupied_s = float(occupancy.occupied_s.sum())
        arrivals = int(occupancy.arrivals.sum())
        figures = CarParkFigures(
            spaces=occupancy.count,
            free=int(np.count_nonzero(occupancy.free & ~unknown)),
            occupied=int(np.count_nonzero(occupancy.taken & ~unknown)),
            unknown=int(np.count_nonzero(unknown)),
            occupancy_mean=(
                min(occupied_s / self._known_s, 1.0) if self._known_s else None
            ),
            arrivals=arrivals,
            departures=int(occupancy.departures.sum()),
            turnover=arrivals / occupancy.count,
            overstays=int(self._overstays.sum()) if self._stay_max_s else None,
            stays=len(stays_s),
            stay_mean_s=sum(stays_s) / len(stays_s) if stays_s else None,
            stay_p50_s=quantile(stays_s, 0.5),
            stay_p85_s=quantile(stays_s, 0.85),
            by_space=self._each(unknown) if self._by_space else {},
        )
        occupancy.begin()
        self._known_s = 0.0
        return figures

    def _each(self, unknown: Mask) -> dict[str, SpaceFigures]:
        """Return the figures of each space."""
        occupancy = self._occupancy
        return {
            name: SpaceFigures(
                state=_state(taken=bool(occupancy.taken[n]), unknown=bool(unknown[n])),
                arrivals=int(occupancy.arrivals[n]),
                departures=int(occupancy.departures[n]),
                occupied_s=float(occupancy.occupied_s[n]),
                overstay=bool(self._overstays[n]) if self._stay_max_s else None,
            )
            for n, name in enumerate(self._names)
        }

    def _overstayed(self, glance: Glance) -> list[Sign]:
        """Tell who stands too long from now on, and who no longer does."""
        occupancy = self._occupancy
        stays_s = glance.time_s - occupancy.since_s
        over = occupancy.taken & (stays_s >= (self._stay_max_s or 0.0))
        in_sight = glance.time_s - occupancy.seen_s <= _SEEN_MAX_S
        begun = over & ~self._overstays & in_sight
        ended = self._overstays & ~over
        self._overstays = (self._overstays | begun) & ~ended
        return [
            Sign(
                kind=AlertKind.OVERSTAY,
                state=AlertState.BEGUN if begun[n] else AlertState.ENDED,
                label=glance.classes[self._spaces.class_ids[n]],
                value=float(stays_s[n]) if begun[n] else None,
            )
            for n in np.flatnonzero(begun | ended).tolist()
        ]


def _state(*, taken: bool, unknown: bool) -> SpaceState:
    if unknown:
        return SpaceState.UNKNOWN
    return SpaceState.OCCUPIED if taken else SpaceState.FREE
