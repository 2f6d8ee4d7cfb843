"""Near misses: two road users at one place, shortly after one another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.figures.traffic import ConflictFigures, PairFigures
from tallypost.domain.vision import Size
from tallypost.geometry import inside
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.encroachment import (
    CLEARING_S_MAX,
    crossings,
    encroachments_s,
)
from tallypost.vision.elements.paths import Paths, Pieces
from tallypost.vision.elements.quantiles import quantile

SERIOUS_S = 1.5
_NO_PAIR = -1


class ConflictElement:
    """Post-encroachment times between two kinds of road users.

    The time from when one road user has left a place until another arrives there.
    Sources: Allen, Shin and Cooper, "Analysis of Traffic Conflicts and Collisions"
    (Transportation Research Record 667, 1978); Gettman et al., "Surrogate Safety
    Assessment Model and Validation" (FHWA-HRT-08-051, 2008), 2.

    Where two ways cross on the ground, they cross on the picture, and at the same
    times: no calibration is needed for that. The ground that a road user takes up is
    guessed from its box: as wide as the box, half as deep as wide. A rider is no road
    user beside the vehicle.

    Args:
        name: The element's name.
        polygon: Where ways must cross, x y in 0..1 of the picture.
        pairs: By the pair's name, the classes of both.
        pet_max_s: Longer times are not counted.
    """

    def __init__(
        self,
        *,
        name: str,
        polygon: tuple[tuple[float, float], ...],
        pairs: Mapping[str, tuple[int, int]],
        pet_max_s: float,
    ) -> None:
        self._name = name
        self._polygon = np.array(polygon)
        self._names = tuple(pairs)
        self._classes = np.unique(list(pairs.values()))
        self._pairs = _matrix(list(pairs.values()))
        self._pet_max_s = pet_max_s
        self._paths = Paths()
        self._recent = Pieces.none()
        self._met: set[tuple[int, int]] = set()
        self._times_s: defaultdict[str, list[float]] = defaultdict(list)

    @property
    def name(self) -> str:
        """The element's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        ended = set(glance.tracks.ended_ids.tolist())
        if ended:
            self._met = {pair for pair in self._met if ended.isdisjoint(pair)}
        new = self._paths.update(glance.tracks, glance.still_s)
        new = new.only(self._concerned(new, glance.scene) & glance.alone(new.ids))
        since_s = glance.time_s - self._pet_max_s - 2 * CLEARING_S_MAX
        recent = self._recent.only(self._recent.times_s[:, 1] >= since_s)
        recent = recent.only(glance.alone(recent.ids))
        self._recent = recent.and_more(new)
        if len(new):
            self._meet(new, self._recent, glance.scene)
        return ()

    def elapse(self, seconds: float) -> None:
        """Let time pass: encounters do not mind."""

    def take(self, observed_s: float) -> ConflictFigures:
        """Return the interval's encounters and begin anew."""
        del observed_s
        pairs = dict(starmap(_figures, self._times_s.items()))
        self._times_s.clear()
        return ConflictFigures(pairs=pairs)

    def _concerned(self, pieces: Pieces, scene: Size) -> NDArray[np.bool_]:
        """Return which pieces are of a wanted class and near the polygon."""
        corners = self._polygon * scene
        ends = pieces.starts + pieces.ways
        near = np.minimum(pieces.starts, ends) <= corners.max(axis=0)
        near &= np.maximum(pieces.starts, ends) >= corners.min(axis=0)
        return np.asarray(np.isin(pieces.class_ids, self._classes) & near.all(axis=1))

    def _meet(self, new: Pieces, recent: Pieces, scene: Size) -> None:
        """Note every encounter that the new pieces complete; of each two only one."""
        first, second, shares = crossings(new, recent)
        which = self._pairs[new.class_ids[first], recent.class_ids[second]]
        places = new.starts[first] + shares[:, :1] * new.ways[first]
        chosen = (which != _NO_PAIR) & inside(places, self._polygon * scene)
        here, there = new.only(first[chosen]), recent.only(second[chosen])
        pets_s = encroachments_s(here, there, shares[chosen])
        names = [self._names[place] for place in which[chosen].tolist()]
        for row in np.argsort(pets_s).tolist():
            one, other = int(here.ids[row]), int(there.ids[row])
            pair = min(one, other), max(one, other)
            if pets_s[row] <= self._pet_max_s and pair not in self._met:
                self._met.add(pair)
                self._times_s[names[row]].append(float(pets_s[row]))


def _matrix(pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the place of each pair by the classes of both, in either order."""
    size = 1 + max(max(pair) for pair in pairs)
    places = np.full((size, size), _NO_PAIR, np.int64)
    for place, (one, other) in enumerate(pairs):
        places[one, other] = places[other, one] = place
    return places


def _figures(name: str, times_s: Sequence[float]) -> tuple[str, PairFigures]:
    return name, PairFigures(
        count=len(times_s),
        serious=sum(each <= SERIOUS_S for each in times_s),
        pet_min_s=min(times_s),
        pet_p15_s=quantile(times_s, 0.15),
    )
