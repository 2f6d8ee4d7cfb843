"""Keeps one box of each object: class-aware non-maximum suppression."""

import numpy as np
from numpy.typing import NDArray

CANDIDATES_MAX = 300
"""Of more, the best are looked at: no street scene holds as many objects."""


def suppress(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    class_ids: NDArray[np.int64],
    iou_max: float,
) -> NDArray[np.intp]:
    """Return which boxes stay, best score first.

    A box goes if it overlaps one of its own class with a better score by more than
    `iou_max`.

    Args:
        boxes: Shape (n, 4), x1 y1 x2 y2.
        scores: Shape (n,).
        class_ids: Shape (n,).
        iou_max: Intersection over union, 0..1; kept when <=.

    Returns:
        Shape (m,), indices, m <= CANDIDATES_MAX.
    """
    order = np.argsort(-scores, kind="stable")[:CANDIDATES_MAX]
    if len(order) <= 1:
        return order
    corners = boxes[order]
    # classes are laid out so far apart that boxes of two of them never meet
    apart = np.float32(corners.max() - corners.min() + 1)
    corners = corners + (class_ids[order] * apart).astype(np.float32)[:, None]
    return order[_greedy(corners, iou_max)]


def _greedy(corners: NDArray[np.float32], iou_max: float) -> NDArray[np.intp]:
    """Return which of some boxes, best first, stay: shape (m,), indices."""
    x1, y1, x2, y2 = np.ascontiguousarray(corners.T)
    areas = (x2 - x1) * (y2 - y1)
    left = np.arange(len(corners))
    kept = []
    while len(left):
        best, rest = left[0], left[1:]
        kept.append(best)
        width = np.minimum(x2[rest], x2[best]) - np.maximum(x1[rest], x1[best])
        height = np.minimum(y2[rest], y2[best]) - np.maximum(y1[rest], y1[best])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        # shared / union > iou_max, without dividing by an empty union
        union = areas[rest] + areas[best] - shared
        left = rest[shared <= iou_max * union]
    return np.array(kept, np.intp)
