"""Hand-made tracks: somebody's way over the picture, look by look."""

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tallypost.domain.vision import Size, Tracks
from tallypost.vision.counting.base import Counter
from tallypost.vision.counting.events import Event

SCENE = Size(1000, 1000)
WIDTH, HEIGHT = 40.0, 90.0  # its size, the root of the area, is 60
LOOK_S = 0.1

Place = tuple[float, float] | None
Way = Sequence[Place]


def box(x: float, y: float) -> list[float]:
    """Return the box of one who stands at x, y."""
    return [x - WIDTH / 2, y - HEIGHT, x + WIDTH / 2, y]


def steps(*corners: tuple[float, float], each: int = 10) -> list[Place]:
    """Return a way from corner to corner, so many looks for each leg."""
    way: list[Place] = [corners[0]]
    for start, end in itertools.pairwise(corners):
        shares = np.linspace(0, 1, each + 1)[1:]
        way += [tuple(np.array(start) * (1 - s) + np.array(end) * s) for s in shares]
    return way


def tracks(
    ways: Mapping[int, Way],
    *,
    look_s: float = LOOK_S,
    lost_looks: int = 15,
    class_ids: Mapping[int, int] | None = None,
    confirmed_after: int = 1,
) -> Iterable[Tracks]:
    """Yield what a tracker tells of ways; None is a look at which one is not seen.

    Whoever is not seen for more than `lost_looks` looks is given up.
    """
    looks = max(len(way) for way in ways.values()) + lost_looks + 2
    ended: set[int] = set()
    first = {
        one: next(n for n, place in enumerate(way) if place)
        for one, way in ways.items()
    }
    for look in range(looks):
        here = {
            one: place
            for one, way in ways.items()
            if look < len(way)
            and (place := way[look]) is not None
            and look >= first[one] + confirmed_after
        }
        gone = [
            one
            for one, way in ways.items()
            if one not in ended and look > len(way) + lost_looks
        ]
        ended.update(gone)
        births = [ways[one][first[one]] or (0.0, 0.0) for one in here]
        yield Tracks(
            time_s=look * look_s,
            ids=np.array(list(here), np.int64),
            boxes=_boxes(here.values()),
            class_ids=np.array(
                [(class_ids or {}).get(one, 0) for one in here], np.int64
            ),
            born_boxes=_boxes(births),
            born_s=np.array([first[one] * look_s for one in here]),
            ended_ids=np.array(gone, np.int64),
        )


def _boxes(places: Iterable[tuple[float, float]]) -> np.ndarray:
    return np.array([box(*place) for place in places], np.float32).reshape(-1, 4)


def play(counter: Counter, told: Iterable[Tracks], scene: Size = SCENE) -> list[Event]:
    """Return everything that a counter tells of tracks."""
    return [event for look in told for event in counter.update(look, scene)]
