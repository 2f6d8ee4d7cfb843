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
    widths, breadths = boxes[:, 2] - boxes[:, 0], spaces[:, 2] - spaces[:, 0]
    shared = _shared(boxes, spaces)
    beside = shared / np.minimum(widths[:, None], breadths)
    middles = (boxes[:, 0] + boxes[:, 2])[:, None] - (spaces[:, 0] + spaces[:, 2])
    across = beside * (1 - np.minimum(np.abs(middles) / (4 * breadths), 1))
    wide = (widths[:, None] > _WIDE * breadths) & (shared > _COVER_MIN * breadths)
    across[wide] = 1.0
    depths = spaces[:, 3] - spaces[:, 1]
    gaps = spaces[:, 3] - boxes[:, 3, None]
    sway = _SWAY_SHARE * (boxes[:, 3] - boxes[:, 1])[:, None]
    room = np.where(gaps > 0, 1.0, _OVERHANG) * depths + np.minimum(sway, depths / 2)
    upright = np.clip(1 - (gaps / room) ** 2, 0, 1)
    reach = _cut(boxes, everybody)[:, None] - _NEARER * depths
    hidden = (gaps > 0) & (spaces[:, 3] < reach)
    upright = np.where(
        hidden, np.maximum(upright, _BEHIND - _BEHIND_STEP * gaps / depths), upright
    )
    return np.asarray(across * np.maximum(upright, 0))


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
    breadths, depths = spaces[:, 2] - spaces[:, 0], spaces[:, 3] - spaces[:, 1]
    tops = spaces[:, 1] - _BODY_SHARE * breadths
    nearer = boxes[:, 3, None] > spaces[:, 3] + _NEARER * depths
    lows = np.minimum(boxes[:, 3, None], spaces[:, 3])
    tall = np.maximum(lows - np.maximum(boxes[:, 1, None], tops), 0)
    shared = (_shared(boxes, spaces) * tall * nearer).sum(axis=0)
    return np.asarray(np.minimum(shared / (breadths * (spaces[:, 3] - tops)), 1))


def _shared(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """Return how much of their width boxes share with others: shape (m, n), pixels."""
    high = np.minimum(boxes[:, 2, None], others[:, 2])
    return np.asarray(np.maximum(high - np.maximum(boxes[:, 0, None], others[:, 0]), 0))


def _cut(boxes: Boxes, everybody: Boxes) -> NDArray[np.float64]:
    """Return how far down each box may go on behind others: shape (m,), pixels.

    Somebody hides its lower edge who ends below it and begins about there or above, and
    covers a good part of its width.
    """
    sway = _SWAY_SHARE * (boxes[:, 3] - boxes[:, 1])[:, None]
    lower = boxes[:, 3, None]
    before = (everybody[:, 3] > lower + sway) & (everybody[:, 1] < lower + sway)
    before &= (
        _shared(boxes, everybody) > _CUT_SHARE * (boxes[:, 2] - boxes[:, 0])[:, None]
    )
    reach = np.where(before, everybody[:, 3], -np.inf)
    return np.asarray(reach.max(axis=1, initial=-np.inf))
