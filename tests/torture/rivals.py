"""What a detector does with boxes that lie on each other."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import areas, iou

Floats = NDArray[np.float64]

_MERGE_SHARE_MIN = 0.3
_SUPPRESS_IOU = 0.6


class Seen(NamedTuple):
    """One thing that may be told.

    Attributes:
        box: x1 y1 x2 y2 in pixels of the nominal picture.
        score: 0..1.
        label: What it is taken for.
        actors: Whom it tells of, by number: nobody, one, or several told as one.
    """

    box: Floats
    score: float
    label: str
    actors: frozenset[int]


def merged(told: Sequence[Seen], flowing: Sequence[bool]) -> list[Seen]:
    """Return the same with some neighbours told as one.

    Args:
        told: Everybody.
        flowing: Who flows into another of the same class, where the two share a part of
            the smaller box.
    """
    if not any(flowing):
        return list(told)
    rivals = _overlaps(told, of_smaller=True) > _MERGE_SHARE_MIN
    alone = [True] * len(told)
    both: list[Seen] = []
    for index in np.flatnonzero(np.array(flowing) & rivals.any(axis=1)).tolist():
        free = [n for n in np.flatnonzero(rivals[index]).tolist() if alone[n]]
        if free and alone[index]:
            alone[index] = alone[free[0]] = False
            both.append(_union(told[index], told[free[0]]))
    return [one for one, by_itself in zip(told, alone, strict=True) if by_itself] + both


def suppressed(told: Sequence[Seen]) -> list[Seen]:
    """Return the best first, without those of a class that lie on a better one."""
    best_first = sorted(told, key=lambda each: -each.score)
    rivals = _overlaps(best_first) > _SUPPRESS_IOU
    kept: list[int] = []
    for index in range(len(best_first)):
        if not rivals[index, kept].any():
            kept.append(index)
    return [best_first[index] for index in kept]


def _overlaps(told: Sequence[Seen], *, of_smaller: bool = False) -> Floats:
    """Return how much boxes of a class overlap: shape (n, n), 0 with themselves."""
    boxes = np.array([each.box for each in told]).reshape(-1, 4)
    labels = np.array([each.label for each in told])
    alike = labels[:, None] == labels[None, :]
    np.fill_diagonal(alike, val=False)
    overlaps = iou(boxes, boxes)
    if of_smaller:
        own = areas(boxes)
        shared = overlaps * (own[:, None] + own) / (1 + overlaps)
        overlaps = shared / np.minimum(own[:, None], own)
    return np.asarray(overlaps * alike, np.float64)


def _union(one: Seen, other: Seen) -> Seen:
    low = np.minimum(one.box[:2], other.box[:2])
    high = np.maximum(one.box[2:], other.box[2:])
    score = max(one.score, other.score)
    actors = one.actors | other.actors
    return Seen(np.concatenate([low, high]), score, one.label, actors)
