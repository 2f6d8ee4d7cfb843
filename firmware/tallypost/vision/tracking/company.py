"""Tells apart objects that are seen as one: walkers whose boxes flow together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections
from tallypost.geometry import Boxes, areas, iou
from tallypost.vision.tracking.pieces import contained, hidden

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
Corners = NDArray[np.float64]

WITHIN_MIN = 0.7
"""Of a member so much lies within the whole."""
GAIN_MIN = 0.08
"""With each member the others overlap the whole by so much better than without it."""
FIT_MIN = 0.5
"""Together they overlap the whole by so much."""
RATIO_MAX = 1.6
"""The largest member has at most so many times the area of the smallest."""
HIDDEN_MIN = 0.25
"""Each shares so much with another, of the smaller of the two."""

_OUTWARD = np.array([1.0, 1.0, -1.0, -1.0])


class Group(NamedTuple):
    """Boxes that make up one that holds them.

    Attributes:
        whole: Which box that is.
        members: Shape (k,), who makes it up; two at least.
    """

    whole: int
    members: Rows


def groups(boxes: Boxes, wholes: Boxes, alike: Mask) -> list[Group]:
    """Return which boxes together are what a whole shows, and none of them alone.

    Each lies nearly within the whole, and fits no other better; each covers a part of
    it that the others leave; they are of a size, and hide each other in part, as those
    do who are taken for one.

    Args:
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels, each with an area.
        wholes: Shape (m, 4).
        alike: Shape (n, m), whose class is near enough.
    """
    if not len(boxes) or not len(wholes):
        return []
    within = (contained(boxes, wholes) >= WITHIN_MIN) & alike
    crowded = np.flatnonzero(within.sum(axis=0) > 1).tolist()
    if not crowded:
        return []
    rows = np.flatnonzero(within[:, crowded].any(axis=1))
    nearest = iou(boxes[rows], wholes).argmax(axis=1)
    told = []
    for whole in crowded:
        near = rows[within[rows, whole] & (nearest == whole)]
        if len(near) <= 1:
            continue
        members = near[_needed(boxes[near], wholes[whole])]
        if len(members) > 1 and _together(boxes[members], wholes[whole]):
            told.append(Group(whole, members))
    return told


def parted(found: Detections, expected: Boxes, alike: Mask) -> Detections:
    """Return detections with those of several objects as one box for each of them.

    Where the place of each is told by the edges that are its own: the boxes where they
    are expected, stretched together until they fill what was found.

    Args:
        found: What was found.
        expected: Shape (m, 4), where the objects are thought to be.
        alike: Shape (m, n), whose class is near enough.
    """
    alone = np.ones(len(found), np.bool_)
    shares: list[Boxes] = []
    origins: list[int] = []
    for whole, members in groups(expected, found.boxes, alike):
        alone[whole] = False
        shares.append(_stretched(expected[members], found.boxes[whole]))
        origins += [whole] * len(members)
    if not origins:
        return found
    told = found.only(np.concatenate([np.flatnonzero(alone), origins]))
    boxes = np.concatenate([found.boxes[alone], *shares]).astype(np.float32)
    return Detections(boxes, told.scores, told.class_ids, told.looked)


def hull(boxes: Boxes) -> Corners:
    """Return the box around some: shape (4,)."""
    return np.asarray((boxes * _OUTWARD).min(axis=0) * _OUTWARD)


def _needed(boxes: Boxes, whole: Boxes) -> Rows:
    """Return who it takes to fill a whole, where each has to earn its place."""
    needed = np.arange(len(boxes))
    while len(needed) > 1:
        chosen = boxes[needed]
        around = np.concatenate([hull(chosen)[None], _hulls_without_each(chosen)])
        fit, *fits = iou(around, whole[None])[:, 0].tolist()
        best = max(fits)
        if best < fit - GAIN_MIN:
            break
        needed = np.delete(needed, fits.index(best))
    return needed


def _hulls_without_each(boxes: Boxes) -> Corners:
    """Return the box around all but one, for each of them: shape (n, 4), n >= 2."""
    outward = boxes * _OUTWARD
    least, second = np.partition(outward, 1, axis=0)[:2]
    return np.asarray(np.where(outward == least, second, least) * _OUTWARD)


def _together(boxes: Boxes, whole: Boxes) -> bool:
    """Return whether boxes fill a whole, are of a size, and each hides another."""
    own = areas(boxes)
    alike = own.max() <= RATIO_MAX * own.min()
    near = bool((hidden(boxes).max(axis=1) >= HIDDEN_MIN).all())
    return bool(alike and near and iou(hull(boxes)[None], whole[None]) >= FIT_MIN)


def _stretched(boxes: Boxes, whole: Boxes) -> Corners:
    """Return boxes moved and stretched together until they fill a whole."""
    around = hull(boxes)
    scale = (whole[2:] - whole[:2]) / (around[2:] - around[:2])
    return np.asarray(
        (boxes - np.tile(around[:2], 2)) * np.tile(scale, 2) + np.tile(whole[:2], 2)
    )
