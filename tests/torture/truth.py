"""What really happened in a scene: told from the noiseless ways, frame rate or no.

A *passage* is a meeting of a foot point's way with a line between its two ends. All
passages are the *actual* crossings. The *effective* ones are those that last: where two
passages in opposite directions follow each other and the way between them never got
clear of the line, both are taken back; and one that does not come from somewhere clear,
or does not lead to somewhere clear, is nobody's to tell. Clear is so many sizes of the
object (the root of its area) away from the line.

So that no fine print decides a scene, its truth must be the same wherever between
`CLEAR_MIN` and `CLEAR_MAX` that distance is set: a scene of which it is not is refused.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from tests.torture.language import Actor, Line, Scene, Zone
from tests.torture.paths import Points, Times

STEP_S = 0.01
CLEAR_MIN, CLEAR_MAX = 0.12, 0.4

Floats = NDArray[np.float64]


class Crossing(NamedTuple):
    """One key to count by."""

    line: str
    direction: str
    label: str


class Membership(NamedTuple):
    """One key to count by."""

    zone: str
    label: str


@dataclass(slots=True)
class Truth:
    """What a perfect observer would tell.

    Attributes:
        effective: Crossings that last.
        actual: All crossings, those taken back too.
        entries: Who came into a zone or appeared inside.
        exits: Who went out of a zone or vanished inside.
        dwells_s: The length of each stay that ended.
        presence_s: Person-seconds in each zone, those still there too.
    """

    effective: Counter[Crossing] = field(default_factory=Counter)
    actual: Counter[Crossing] = field(default_factory=Counter)
    entries: Counter[Membership] = field(default_factory=Counter)
    exits: Counter[Membership] = field(default_factory=Counter)
    dwells_s: dict[Membership, list[float]] = field(default_factory=dict)
    presence_s: dict[Membership, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Passage:
    """A meeting with a line.

    Attributes:
        index: The sample that is the first on the new side.
        direction: 1 for left to right, -1 for right to left.
    """

    index: int
    direction: int


def truth(scene: Scene) -> Truth:
    """Return what really happens.

    Raises:
        ValueError: It depends on how far from a line or a border is clear.
    """
    told = Truth()
    for actor in scene.actors:
        for line in scene.lines:
            wanted = line.classes is None or actor.label in line.classes
            if wanted and not actor.rides:
                _at_line(scene, actor, line, told)
        for zone in scene.zones:
            if zone.classes is None or actor.label in zone.classes:
                _in_zone(scene, actor, zone, told)
    return told


def walked(scene: Scene, actor: Actor) -> tuple[Times, Points, Floats]:
    """Return an actor's moments, places and sizes then: shapes (n,), (n, 2), (n,)."""
    until_s = min(actor.way.ends_s, scene.duration_s)
    times_s = np.arange(actor.way.begins_s, until_s, STEP_S)
    places = actor.way.at(times_s)
    return times_s, places, actor_sizes(scene, actor, places)


def actor_sizes(scene: Scene, actor: Actor, places: Points) -> Floats:
    """Return how large an actor is at places: the root of the box's area, (n,)."""
    width, height = actor.width_height
    scales = np.array([scene.scale(y) for y in places[:, 1].tolist()])
    return np.asarray(np.sqrt(width * height) * scales)


def lasting(scene: Scene, actor: Actor, line: Line) -> list[tuple[float, int]]:
    """Return when an actor effectively crosses a line, and 1 for forward or -1."""
    times_s, places, sizes = walked(scene, actor)
    passages, gap = _passages(places, line), away(places, line) / sizes
    kept, kept_too = (_kept(passages, gap, clear) for clear in (CLEAR_MIN, CLEAR_MAX))
    if kept != kept_too:
        _refuse(scene, actor, line.name)
    return [(float(times_s[each.index]), each.direction) for each in kept]


def _refuse(scene: Scene, actor: Actor, name: str) -> NoReturn:
    raise ValueError(
        f"{scene.name}: whether {actor.label} {scene.actors.index(actor)} has crossed "
        f"{name} depends on what is clear; have every stay beside it go at most "
        f"{CLEAR_MIN} sizes from it, or at least {CLEAR_MAX}"
    )


def _at_line(scene: Scene, actor: Actor, line: Line, told: Truth) -> None:
    _, places, _ = walked(scene, actor)
    for each in _passages(places, line):
        told.actual[_key(line, actor, each.direction)] += 1
    for _, direction in lasting(scene, actor, line):
        told.effective[_key(line, actor, direction)] += 1


def _key(line: Line, actor: Actor, direction: int) -> Crossing:
    return Crossing(line.name, "forward" if direction > 0 else "backward", actor.label)


