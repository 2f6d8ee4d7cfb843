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
ON_SHARE_MIN = 0.35
"""A rider has kept a seat for at least this share of the time spent off any,"""
ON_S_MIN = 0.25
"""and for so long: whoever is passed by a bicycle has not."""
HIDDEN_SHARE = 0.2
"""What time counts for in which a rider is seen and the vehicle has been given up."""

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

    Who has kept the same seat on a vehicle that goes, and was not off any for much
    longer, is its rider. A look at which that vehicle is not seen tells nothing.
    Somebody whom a bicycle passes keeps no seat; somebody who stands by a parked one is
    on none.

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
        riders = self._let_go(tracks.ended_ids)
        person = self._people[tracks.class_ids]
        if not person.any():
            return riders
        ids = tracks.ids[person]
        ridden = self._ridden[tracks.class_ids]
        self._admit(tracks, person, ridden)
        rows = self._roster.rows(ids)
        facts = self._roster.facts[rows]
        step_s = np.minimum(tracks.time_s - facts[:, _SEEN_S], STEP_S_MAX)
        off: Mask = np.ones(len(ids), np.bool_)
        unseen = off
        ride = None
        if ridden.any():
            seats, on = _seats(tracks.boxes[person], tracks.boxes[ridden])
            ride = _Ride(on & (still_s[ridden] < STANDS_S), seats, tracks.ids[ridden])
            off = np.asarray(~on.any(axis=1))
            unseen = ~np.isin(facts[:, _VEHICLE], ride.ids)
            step_s[~off & ~ride.goes.any(axis=1)] = 0.0  # waiting tells nothing
        # Neither does a look at which the vehicle is not seen while its track lives.
        blank = off & unseen & ~np.isnan(facts[:, _VEHICLE])
        step_s[blank] = 0.0
        facts[~blank, _SEEN_S] = tracks.time_s
        off_s = step_s * np.where(_rides(facts) & unseen, HIDDEN_SHARE, 1.0)
        _pass(facts, step_s, np.where(off, off_s, 0.0))
        if ride is not None and ride.goes.any():
            _sit(facts, ride, step_s)
        self._roster.facts[rows] = facts
        return riders | _riding(ids, facts)

    def _let_go(self, ended_ids: Ids) -> frozenset[int]:
        """Forget who ended; return who of them rode."""
        riders = _riding(*self._roster.take(ended_ids))
        facts = self._roster.facts
        facts[np.isin(facts[:, _VEHICLE], ended_ids), _VEHICLE] = np.nan
        return riders

    def _admit(self, tracks: Tracks, person: Mask, ridden: Mask) -> None:
        """Begin with new people, on the seats on which they were first seen."""
        people = np.flatnonzero(person)
        people = people[self._roster.unknown(tracks.ids[people])]
        if not len(people):
            return
        born_s = tracks.born_s[people]
        facts = np.zeros((len(people), _FACTS))
        facts[:, _SEEN_S] = born_s
        facts[:, _VEHICLE] = np.nan
        seats, on = _seats(tracks.born_boxes[people], _were(tracks, ridden, born_s))
        on &= tracks.born_s[ridden] <= born_s[:, None]
        sits, vehicles = np.nonzero(on)
        facts[sits, _VEHICLE] = tracks.ids[ridden][vehicles]
        facts[sits, _SEAT] = seats[sits, vehicles]
        self._roster.add(tracks.ids[people], facts)


def _rides(facts: Floats) -> Mask:
    """Return who rides: shape (n,)."""
    on_s, off_s = facts[:, _ON_S], facts[:, _OFF_S]
    return np.asarray((on_s >= ON_S_MIN) & (on_s > ON_SHARE_MIN * off_s))


def _riding(ids: Ids, facts: Floats) -> frozenset[int]:
    return frozenset(ids[_rides(facts)].tolist())


def _pass(facts: Floats, step_s: Floats, off_s: Floats) -> None:
    """Let time pass, and note for how much of it people were off any vehicle."""
    facts[:, _SPELLS] *= np.exp(-step_s / MEMORY_S)[:, None]
    facts[:, _OFF_S] += off_s


def _sit(facts: Floats, ride: _Ride, step_s: Floats) -> None:
    """Note who has kept a seat; who has not was on none."""
    people = np.flatnonzero(ride.goes.any(axis=1))
    vehicles = ride.goes[people].argmax(axis=1)
    seats = ride.seats[people, vehicles]
    kept = (np.abs(seats - facts[people, _SEAT]) <= SLIPS).all(axis=1)
    kept &= facts[people, _VEHICLE] == ride.ids[vehicles]
    facts[people[kept], _ON_S] += step_s[people[kept]]
    moved = people[~kept]
    facts[moved, _OFF_S] += facts[moved, _ON_S]
    facts[moved, _ON_S] = 0.0
    facts[moved, _VEHICLE] = ride.ids[vehicles[~kept]]
    facts[moved, _SEAT] = seats[~kept]


def _were(tracks: Tracks, chosen: Mask, times_s: Floats) -> Floats:
    """Return where tracks were, had they gone straight since birth: (times, m, 4)."""
    born_s, born = tracks.born_s[chosen], tracks.born_boxes[chosen]
    lived_s = np.maximum(tracks.time_s - born_s, np.finfo(float).tiny)
    shares = np.clip((times_s[:, None] - born_s) / lived_s, 0.0, 1.0)
    return np.asarray(born + shares[..., None] * (tracks.boxes[chosen] - born))


def _seats(people: Boxes, ridden: Boxes | Floats) -> tuple[Floats, Mask]:
    """Return where people are on vehicles, and who is on which.

    The feet are within the vehicle's box, and the head above it.

    Args:
        people: Shape (n, 4).
        ridden: Shape (m, 4), or (n, m, 4) for other boxes with each person.

    Returns:
        Shapes (n, m, 2), from the vehicle's upper left in its sides, and (n, m).
    """
    corner, sides = ridden[..., :2], ridden[..., 2:] - ridden[..., :2]
    feet = (foot_points(people)[:, None] - corner) / sides
    heads = (people[:, 1, None] - corner[..., 1]) / sides[..., 1]
    within = (feet >= (-MARGIN, 0)) & (feet <= 1 + MARGIN)
    return np.asarray(feet), np.asarray(within.all(axis=2) & (heads <= MARGIN))
