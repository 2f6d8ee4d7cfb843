"""Tells parts from wholes: one object seen as two, or as one too many."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections
from tallypost.geometry import Boxes, areas, iou, shared_areas

Mask = NDArray[np.bool_]

WITHIN_MIN = 0.8
"""Of a part so much lies within the whole."""
PART_MAX = 0.65
"""A part is at most so much of the whole."""
GAIN_MIN = 0.2
"""Pieces are joined where together they overlap the whole by so much better."""
LONG_MIN = 1.5
"""What is so many times as wide as high is long: a vehicle seen from its side."""
LONG_WITHIN_MIN, LONG_PART_MAX, LONG_GAIN_MIN = 0.5, 0.85, 0.15
"""The same where the whole is long. Few long things are beside each other, and where
one ends is badly foretold while it comes in from the picture's edge."""
HIDDEN_MAX = 0.4
"""Pieces of one object share less than this of the smaller; two objects may not."""


def contained(parts: Boxes, wholes: Boxes) -> NDArray[np.float64]:
    """Return which share of each part lies within each whole.

    Args:
        parts: Shape (n, 4), x1 y1 x2 y2 in pixels, each with an area.
        wholes: Shape (m, 4).

    Returns:
        Shape (n, m), 0..1.
    """
    shared = shared_areas(parts, wholes)
    return np.asarray(shared / areas(parts)[:, None], np.float64)


def parts(boxes: Boxes, wholes: Boxes) -> Mask:
    """Return which boxes can be a part of which whole: shape (n, m)."""
    small = areas(boxes)[:, None] <= PART_MAX * areas(wholes)[None, :]
    return np.asarray(small & (contained(boxes, wholes) >= WITHIN_MIN))


def _pieces(boxes: Boxes, wholes: Boxes, long: Mask) -> Mask:
    """Return which boxes can be one of the pieces of which whole: shape (n, m)."""
    found = parts(boxes, wholes)
    if long.any():
        wholes = wholes[long]
        small = areas(boxes)[:, None] <= LONG_PART_MAX * areas(wholes)[None, :]
        found[:, long] = small & (contained(boxes, wholes) >= LONG_WITHIN_MIN)
    return found


def hidden(boxes: Boxes) -> NDArray[np.float64]:
    """Return which share of the smaller any two boxes have in common: (n, n), 0..1.

    A box has nothing in common with itself.
    """
    own = areas(boxes)
    shared = shared_areas(boxes, boxes)
    np.fill_diagonal(shared, 0)
    return np.asarray(shared / np.minimum(own[:, None], own), np.float64)


def joined(found: Detections, expected: Boxes, alike: Mask) -> Detections:
    """Return detections with the pieces of one object as one.

    A long vehicle is now and then told as its two halves. Two boxes within the place
    where an object is expected are joined where they fit it far better together than
    each alone, and nothing else fits it. Two walkers side by side are no halves: they
    hide each other in part.

    Args:
        found: What was found.
        expected: Shape (m, 4), where the objects are thought to be.
        alike: Shape (n, m), whose class is near enough.
    """
    sides = expected[:, 2:] - expected[:, :2]
    long = np.asarray(sides[:, 0] >= LONG_MIN * sides[:, 1])
    pieces = _pieces(found.boxes, expected, long) & alike
    split = np.flatnonzero(pieces.sum(axis=0) > 1).tolist()
    if not split:
        return found
    overlaps = iou(found.boxes, expected)
    boxes, kept = found.boxes.copy(), np.ones(len(found), np.bool_)
    for whole in split:
        mine = np.flatnonzero(pieces[:, whole] & kept)
        if not len(mine) or overlaps[:, whole].max() > PART_MAX:
            continue
        if hidden(boxes[mine]).max() >= HIDDEN_MAX:
            continue
        low = boxes[mine, :2].min(axis=0)
        union = np.concatenate([low, boxes[mine, 2:].max(axis=0)])[None, :]
        fit = float(iou(union, expected[[whole]])[0, 0])
        gain_min = LONG_GAIN_MIN if long[whole] else GAIN_MIN
        if fit >= overlaps[mine, whole].max() + gain_min:
            kept[mine] = False
            best = mine[found.scores[mine].argmax()]
            kept[best], boxes[best] = True, union
    told = Detections(boxes, found.scores, found.class_ids, found.looked)
    return told if kept.all() else told.only(kept)
