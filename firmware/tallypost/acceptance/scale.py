"""How long a way on the picture is on the ground, without numpy."""

import math
from collections.abc import Sequence

XY = tuple[float, float]
_POINTS_MIN = 4
_UNKNOWNS = 8
_NUDGE = 0.01
_SINGULAR = 1e-12


def metres_a_unit(
    picture: Sequence[XY], ground_m: Sequence[XY], at: XY, towards: XY
) -> float | None:
    """Return how many metres a unit of the picture is, at one place and one way.

    Args:
        picture: Four points or more, x y in 0..1 of the picture.
        ground_m: Where the same points are on the ground, in metres.
        at: The place on the picture.
        towards: Which way: any vector but none.

    Returns:
        None where the points tell nothing, or the place is beyond the horizon.
    """
    length = math.hypot(*towards)
    if len(picture) < _POINTS_MIN or len(picture) != len(ground_m) or not length:
        return None
    # From the midst of the points, which is on this side of the horizon.
    midst = [sum(each) / len(picture) for each in zip(*picture, strict=True)]
    matrix = _homography([(x - midst[0], y - midst[1]) for x, y in picture], ground_m)
    if matrix is None:
        return None
    x, y = (_NUDGE * each / length for each in towards)
    ends = [
        (at[0] - midst[0] + sign * x, at[1] - midst[1] + sign * y) for sign in (-1, 1)
    ]
    places = [_placed(matrix, each) for each in ends]
    if None in places:
        return None
    (x1, y1), (x2, y2) = [each for each in places if each is not None]
    return math.hypot(x2 - x1, y2 - y1) / (2 * _NUDGE)


def _homography(picture: Sequence[XY], ground_m: Sequence[XY]) -> list[float] | None:
    """Return what takes the picture to the ground; its last number is 1, left out.

    Source: R. Hartley, A. Zisserman, "Multiple View Geometry in Computer Vision", 2nd
    edition, 4.1.2 "Inhomogeneous solution", by the normal equations.
    """
    rows = []
    for (x, y), (u, v) in zip(picture, ground_m, strict=True):
        rows.append([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u])
        rows.append([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v])
    normal = [
        [sum(row[i] * row[j] for row in rows) for j in range(_UNKNOWNS + 1)]
        for i in range(_UNKNOWNS)
    ]
    return _solved(normal)


def _solved(rows: list[list[float]]) -> list[float] | None:
    """Return what solves linear equations, by elimination; None where nothing does."""
    count = len(rows)
    for step in range(count):
        pivot = max(range(step, count), key=lambda row: abs(rows[row][step]))
        rows[step], rows[pivot] = rows[pivot], rows[step]
        if abs(rows[step][step]) < _SINGULAR:
            return None
        for row in range(count):
            if row != step:
                share = rows[row][step] / rows[step][step]
                rows[row] = [
                    each - share * other
                    for each, other in zip(rows[row], rows[step], strict=True)
                ]
    return [rows[step][count] / rows[step][step] for step in range(count)]


def _placed(matrix: Sequence[float], point: XY) -> XY | None:
    a, b, c, d, e, f, g, h = matrix
    x, y = point
    weight = g * x + h * y + 1.0
    if weight <= _SINGULAR:
        return None
    return (a * x + b * y + c) / weight, (d * x + e * y + f) / weight
