"""Whether what was drawn on the picture is a line or a zone; points are in 0..1."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tallypost.settings.base import refuse

LENGTH_MIN = 0.01
"""Shortest line, as a part of the picture; a shorter one is a slip of the finger."""
AREA_MIN = 0.0001
"""Smallest zone, as a part of the picture: a hundredth of its width and height."""

Point = tuple[float, float]
Edge = tuple[Point, Point]


def length_fault(start: Point, end: Point) -> str | None:
    """Return what is wrong with a line's end, or None."""
    if start == end:
        return "is the same point as start; a line needs two"
    if math.dist(start, end) < LENGTH_MIN:
        return (
            f"is less than {LENGTH_MIN:.0%} of the picture away from start; draw the "
            "line longer"
        )
    return None


def simple_polygon(polygon: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the polygon if it is one: it neither crosses nor touches itself."""
    if polygon[0] == polygon[-1]:
        refuse("ends with the corner it begins with; leave that out: it closes itself")
    edges = list(pairwise([*polygon, polygon[0]]))
    for edge, before in zip(edges, [edges[-1], *edges], strict=False):
        if edge[0] == edge[1]:
            refuse(f"has the corner {list(edge[0])} twice in a row; name it once")
        if _folds_back(edge, before):
            told = f"turns back on itself at the corner {list(edge[0])}"
            refuse(f"{told}; go round the zone in order")
    for one, other in _strangers(edges):
        if _meet(one, other):
            told = f"crosses or touches itself: {_told(one)} meets {_told(other)}"
            refuse(f"{told}; go round the zone in order")
    if area(polygon) < AREA_MIN:
        refuse(f"covers less than {AREA_MIN:.2%} of the picture; draw it larger")
    return polygon


def convex(polygon: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the polygon if it bends one way only, as a rectangle on the ground does.

    Args:
        polygon: Neither crosses nor touches itself.
    """
    around = [*polygon, *polygon[:2]]
    turns = [_turn(*around[place : place + 3]) for place in range(len(polygon))]
    for corner, turn in zip(around[1:], turns, strict=False):
        if turn != max(turns, key=turns.count):
            told = f"bends inward, or not at all, at the corner {list(corner)}"
            refuse(f"{told}; no rectangle on the ground looks like that")
    return polygon


def _strangers(edges: Sequence[Edge]) -> Iterator[tuple[Edge, Edge]]:
    """Tell all pairs of edges that have no corner in common."""
    for i, edge in enumerate(edges):
        first_meets_last = i == 0
        for other in edges[i + 2 : len(edges) - first_meets_last]:
            yield edge, other


def _told(edge: Edge) -> str:
    return f"the edge from {list(edge[0])} to {list(edge[1])}"


def area(polygon: Sequence[Point]) -> float:
    """Return a simple polygon's area. Source: the shoelace formula."""
    around = pairwise([*polygon, polygon[0]])
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)) / 2


def _turn(first: Point, second: Point, third: Point) -> int:
    """Return which way a path bends: 1 right as seen on the picture, -1 left, 0 not."""
    (x1, y1), (x2, y2), (x3, y3) = first, second, third
    span = (x2 - x1) * (y3 - y1) - (y2 - y1) * (x3 - x1)
    return (span > 0) - (span < 0)


def _folds_back(edge: Edge, before: Edge) -> bool:
    """Return whether an edge runs back along the one before it."""
    (x0, y0), (x1, y1), (x2, y2) = before[0], edge[0], edge[1]
    onward = (x1 - x0) * (x2 - x1) + (y1 - y0) * (y2 - y1)
    return onward < 0 and not _turn(before[0], edge[0], edge[1])


def _between(edge: Edge, point: Point) -> bool:
    """Return whether a point in line with an edge lies on it."""
    return all(
        min(a, b) <= p <= max(a, b) for a, b, p in zip(*edge, point, strict=True)
    )


def _meet(one: Edge, other: Edge) -> bool:
    """Return whether two edges share a point, ends included.

    Source: Cormen et al., "Introduction to Algorithms", segments-intersect.
    """
    ends = [(one, other[0]), (one, other[1]), (other, one[0]), (other, one[1])]
    turns = [_turn(*edge, point) for edge, point in ends]
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    return any(
        not turn and _between(edge, point)
        for turn, (edge, point) in zip(turns, ends, strict=True)
    )
