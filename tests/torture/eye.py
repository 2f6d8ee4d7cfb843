"""Looks at a scene as a small quantized detector does."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections
from tests.torture.language import CLASSES, PICTURE, SIZES, Actor, Alarm, Scene
from tests.torture.noise import SCORE_LOW, WORLD_HZ, Noise, spells, wandering
from tests.torture.occlusion import VISIBLE_MIN, seen_parts
from tests.torture.rivals import Seen, merged, suppressed

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SPLIT_OVERLAP, _SHADOW_DROP = 0.05, 0.08
_HIDDEN_COST = 0.25
_ALARM_TREMBLE = 0.04


class Look(NamedTuple):
    """One frame: when it was taken, what was found on it, and whom that tells of."""

    time_s: float
    found: Detections
    actors: tuple[frozenset[int], ...]


def looks(scene: Scene, rate_hz: float, seed: int) -> list[Look]:
    """Return what is found on a scene at a rate.

    Args:
        scene: The world.
        rate_hz: Frames a second, a divisor of the world's 50.
        seed: Which day it is, and when the first frame falls.
    """
    world = _World(scene, seed)
    return [world.look(frame) for frame in _frames(scene, rate_hz, seed)]


def _frames(scene: Scene, rate_hz: float, seed: int) -> list[int]:
    """Return which of the world's frames are looked at."""
    rng = _chance(scene, seed, 0)
    step, last = WORLD_HZ / rate_hz, int(scene.duration_s * WORLD_HZ)
    due = np.arange(rng.uniform(0, step), last, step)
    due += rng.normal(0, scene.time_jitter_s * WORLD_HZ, len(due))
    frames = np.unique(np.clip(due, 0, last - 1).astype(int))
    frames = frames[rng.random(len(frames)) >= scene.drop]
    for begin_s, end_s in scene.holes_s:
        inside = (frames >= begin_s * WORLD_HZ) & (frames < end_s * WORLD_HZ)
        frames = frames[~inside]
    return [int(frame) for frame in frames]


def _chance(scene: Scene, seed: int, *which: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(scene.name.encode()), *which])


class _World:
    """A scene on one day."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self._scene = scene
        frames = int(scene.duration_s * WORLD_HZ)
        self._noise = [
            Noise(actor, scene.eye, frames, _chance(scene, seed, 1, number))
            for number, actor in enumerate(scene.actors)
        ]
        self._alarmed = [
            spells(_chance(scene, seed, 2, number), frames, alarm.share, alarm.lasts_s)
            for number, alarm in enumerate(scene.alarms)
        ]
        rng = _chance(scene, seed, 3)
        self._astray = rng.random(frames) < scene.eye.alarms
        self._chances = rng.random((frames, 8))
        self._shake = scene.eye.shake_px * wandering(rng, frames, 2)

    def look(self, frame: int) -> Look:
        """Return what is told of one of the world's frames."""
        here, flowing = self._actors(frame)
        told = merged(here, flowing) + list(self._false_alarms(frame))
        kept = suppressed([each for each in told if each.score >= SCORE_LOW])
        boxes = np.array([each.box for each in kept]).reshape(-1, 4)
        boxes += np.tile(self._shake[frame], 2)
        picture = np.array([*PICTURE, *PICTURE])
        stretch = np.array([*self._scene.picture] * 2) / picture
        found = Detections(
            (np.clip(boxes, 0, picture) * stretch).astype(np.float32),
            np.array([each.score for each in kept], np.float32),
            np.array([CLASSES.index(each.label) for each in kept], np.int64),
        )
        return Look(frame / WORLD_HZ, found, tuple(each.actors for each in kept))

    def _actors(self, frame: int) -> tuple[list[Seen], list[bool]]:
        """Return how those who are there are seen, and who may flow into others."""
        scene, time_s = self._scene, frame / WORLD_HZ
        here = [
            number
            for number, actor in enumerate(scene.actors)
            if actor.way.begins_s <= time_s <= actor.way.ends_s
        ]
        if not here:
            return [], []
        actors = [scene.actors[number] for number in here]
        boxes = np.array([_box(scene, actor, time_s) for actor in actors])
        labels = [actor.label for actor in actors]
        parts, shares = seen_parts(boxes, labels, scene.occluders)
        told: list[Seen] = []
        flowing: list[bool] = []
        for number, part, share in zip(here, parts, shares.tolist(), strict=True):
            if share >= VISIBLE_MIN:
                pieces = list(self._pieces(number, frame, part, share))
                told += pieces
                flowing += [bool(self._noise[number].merge[frame])] * len(pieces)
        return told, flowing

    def _pieces(
        self, number: int, frame: int, part: Floats, share: float
    ) -> Iterator[Seen]:
        """Yield one actor as told: as one box, or as two halves."""
        actor, noise = self._scene.actors[number], self._noise[number]
        width, height = (part[2:] - part[:2]).tolist()
        box = part + noise.edges[frame] * [width, height, width, height]
        score = float(noise.scores[frame]) - _HIDDEN_COST * (1 - share)
        label = str(noise.labels[frame])
        if noise.shadow[frame]:
            box += [0, 0, actor.shadow * width, _SHADOW_DROP * height]
        if not noise.split[frame]:
            yield Seen(box, score, label, frozenset({number}))
            return
        x1, y1, x2, y2 = box.tolist()
        middle, overlap = (x1 + x2) / 2, _SPLIT_OVERLAP * width
        for left, right in ((x1, middle + overlap), (middle - overlap, x2)):
            half = np.array([left, y1, right, y2])
            yield Seen(half, score, label, frozenset({number}))

    def _false_alarms(self, frame: int) -> Iterator[Seen]:
        """Yield what is told where nobody is."""
        scene = self._scene
        one, two, *tremble, three, four = self._chances[frame].tolist()
        for alarm, alarmed in zip(scene.alarms, self._alarmed, strict=True):
            if alarmed[frame]:
                yield _alarm(alarm, np.array(tremble), three)
        if self._astray[frame]:
            labels = sorted({actor.label for actor in scene.actors} or {"person"})
            yield _alarm(
                Alarm(
                    label=labels[int(four * len(labels))],
                    place=(one * PICTURE.width, two * PICTURE.height),
                    share=1.0,
                ),
                np.array(tremble),
                three,
            )


def _box(scene: Scene, actor: Actor, time_s: float) -> list[float]:
    """Return where somebody really is."""
    x, y = actor.way.at(np.array([time_s]))[0].tolist()
    scale = scene.scale(y)
    width, height = (side * scale for side in actor.width_height)
    return [x - width / 2, y - height, x + width / 2, y]


def _alarm(alarm: Alarm, tremble: Floats, chance: float) -> Seen:
    width, height = alarm.size or SIZES[alarm.label]
    x, y = alarm.place
    box = np.array([x - width / 2, y - height, x + width / 2, y])
    box += _ALARM_TREMBLE * (2 * tremble - 1) * [width, height, width, height]
    low, high = alarm.scores
    return Seen(box, low + (high - low) * chance, alarm.label, frozenset())