def sides(places: Points, line: Line) -> Floats:
    """Return above 0 for places to the right of a line as seen on the picture."""
    start, end = np.array(line.start), np.array(line.end)
    along, gone = end - start, places - start
    return np.asarray(along[0] * gone[:, 1] - along[1] * gone[:, 0])


def away(places: Points, line: Line) -> Floats:
    """Return how far places are from the nearest point of a line, in pixels."""
    return _from_segment(places, np.array(line.start), np.array(line.end))


def _from_segment(places: Points, start: Points, end: Points) -> Floats:
    along = end - start
    share = np.clip((places - start) @ along / (along @ along), 0, 1)
    gap = places - (start + share[:, None] * along)
    return np.asarray(np.hypot(gap[:, 0], gap[:, 1]))


def _passages(places: Points, line: Line) -> list[_Passage]:
    side = sides(places, line)
    right = side >= 0
    start, end = np.array(line.start), np.array(line.end)
    along = end - start
    found = []
    for index in (np.flatnonzero(right[1:] != right[:-1]) + 1).tolist():
        before, after = side[index - 1], side[index]
        share = before / (before - after)
        meeting = places[index - 1] + share * (places[index] - places[index - 1])
        where = (meeting - start) @ along / (along @ along)
        if 0 <= where <= 1:
            found.append(_Passage(index, 1 if right[index] else -1))
    return found


def _kept(passages: list[_Passage], away: Floats, clear: float) -> list[_Passage]:
    """Return the passages that last; distances are told in sizes of the object."""
    if not passages:
        return []
    bounds = [0, *(each.index for each in passages), len(away)]
    stays = [bool(away[first:last].max() >= clear) for first, last in pairwise(bounds)]
    kept: list[_Passage] = []
    pending: list[_Passage] = []  # since the last clear stay
    known = stays[0]
    for each, cleared in zip(passages, stays[1:], strict=True):
        if pending and pending[-1].direction != each.direction:
            pending.pop()
        else:
            pending.append(each)
        if cleared:
            kept += pending if known else pending[1:]
            pending, known = [], True
    return kept


def inside(places: Points, zone: Zone) -> NDArray[np.bool_]:
    """Return which places are in a zone, by the angle that its corners turn through."""
    corners = np.array(zone.polygon)
    rays = corners[None] - places[:, None]
    following = np.roll(rays, -1, axis=1)
    turn = rays[..., 0] * following[..., 1] - rays[..., 1] * following[..., 0]
    ahead = (rays * following).sum(axis=2)
    return np.asarray(np.abs(np.arctan2(turn, ahead).sum(axis=1)) > np.pi)


def visits(scene: Scene, actor: Actor, zone: Zone) -> list[tuple[float, float]]:
    """Return from when to when an actor is in a zone.

    Steps over the border that get nowhere clear neither begin nor end a visit.
    """
    times_s, places, sizes = walked(scene, actor)
    within = inside(places, zone)
    corners = np.array(zone.polygon)
    ends = zip(corners, np.roll(corners, -1, axis=0), strict=True)
    border = np.min([_from_segment(places, a, b) for a, b in ends], axis=0) / sizes
    stays, stays_too = (_stays(within, border, c) for c in (CLEAR_MIN, CLEAR_MAX))
    if stays != stays_too:
        _refuse(scene, actor, zone.name)
    return [(float(times_s[first]), float(times_s[last])) for first, last in stays]


def _in_zone(scene: Scene, actor: Actor, zone: Zone, told: Truth) -> None:
    key = Membership(zone.name, actor.label)
    for entered_s, left_s in visits(scene, actor, zone):
        stay_s = left_s - entered_s
        told.entries[key] += 1
        told.presence_s[key] = told.presence_s.get(key, 0.0) + stay_s
        if left_s < scene.duration_s - 2 * STEP_S:
            told.exits[key] += 1
            told.dwells_s.setdefault(key, []).append(stay_s)


def _stays(
    within: NDArray[np.bool_], border: Floats, clear: float
) -> list[tuple[int, int]]:
    """Return the first and the last sample of each stay inside.

    Stays on either side that get nowhere clear are none, save one that is all there is.
    """
    cuts = [0, *(np.flatnonzero(np.diff(within)) + 1).tolist(), len(within)]
    stays: list[tuple[int, int]] = []
    goes_on = False
    for first, last in pairwise(cuts):
        if last - first < len(within) and border[first:last].max() < clear:
            continue
        if within[first] and goes_on:
            stays[-1] = stays[-1][0], last - 1
        elif within[first]:
            stays.append((first, last - 1))
        goes_on = bool(within[first])
    return stays
