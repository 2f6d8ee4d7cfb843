"""Days on which a scene can be judged.

Noise may happen to hide all there was to see of somebody on one side of a line: then no
counter can know the truth, and that day is left out. A day can be judged when whoever
crosses a line was told, with a score above the detector's threshold, at two looks clear
of it on either side (one at two frames a second) and at three in all, and was taken for
what they are at most looks, up to the line and in all; and whoever was in a zone, at
two looks inside.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.torture.eye import Look, looks
from tests.torture.language import CLASSES, Actor, Line, Scene
from tests.torture.noise import SCORE_MIN
from tests.torture.truth import CLEAR_MAX, actor_sizes, away, lasting, visits

Floats = NDArray[np.float64]

_SLOW_HZ = 2.0
_DAYS_TRIED = 200
_LOOKS_MIN, _LOOKS_INSIDE_MIN = 3, 2


class Day(NamedTuple):
    """One day's looks at a scene."""

    seed: int
    looks: list[Look]


def days(scene: Scene, rate_hz: float, count: int) -> Iterator[Day]:
    """Yield the first days that can be judged at a rate.

    Args:
        scene: The world.
        rate_hz: Frames a second.
        count: How many.

    Raises:
        ValueError: There are hardly any: the truth cannot be known at this rate.
    """
    found = 0
    for seed in range(_DAYS_TRIED):
        told = looks(scene, rate_hz, seed)
        if unwitnessed(scene, told, rate_hz):
            continue
        yield Day(seed, told)
        found += 1
        if found == count:
            return
    raise ValueError(
        f"{scene.name}: only {found} of {_DAYS_TRIED} days can be judged at "
        f"{rate_hz:g} Hz; want {count}, or a reason why not"
    )


class _Sure(NamedTuple):
    """When somebody was told with a score that counts, and whether as what they are."""

    times_s: Floats
    right: NDArray[np.bool_]

    def mostly_right(self, end_s: float) -> bool:
        """Return whether the class was right at most looks up to a moment."""
        right = self.right[self.times_s < end_s]
        return 2 * int(right.sum()) > len(right)


def unwitnessed(scene: Scene, told: list[Look], rate_hz: float) -> list[str]:
    """Return what nobody could know from one day's looks, in words."""
    each_side = 1 if rate_hz <= _SLOW_HZ else 2
    return [
        fault
        for number, actor in enumerate(scene.actors)
        for fault in _unseen(scene, actor, _sure(told, number, actor.label), each_side)
    ]


def _sure(told: list[Look], number: int, label: str) -> _Sure:
    found = [
        (look.time_s, CLASSES[class_id] == label)
        for look in told
        for actors, score, class_id in zip(
            look.actors, look.found.scores, look.found.class_ids, strict=True
        )
        if actors == {number} and score >= SCORE_MIN
    ]
    return _Sure(
        np.array([time_s for time_s, _ in found]),
        np.array([right for _, right in found], np.bool_),
    )


def _unseen(scene: Scene, actor: Actor, sure: _Sure, each_side: int) -> Iterator[str]:
    for line in scene.lines:
        crossed_s = [time_s for time_s, _ in lasting(scene, actor, line)]
        clear_s = sure.times_s[_clear(scene, actor, line, sure.times_s)]
        for begin_s, end_s in itertools.pairwise([-np.inf, *crossed_s, np.inf]):
            enough = _between(clear_s, begin_s, end_s) >= each_side
            if crossed_s and not (enough and sure.mostly_right(end_s)):
                yield f"{actor.label} at {line.name} before {end_s:.1f} s"
        if crossed_s and len(sure.times_s) < _LOOKS_MIN:
            yield f"{actor.label} at {line.name}"
    for zone in scene.zones:
        for begin_s, end_s in visits(scene, actor, zone):
            if _between(sure.times_s, begin_s, end_s) < _LOOKS_INSIDE_MIN:
                yield f"{actor.label} in {zone.name} from {begin_s:.1f} s"


def _clear(
    scene: Scene, actor: Actor, line: Line, times_s: Floats
) -> NDArray[np.bool_]:
    """Return at which moments an actor was really clear of a line."""
    if not len(times_s):
        return np.zeros(0, np.bool_)
    places = actor.way.at(times_s)
    return away(places, line) >= CLEAR_MAX * actor_sizes(scene, actor, places)


def _between(times_s: Floats, begin_s: float, end_s: float) -> int:
    return int(((times_s > begin_s) & (times_s < end_s)).sum())
