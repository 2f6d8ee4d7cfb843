"""Which boxes are those of vehicles on which spaces, and which spaces are hidden.

A camera sees the side or the front of a vehicle, not the ground under it, so how much
of a space a box covers says little: a van covers its neighbours' spaces and the row
behind. But a vehicle on a space begins on the picture where its space does: its box has
the space's lower edge and lies within the space's width. That is what is compared here,
with one exception: the lower edge of a box that goes behind another vehicle is not
where its vehicle ends.
"""

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import Boxes, areas

Numbers = NDArray[np.float64]
Fits = NDArray[np.float64]
"""Shape (boxes, spaces), 0..1: 1 stands on it as drawn, 0 stands elsewhere."""

FIT_MIN = 0.4
_WIDE = 1.7
"""A vehicle that is so many spaces wide stands on all that it covers."""
_COVER_MIN = 0.8
_ALIKE = 0.8
"""A wide vehicle covers this share of a space's width, and fits it so well compared
with the one that it fits best."""
_BODY_SHARE = 0.4
"""How high a vehicle rises above its space, in widths of the space, about:
0.55 for a car seen from its end, 0.25 from its side."""
_SWAY_SHARE = 0.1
"""How far the lower edge of a box sways, in its heights."""
_OVERHANG = 0.6
"""A box that ends nearer than its space fits worse than one that ends farther: vehicles
are shorter than spaces, and those before them wait or pass by."""
_BEHIND = 0.9
_BEHIND_STEP = 0.15
"""What a box whose lower edge is hidden fits at most, and how much less for each depth
of a space that would be hidden."""
_CUT_SHARE = 0.4
"""Who hides the lower edge of a box covers this share of its width: two that stand side
by side hide half each."""
_NEARER = 0.25
"""Who is nearer than a space ends below it by so many of the space's depths."""


def fits(boxes: Boxes, spaces: Boxes, everybody: Boxes) -> Fits:
    """Return how well each box fits each space.

    Args:
        boxes: Shape (m, 4), of vehicles that stand.
        spaces: Shape (n, 4), the boxes around spaces.
        everybody: Shape (k, 4), of whoever may stand before them.
    """
    rows, columns = _abreast(boxes, spaces)
    box, space = boxes[rows].astype(np.float64), spaces[columns]
    found = np.zeros((len(boxes), len(spaces)))
    found[rows, columns] = _across(box, space) * _down(
        box, space, _cut(boxes, everybody)[rows]
    )
    return found


def _across(box: Boxes, space: Boxes) -> Numbers:
    """Return how well boxes lie within the width of their spaces: shape (n,)."""
    width, breadth = box[:, 2] - box[:, 0], space[:, 2] - space[:, 0]
    shared = _shared(box, space)
    aside = np.abs(box[:, 0] + box[:, 2] - space[:, 0] - space[:, 2]) / (4 * breadth)
    wide = (width > _WIDE * breadth) & (shared > _COVER_MIN * breadth)
    within = shared / np.minimum(width, breadth) * (1 - np.minimum(aside, 1))
    return np.where(wide, 1.0, within)


def _down(box: Boxes, space: Boxes, cut: Numbers) -> Numbers:
    """Return how well the lower edges of boxes are those of their spaces: shape (n,).

    Args:
        box: Shape (n, 4).
        space: Shape (n, 4).
        cut: Shape (n,), how far down each box may go on behind others.
    """
    depth, gap = space[:, 3] - space[:, 1], space[:, 3] - box[:, 3]
    sway = np.minimum(_SWAY_SHARE * (box[:, 3] - box[:, 1]), depth / 2)
    room = np.where(gap > 0, 1.0, _OVERHANG) * depth + sway
    hidden = (gap > 0) & (space[:, 3] < cut - _NEARER * depth)
    behind = np.where(hidden, _BEHIND - _BEHIND_STEP * gap / depth, 0.0)
    return np.maximum(np.maximum(1 - (gap / room) ** 2, behind), 0.0)


def chosen(found: Fits, boxes: Boxes, spaces: Boxes) -> tuple[NDArray[np.intp], ...]:
    """Return which boxes stand on which spaces: rows and columns of the fits.

    A space has one box at most, a box one space, unless it is wide.
    """
    if not found.size:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    wide = (boxes[:, 2] - boxes[:, 0])[:, None] > _WIDE * (spaces[:, 2] - spaces[:, 0])
    best = found.max(axis=1, keepdims=True)
    mine = found >= np.where(wide, _ALIKE * best, best)
    rest = np.where(mine & (found >= FIT_MIN), found, 0.0)
    columns = np.flatnonzero(rest.max(axis=0))
    return rest[:, columns].argmax(axis=0), columns


def overlaps(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """Return how much of the smaller one two boxes have in common: shape (n,)."""
    low = np.maximum(first[:, :2], second[:, :2])
    sides = np.maximum(np.minimum(first[:, 2:], second[:, 2:]) - low, 0)
    smaller = np.minimum(areas(first), areas(second))
    return np.asarray(sides[:, 0] * sides[:, 1] / np.where(smaller > 0, smaller, 1))


def hidden_shares(spaces: Boxes, boxes: Boxes) -> NDArray[np.float64]:
    """Return how much is hidden of where vehicles on spaces would be: shape (n,), 0..1.

    Args:
        spaces: Shape (n, 4), the boxes around spaces.
        boxes: Shape (m, 4), of everybody; who hides one place twice counts twice.
    """
    rows, columns = _abreast(boxes, spaces)
    box, space = boxes[rows].astype(np.float64), spaces[columns]
    breadth, depth = space[:, 2] - space[:, 0], space[:, 3] - space[:, 1]
    top = space[:, 1] - _BODY_SHARE * breadth
    tall = np.minimum(box[:, 3], space[:, 3]) - np.maximum(box[:, 1], top)
    nearer = box[:, 3] > space[:, 3] + _NEARER * depth
    covered = np.where(nearer, _shared(box, space) * np.maximum(tall, 0), 0.0)
    shares = covered / (breadth * (space[:, 3] - top))
    return np.minimum(np.bincount(columns, shares, len(spaces)), 1)


def _abreast(boxes: Boxes, spaces: Boxes) -> tuple[NDArray[np.intp], ...]:
    """Return which boxes are over, on or under which spaces: rows and columns."""
    return np.nonzero(
        (boxes[:, 0, None] < spaces[:, 2]) & (boxes[:, 2, None] > spaces[:, 0])
    )


def _shared(boxes: Boxes, others: Boxes) -> Numbers:
    """Return how much of their width boxes share: pixels."""
    low = np.maximum(boxes[..., 0], others[..., 0])
    return np.asarray(np.maximum(np.minimum(boxes[..., 2], others[..., 2]) - low, 0))


def _cut(boxes: Boxes, everybody: Boxes) -> NDArray[np.float64]:
    """Return how far down each box may go on behind others: shape (m,), pixels.

    Somebody hides its lower edge who ends below it and begins about there or above, and
    covers a good part of its width.
    """
    sway = _SWAY_SHARE * (boxes[:, 3] - boxes[:, 1])[:, None]
    lower = boxes[:, 3, None]
    before = (everybody[:, 3] > lower + sway) & (everybody[:, 1] < lower + sway)
    before &= (
        _shared(boxes[:, None], everybody)
        > _CUT_SHARE * (boxes[:, 2] - boxes[:, 0])[:, None]
    )
    reach = np.where(before, everybody[:, 3], -np.inf)
    return np.asarray(reach.max(axis=1, initial=-np.inf))
