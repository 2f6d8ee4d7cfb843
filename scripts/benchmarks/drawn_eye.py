"""What can be seen of a drawn car park, and what a detector finds of it.

Who stands nearer hides what is behind, pixel by pixel of a coarse picture; a detector's
box is the box around the part that is left to see.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.benchmarks.drawn_parking import CLASSES, SCENE, Array, CarPark
from tallypost.domain.vision import Detections
from tallypost.geometry import inside

COARSE = 4
"""Pixels of the scene a side of one that hiding is reckoned in."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What of each vehicle can be seen at one moment."""

    who: tuple[int, ...]
    boxes: Array
    shares: Array


class Eye:
    """Tells what can be seen of a car park, nearer before farther."""

    def __init__(self, park: CarPark) -> None:
        self._park = park
        columns = np.arange(0, SCENE.width, COARSE) + COARSE / 2
        self._rows = np.arange(0, SCENE.height, COARSE) + COARSE / 2
        self._columns = columns
        self._masks: dict[
            tuple[object, ...], tuple[slice, slice, NDArray[np.bool_]]
        ] = {}
        self._last: tuple[object, Seen] | None = None

    def look(self, time_s: float) -> Seen:
        """Return what can be seen."""
        poses = [
            (n, pose)
            for n, visit in enumerate(self._park.visits)
            if (pose := visit.pose(time_s)) is not None
        ]
        if self._last is not None and self._last[0] == poses:
            return self._last[1]
        seen = self._see(poses)
        self._last = (poses, seen)
        return seen

    def _see(self, poses: list[tuple[int, tuple[float, float, float]]]) -> Seen:
        covered = np.zeros((len(self._rows), len(self._columns)), np.bool_)
        who, boxes, shares = [], [], []
        for n, pose in sorted(poses, key=lambda each: each[1][1]):
            tall, wide, mask = self._mask(n, pose)
            visible = mask & ~covered[tall, wide]
            covered[tall, wide] |= mask
            if visible.any():
                down, across = (
                    np.flatnonzero(visible.any(1)),
                    np.flatnonzero(visible.any(0)),
                )
                box = [
                    self._columns[wide][across[0]] - COARSE / 2,
                    self._rows[tall][down[0]] - COARSE / 2,
                    self._columns[wide][across[-1]] + COARSE / 2,
                    self._rows[tall][down[-1]] + COARSE / 2,
                ]
                who.append(n)
                boxes.append(box)
                shares.append(visible.sum() / mask.sum())
        return Seen(tuple(who), np.array(boxes).reshape(-1, 4), np.array(shares))

    def _mask(
        self, n: int, pose: tuple[float, float, float]
    ) -> tuple[slice, slice, NDArray[np.bool_]]:
        if (n, pose) not in self._masks:
            hulls = [
                _hull(self._park.camera.project(block))
                for block in self._park.visits[n].vehicle.hulls(*pose)
            ]
            low = np.min([hull.min(0) for hull in hulls], axis=0) // COARSE
            high = np.max([hull.max(0) for hull in hulls], axis=0) // COARSE + 1
            limits = (len(self._columns), len(self._rows))
            (x1, y1), (x2, y2) = (
                np.clip(each, 0, limits).astype(int).tolist() for each in (low, high)
            )
            tall, wide = slice(y1, y2), slice(x1, x2)
            grid = np.stack(np.meshgrid(self._columns[wide], self._rows[tall]), -1)
            mask = np.zeros(grid.shape[:2], np.bool_)
            for hull in hulls:
                mask |= inside(grid.reshape(-1, 2), hull).reshape(mask.shape)
            if len(self._masks) > 500:
                self._masks.clear()
            self._masks[n, pose] = tall, wide, mask
        return self._masks[n, pose]


def _hull(points: Array) -> Array:
    """Return the convex hull. Source: A. M. Andrew's monotone chain (1979)."""
    ordered = sorted(map(tuple, points.tolist()))

    def half(way: list[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for x, y in way:
            while (
                len(kept) > 1
                and (
                    (kept[-1][0] - kept[-2][0]) * (y - kept[-2][1])
                    - (kept[-1][1] - kept[-2][1]) * (x - kept[-2][0])
                )
                <= 0
            ):
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """How well a detector sees: of a car that is wholly visible.

    Attributes:
        found: How often it is found, look by look, while it can be found at all.
        score: Its mean score.
        on_s: For how long, on the mean, it can be found without a pause.
        off_s: How long a pause is.
        sway: How far the sides of a box stray, in sizes.
    """

    found: float = 0.97
    score: float = 0.7
    on_s: float = 300.0
    off_s: float = 3.0
    sway: float = 0.025


DAY = Light()
NIGHT = Light(found=0.75, score=0.45, on_s=20.0, off_s=20.0, sway=0.04)


class Detector:
    """Finds what can be seen, with the faults of one."""

    def __init__(self, park: CarPark, light: Light, seed: int) -> None:
        self._park, self._light = park, light
        self._eye = Eye(park)
        self._random = np.random.default_rng(seed)
        self._able: dict[int, tuple[bool, float]] = {}

    def look(self, time_s: float) -> Detections:
        """Return what is found at a time; times rise."""
        seen, random, light = self._eye.look(time_s), self._random, self._light
        able = np.array([self._can_be_found(n, time_s) for n in seen.who], np.bool_)
        chance = light.found * np.clip((seen.shares - 0.2) / 0.3, 0, 1)
        found = able & (random.random(len(seen.who)) < chance) if len(able) else able
        boxes = seen.boxes[found]
        sizes = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
        boxes = boxes + random.normal(0, light.sway, boxes.shape) * sizes[:, None]
        labels = [self._park.visits[n].vehicle.label for n in seen.who]
        class_ids = np.array([CLASSES.index(label) for label in labels], np.int64)[
            found
        ]
        flipped = (random.random(len(class_ids)) < 0.05) & (class_ids == 2)
        class_ids[flipped] = CLASSES.index("truck")
        scores = np.clip(random.normal(light.score, 0.08, len(boxes)), 0.05, 0.99)
        boxes = np.clip(boxes, 0, [*SCENE, *SCENE])
        return Detections(
            boxes.astype(np.float32), scores.astype(np.float32), class_ids
        )

    def _can_be_found(self, n: int, time_s: float) -> bool:
        """Return whether one can be found now: one that moves always can."""
        visit = self._park.visits[n]
        come_s, leave_s = visit.parked_s
        if visit.bay is None or not come_s <= time_s < leave_s:
            return True
        able, until_s = self._able.get(n, (False, -np.inf))
        while until_s <= time_s:
            able = not able
            mean_s = self._light.on_s if able else self._light.off_s
            until_s = max(until_s, time_s) + self._random.exponential(mean_s)
        self._able[n] = able, until_s
        return able
