"""Who hides whom, and what is left of them to see."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.torture.language import PICTURE, Occluder

Floats = NDArray[np.float64]

VISIBLE_MIN = 0.3
"""Of whom less is seen is not found at all."""
WHOLE_MIN = 0.6
"""Of whom so much is seen is boxed whole."""
_COLUMNS, _ROWS = 8, 12
_SOLID = {"person": 0.6, "bicycle": 0.0, "motorcycle": 0.3}
_SOLID_VEHICLE = 0.95


def seen_parts(
    boxes: Floats, labels: Sequence[str], occluders: Sequence[Occluder]
) -> tuple[Floats, Floats]:
    """Return the boxes of what is seen of everybody, and how much of them that is.

    Who stands lower on the picture is nearer and hides the others; a person fills only
    the middle of a box, and one sees through a bicycle. What is outside the picture is
    hidden too.

    Args:
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels of the nominal picture.
        labels: The class of each.
        occluders: What else stands in the way.

    Returns:
        Shapes (n, 4) and (n,): boxes around what is seen, clipped to the picture, and
        shares, 0..1.
    """
    screens = np.array(
        [_solid(box, label) for box, label in zip(boxes, labels, strict=True)]
        + [occluder.box for occluder in occluders]
    )
    nearness = np.concatenate([boxes[:, 3], screens[len(boxes) :, 3]])
    columns = (np.arange(_COLUMNS) + 0.5) / _COLUMNS
    rows = (np.arange(_ROWS) + 0.5) / _ROWS
    sides = boxes[:, 2:] - boxes[:, :2]
    x = boxes[:, 0, None] + columns * sides[:, 0, None]  # (n, columns)
    y = boxes[:, 1, None] + rows * sides[:, 1, None]  # (n, rows)
    across = (x[:, :, None] > screens[:, 0]) & (x[:, :, None] < screens[:, 2])
    upright = (y[:, :, None] > screens[:, 1]) & (y[:, :, None] < screens[:, 3])
    nearer = nearness > nearness[: len(boxes), None]
    hidden = np.einsum("nrs,ncs,ns->nrc", upright, across, nearer) > 0
    outside = (y < 0) | (y > PICTURE.height)
    hidden |= outside[:, :, None] | ((x < 0) | (x > PICTURE.width))[:, None, :]
    shares = 1 - hidden.mean(axis=(1, 2))
    parts = boxes.copy()
    for index in np.flatnonzero((shares < WHOLE_MIN) & (shares >= VISIBLE_MIN)):
        parts[index] = _left_of(boxes[index], ~hidden[index])
    limits = np.array([*PICTURE, *PICTURE])
    return np.clip(parts, 0, limits), shares


def _solid(box: Floats, label: str) -> list[float]:
    """Return the part of a box that hides what is behind it."""
    x1, y1, x2, y2 = box.tolist()
    middle, half = (x1 + x2) / 2, (x2 - x1) / 2 * _SOLID.get(label, _SOLID_VEHICLE)
    return [middle - half, y1, middle + half, y2]


def _left_of(box: Floats, visible: NDArray[np.bool_]) -> Floats:
    """Return the box around the visible cells of a box."""
    rows = np.flatnonzero(visible.any(axis=1))
    columns = np.flatnonzero(visible.any(axis=0))
    side = box[2:] - box[:2]
    low = np.array([columns[0] / _COLUMNS, rows[0] / _ROWS])
    high = np.array([(columns[-1] + 1) / _COLUMNS, (rows[-1] + 1) / _ROWS])
    return np.concatenate([box[:2] + low * side, box[:2] + high * side])
