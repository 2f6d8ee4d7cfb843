"""Fills shapes with dots, for printers and screens that know nothing else.

A dot is filled where its centre lies within: grey edges would come out of a printer of
labels as ragged ones.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, dist, sqrt

import numpy as np
from numpy.typing import NDArray

from tallypost.documents.drawing.drawing import Outline, Point, Segment, Shape

CHORDS_MAX = 32
Dots = NDArray[np.bool_]
"""Shape (height, width): whether each is filled."""


def fill(
    dots: Dots, shape: Shape, dots_per_pt: float, *, even_odd: bool, dark: bool
) -> None:
    """Make the dots of a page that a shape covers dark, or light again.

    Args:
        dots: The page; what of the shape lies beside it is not drawn.
        shape: Outlines in points from the page's upper left.
        dots_per_pt: How many dots are in a row of one point.
        even_odd: Whether there is a hole where two outlines overlap; else there is one
            where they turn against each other.
        dark: What its dots become.
    """
    height, width = dots.shape
    rows, places, turns = _crossings(shape, height, dots_per_pt)
    if not rows.size:
        return
    columns = np.clip(np.ceil(places - 0.5), 0, width).astype(np.intp)
    top, left = rows.min(), columns.min()
    order = np.lexsort((places, rows))
    winding = np.cumsum(turns[order])
    inside = winding % 2 if even_odd else np.minimum(np.abs(winding), 1)
    edges = np.zeros((rows.max() + 1 - top, columns.max() + 1 - left), np.int8)
    at = rows[order] - top, columns[order] - left
    np.add.at(edges, at, np.diff(inside, prepend=0).astype(np.int8))
    covered = np.cumsum(edges[:, :-1], axis=1, dtype=np.int8) > 0
    there = dots[top : rows.max() + 1, left : columns.max()]
    there[covered] = dark


def _crossings(
    shape: Shape, height: int, dots_per_pt: float
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.int64]]:
    """Return where outlines cross the middle of a row: row, place, and which way."""
    edges = np.array(list(_edges(shape, dots_per_pt)), float).reshape(-1, 4)
    x, y, end_x, end_y = edges.T
    first, last = (
        np.clip(np.ceil(each - 0.5), 0, height).astype(np.intp)
        for each in (np.minimum(y, end_y), np.maximum(y, end_y))
    )
    counts = last - first
    which = np.repeat(np.arange(len(edges)), counts)
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = first[which] + within
    slope = (end_x - x)[which] / (end_y - y)[which]
    places = x[which] + (rows + 0.5 - y[which]) * slope
    return rows, places, np.sign(end_y - y)[which].astype(np.int64)


def _edges(
    shape: Shape, dots_per_pt: float
) -> Iterator[tuple[float, float, float, float]]:
    """Yield the straight edges of all outlines, in dots."""
    for outline in shape.outlines:
        for start, end in pairwise(_corners(outline, dots_per_pt)):
            yield (
                start[0] * dots_per_pt,
                start[1] * dots_per_pt,
                end[0] * dots_per_pt,
                end[1] * dots_per_pt,
            )


def _corners(outline: Outline, dots_per_pt: float) -> Iterator[Point]:
    """Yield the corners of an outline whose curves are chords, back to the first."""
    at = outline.start
    yield at
    for step in outline.segments:
        yield from _chords(at, step, dots_per_pt)
        at = step.end
    yield outline.start


def _chords(start: Point, step: Segment, dots_per_pt: float) -> Iterator[Point]:
    if step.handles is not None:
        (ax, ay), (bx, by) = step.handles
        reach = dist(start, (ax, ay)) + dist((bx, by), step.end)
        count = min(CHORDS_MAX, 2 + ceil(sqrt(reach * dots_per_pt)))
        for place in range(1, count):
            t = place / count
            u = 1 - t
            yield (
                u**3 * start[0]
                + 3 * u * u * t * ax
                + 3 * u * t * t * bx
                + t**3 * step.end[0],
                u**3 * start[1]
                + 3 * u * u * t * ay
                + 3 * u * t * t * by
                + t**3 * step.end[1],
            )
    yield step.end
