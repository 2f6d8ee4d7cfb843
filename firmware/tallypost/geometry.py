"""Boxes, lines and polygons: pure functions over arrays; y grows downward."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Shape (n, 2), x y."""
Spans = NDArray[np.floating]
"""Shape (n, 2), from where to where along one side of the picture."""
Boxes = NDArray[np.floating]
"""Shape (n, 4), x1 y1 x2 y2."""


def foot_points(boxes: Boxes) -> Points:
    """Return where boxes meet the ground: shape (n, 2), middle of the lower edge."""
    points = np.empty((len(boxes), 2))
    points[:, 0] = (boxes[:, 0] + boxes[:, 2]) / 2
    points[:, 1] = boxes[:, 3]
    return points


def centre_points(boxes: Boxes) -> Points:
    """Return the middle of boxes: shape (n, 2)."""
    return ((boxes[:, :2] + boxes[:, 2:]) / 2).astype(np.float64)


def areas(boxes: Boxes) -> NDArray[np.floating]:
    """Return the area of boxes: shape (n,), 0 where a box is turned inside out."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def shared_lengths(first: Spans, second: Spans) -> NDArray[np.floating]:
    """Return how long every span of one set and every span of another are together.

    One side of boxes at a time: arrays of two columns would be walked two by two.

    Args:
        first: Shape (n, 2), from where to where.
        second: Shape (m, 2).

    Returns:
        Shape (n, m); below 0 by how far they are apart.
    """
    high = np.minimum(first[:, 1, None], second[None, :, 1])
    high -= np.maximum(first[:, 0, None], second[None, :, 0])
    return high


def shared_areas(first: Boxes, second: Boxes) -> NDArray[np.floating]:
    """Return what every box of one set and every box of another have in common.

    Args:
        first: Shape (n, 4), x1 y1 x2 y2.
        second: Shape (m, 4).

    Returns:
        Shape (n, m), areas; 0 where they are apart.
    """
    width = shared_lengths(first[:, 0::2], second[:, 0::2])
    height = shared_lengths(first[:, 1::2], second[:, 1::2])
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))


def iou(first: Boxes, second: Boxes) -> NDArray[np.floating]:
    """Return how much every box of one set overlaps every box of another.

    Args:
        first: Shape (n, 4), x1 y1 x2 y2.
        second: Shape (m, 4).

    Returns:
        Shape (n, m): intersection over union, 0..1; 0 where both areas are 0.
    """
    shared = shared_areas(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    return np.asarray(shared / np.where(union > 0, union, 1))


def signed_distances(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """Return how far points lie from the endless line through start and end.

    Args:
        points: Shape (n, 2).
        start: Shape (2,), where the line begins.
        end: Shape (2,), where it ends; not the same point.

    Returns:
        Shape (n,): positive to the right of start -> end as seen on the picture.
    """
    along = (end - start) / np.hypot(*(end - start))
    away = points - start
    return np.asarray(along[0] * away[:, 1] - along[1] * away[:, 0])


def crosses(before: Points, after: Points, start: Points, end: Points) -> bool:
    """Return whether the way before -> after meets the segment start -> end.

    All four have shape (2,). Touching counts; moving along the line does not.
    """
    way, line = after - before, end - start
    span = way[0] * line[1] - way[1] * line[0]
    if span == 0:
        return False
    gap = start - before
    on_way = (gap[0] * line[1] - gap[1] * line[0]) / span
    on_line = (gap[0] * way[1] - gap[1] * way[0]) / span
    return bool(0 <= on_way <= 1 and 0 <= on_line <= 1)


def inside(points: Points, polygon: Points) -> NDArray[np.bool_]:
    """Return which points lie inside a polygon.

    Args:
        points: Shape (n, 2).
        polygon: Shape (m, 2), m >= 3, corners in order; closes by itself.

    Returns:
        Shape (n,). Source: W. R. Franklin, "PNPOLY", even-odd rule.
    """
    x, y = points[:, 0, None], points[:, 1, None]
    x1, y1 = polygon[:, 0], polygon[:, 1]
    x2, y2 = np.concatenate((polygon[1:], polygon[:1])).T
    straddles = (y1 > y) != (y2 > y)
    rise = np.where(y2 == y1, 1.0, y2 - y1)
    left_of = x < (x2 - x1) * (y - y1) / rise + x1
    return np.asarray(np.count_nonzero(straddles & left_of, axis=1) % 2 == 1)


def divided(corners: Points, count: int) -> NDArray[np.float64]:
    """Return the parts of a rectangle on the ground, as a camera sees them.

    Args:
        corners: Shape (4, 2), of the whole on the picture, convex, going round it: the
            parts lie side by side from the first corner to the second.
        count: How many parts of one width.

    Returns:
        Shape (count, 4, 2), the corners of each. Source: P. Heckbert, "Fundamentals of
        Texture Mapping and Image Warping" (1989), 2.2.3, "Square to quadrilateral".
    """
    first, second, third, fourth = corners
    skew, right, left = first - second + third - fourth, second - third, fourth - third
    span = right[0] * left[1] - right[1] * left[0]
    across = (skew[0] * left[1] - skew[1] * left[0]) / span
    along = (right[0] * skew[1] - right[1] * skew[0]) / span
    shares = np.linspace(0, 1, count + 1)[:, None]
    near = first + shares * (second - first + across * second)
    far = near + fourth - first + along * fourth
    near = near / (1 + across * shares)
    far = far / (1 + across * shares + along)
    return np.stack([near[:-1], near[1:], far[1:], far[:-1]], axis=1)
