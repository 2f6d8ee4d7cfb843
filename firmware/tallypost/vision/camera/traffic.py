"""Makes up traffic whose every step is known: who goes where, and what crosses."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tallypost.domain.vision import Boxes, Size
from tallypost.geometry import crosses, foot_points, signed_distances

LIFE_S_MAX = 60.0
"""Everybody has left by then: the slowest walker needs 41 s for twice the diagonal."""
MOVERS_KEPT = 256
VISIBLE_SHARE_MIN = 0.5
"""A box that shows less than this share of itself is not told as truth."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What all objects of a class have in common.

    Attributes:
        name: The class's name.
        height_share: How high it is, as a share of the scene's height.
        shape: Its width over its height.
        speed_share: How much of the scene's diagonal it covers in a second.
        downward: Whether it goes up and down the picture; else it goes across.
        share: How often it comes, among all.
    """

    name: str
    height_share: float
    shape: float
    speed_share: float
    downward: bool
    share: float


KINDS = (
    Kind("person", 0.22, 0.4, 0.07, downward=True, share=0.6),
    Kind("bicycle", 0.2, 1.2, 0.14, downward=False, share=0.1),
    Kind("car", 0.16, 2.1, 0.2, downward=False, share=0.3),
)


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """One object on its straight way, from out of the picture to out of it.

    Attributes:
        object_id: Its number; never given twice.
        kind: What it is.
        begin_s: When it begins to move.
        end_s: When it has left.
        begin: Shape (4,), its box at that time, x1 y1 x2 y2 in pixels of the scene.
        velocity: Shape (2,), pixels a second.
    """

    object_id: int
    kind: Kind
    begin_s: float
    end_s: float
    begin: Boxes
    velocity: np.ndarray[tuple[int], np.dtype[np.float64]]

    def box(self, time_s: float) -> Boxes:
        """Return where it is: shape (4,), not clipped to the picture."""
        return self.begin + np.tile(self.velocity * (time_s - self.begin_s), 2)


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is on one picture.

    Attributes:
        time_s: The picture's time.
        ids: Whose boxes these are, in their order.
        classes: Their classes' names.
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels of the scene, clipped to it.
    """

    time_s: float
    ids: tuple[int, ...]
    classes: tuple[str, ...]
    boxes: Boxes


class Traffic:
    """Objects that come one after another, the same ones for the same seed.

    Args:
        scene: Size of the picture.
        seed: Chooses the traffic.
        interval_s: The mean time from one object's coming to the next one's.
    """

    def __init__(self, scene: Size, seed: int, interval_s: float) -> None:
        self._scene = scene
        self._seed = seed
        self._interval_s = interval_s
        self._mover = lru_cache(MOVERS_KEPT)(self._make)

    def at(self, time_s: float) -> list[Mover]:
        """Return who is under way at a time, those in front last."""
        movers = self._between(time_s - LIFE_S_MAX, time_s)
        present = [mover for mover in movers if mover.end_s >= time_s]
        return sorted(present, key=lambda mover: float(mover.box(time_s)[3]))

    def truth(self, time_s: float) -> Truth:
        """Return what can be seen at a time."""
        movers = self.at(time_s)
        boxes = np.array([mover.box(time_s) for mover in movers]).reshape(-1, 4)
        clipped = np.clip(boxes, 0, [*self._scene, *self._scene])
        seen = _areas(clipped) >= VISIBLE_SHARE_MIN * _areas(boxes)
        chosen = [mover for mover, is_seen in zip(movers, seen, strict=True) if is_seen]
        return Truth(
            time_s,
            tuple(mover.object_id for mover in chosen),
            tuple(mover.kind.name for mover in chosen),
            clipped[seen].astype(np.float32),
        )

    def crossings(
        self, start: tuple[float, float], end: tuple[float, float], until_s: float
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Return how many of each class have crossed a line, forward and backward.

        An object crosses where its foot, the middle of its box's lower edge, does.
        Forward is from the left to the right of start -> end as seen on the picture.

        Args:
            start: Where the line begins, 0..1 of the picture's width and height.
            end: Where it ends; not the same point.
            until_s: Crossings after this time are not counted.
        """
        first, last = np.array(start) * self._scene, np.array(end) * self._scene
        forward: dict[str, int] = {}
        backward: dict[str, int] = {}
        for mover in self._between(0, until_s):
            ends = (mover.begin_s, min(mover.end_s, until_s))
            way = foot_points(np.array([mover.box(time_s) for time_s in ends]))
            if crosses(way[0], way[1], first, last):
                rightward = signed_distances(way, first, last)[1] > 0
                counts = forward if rightward else backward
                counts[mover.kind.name] = counts.get(mover.kind.name, 0) + 1
        return forward, backward

    def _between(self, first_s: float, last_s: float) -> Iterator[Mover]:
        """Yield all who begin in a stretch of time, and perhaps one from before it."""
        first = max(math.floor(first_s / self._interval_s), 0)
        last = math.floor(last_s / self._interval_s)
        movers = (self._mover(object_id) for object_id in range(first, last + 1))
        return (mover for mover in movers if mover.begin_s <= last_s)

    def _make(self, object_id: int) -> Mover:
        random = np.random.default_rng((self._seed, object_id))
        kind = KINDS[random.choice(len(KINDS), p=[kind.share for kind in KINDS])]
        begin_s = (object_id + random.uniform(0, 1)) * self._interval_s
        height = kind.height_share * self._scene.height * random.uniform(0.8, 1.2)
        sides = np.array([height * kind.shape, height])
        # Along its way it goes from beyond one border to beyond the other; across,
        # it keeps its whole box inside, and ends somewhere else than it began.
        along = 1 if kind.downward else 0
        across = 1 - along
        begin, end = np.empty(2), np.empty(2)
        begin[along], end[along] = -sides[along], self._scene[along]
        room = max(self._scene[across] - sides[across], 0)
        begin[across] = random.uniform(0, room)
        end[across] = np.clip(begin[across] + random.uniform(-0.2, 0.2) * room, 0, room)
        if random.integers(2):
            begin, end = end, begin
        speed = kind.speed_share * math.hypot(*self._scene) * random.uniform(0.7, 1.3)
        length = float(np.hypot(*(end - begin)))
        return Mover(
            object_id,
            kind,
            begin_s,
            begin_s + length / speed,
            np.concatenate([begin, begin + sides]),
            (end - begin) / length * speed,
        )


def _areas(boxes: Boxes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
