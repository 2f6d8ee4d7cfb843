"""Tells people who ride from people who walk: detectors tell a rider twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Tracks
from tallypost.geometry import foot_points
from tallypost.vision.counting.roster import Ids, Roster

PEOPLE = ("person", "pedestrian")
RIDDEN = ("bicycle", "motorcycle")
MARGIN = 0.1
"""So far beyond a ridden vehicle's box its rider may be, in its sides."""
SLIPS = np.array([0.3, 0.4])
"""Who has gone farther than this against a vehicle, in its width and its height, is not
its rider."""
STANDS_S = 1.0
"""Beside a vehicle that stands, one is neither rider nor walker."""
MEMORY_S = 2.0
"""After so long, what was seen counts for a third."""
STEP_S_MAX = 0.5
"""No look counts for longer than this."""

_ON_S, _OFF_S, _SEEN_S, _VEHICLE, _ACROSS, _DOWN = range(6)
_SPELLS = slice(_ON_S, _OFF_S + 1)
_SEAT = slice(_ACROSS, _DOWN + 1)
_FACTS = 6

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Ride:
    """Who is on what at one moment.

    Attributes:
        goes: Shape (n, m), which of n people are on which of m vehicles that go.
        seats: Shape (n, m, 2), where on it, in its sides.
        ids: Shape (m,), of the vehicles.
    """

    goes: Mask
    seats: Floats
    ids: Ids


class Riders:
    """Keeps for how long each person went along on a bicycle or motorcycle.

    Who has kept the same seat on a vehicle that goes for longer than it was off any is
    its rider. Somebody whom a bicycle passes keeps no seat; somebody who stands by a
    parked one is on none.

    Args:
        classes: Names of the detector's classes.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._people = np.isin(classes, PEOPLE)
        self._ridden = np.isin(classes, RIDDEN)
        self._roster = Roster(_FACTS)

    def update(self, tracks: Tracks, still_s: Floats) -> frozenset[int]:
        """Return the ids of those who ride, those included that ended just now.

        Args:
            tracks: The confirmed objects.
            still_s: Shape (n,), for how long each has stood still.
        """
        riders = _riding(*self._roster.take(tracks.ended_ids))
        person = self._people[tracks.class_ids]
        if not person.any():
            return riders
        ids = tracks.ids[person]
        self._admit(ids, tracks.born_s[person])
        rows = self._roster.rows(ids)
        facts = self._roster.facts[rows]
        step_s = np.minimum(tracks.time_s - facts[:, _SEEN_S], STEP_S_MAX)
        facts[:, _SEEN_S] = tracks.time_s
        facts[:, _SPELLS] *= np.exp(-step_s / MEMORY_S)[:, None]
        ridden = self._ridden[tracks.class_ids]
        if ridden.any():
            seats, on = _seats(tracks.boxes[person], tracks.boxes[ridden])
            facts[~on.any(axis=1), _OFF_S] += step_s[~on.any(axis=1)]
            goes = on & (still_s[ridden] < STANDS_S)
            if goes.any():
                _sit(facts, _Ride(goes, seats, tracks.ids[ridden]), step_s)
        else:
            facts[:, _OFF_S] += step_s
        self._roster.facts[rows] = facts
        return riders | _riding(ids, facts)

    def _admit(self, ids: Ids, born_s: Floats) -> None:
        new = self._roster.unknown(ids)
        if new.any():
            facts = np.zeros((int(new.sum()), _FACTS))
            facts[:, _SEEN_S] = born_s[new]
            self._roster.add(ids[new], facts)


def _riding(ids: Ids, facts: Floats) -> frozenset[int]:
    return frozenset(ids[facts[:, _ON_S] > facts[:, _OFF_S]].tolist())


def _sit(facts: Floats, ride: _Ride, step_s: Floats) -> None:
    """Note who has kept a seat, and who has taken another."""
    people = np.flatnonzero(ride.goes.any(axis=1))
    vehicles = ride.goes[people].argmax(axis=1)
    seats = ride.seats[people, vehicles]
    kept = (np.abs(seats - facts[people, _SEAT]) <= SLIPS).all(axis=1)
    kept &= facts[people, _VEHICLE] == ride.ids[vehicles]
    facts[people[kept], _ON_S] += step_s[people[kept]]
    facts[people[~kept], _ON_S] = 0.0
    facts[people[~kept], _VEHICLE] = ride.ids[vehicles[~kept]]
    facts[people[~kept], _SEAT] = seats[~kept]


def _seats(people: Boxes, ridden: Boxes) -> tuple[Floats, Mask]:
    """Return where people are on vehicles, and who is on which.

    The feet are within the vehicle's box, and the head above it.

    Returns:
        Shapes (n, m, 2), from the vehicle's upper left in its sides, and (n, m).
    """
    corner, sides = ridden[:, :2], ridden[:, 2:] - ridden[:, :2]
    feet = (foot_points(people)[:, None] - corner) / sides
    heads = (people[:, 1, None] - corner[:, 1]) / sides[:, 1]
    within = (feet >= (-MARGIN, 0)) & (feet <= 1 + MARGIN)
    return np.asarray(feet), np.asarray(within.all(axis=2) & (heads <= MARGIN))
