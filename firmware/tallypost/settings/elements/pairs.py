"""Whether points of the picture and places on the ground can belong together.

Numbers stay small here, so that no half that only reads settings must load NumPy.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

XY = tuple[float, float]
Triple = tuple[int, int, int]

FLAT = 0.02
"""Three points are on a line if the triangle is lower than this part of its longest
side."""
AREA_MIN = 0.0025
"""The least part of the picture that some triangle of the points covers."""
SPAN_M_MIN = 2.0


def pairs_fault(noun: str, picture: Sequence[XY], ground_m: Sequence[XY]) -> str | None:
    """Return what is wrong with pairs, or None: a camera could see them so.

    A camera sees all points of the ground from the same side and before itself, so any
    three of them go round the same way on the picture as on the ground, or all of them
    the other way. Source: R. Hartley, A. Zisserman, "Multiple View Geometry in Computer
    Vision", 2nd edition, 21.1 "Quasi-affine transformations".

    Args:
        noun: What a point is called in messages.
        picture: x y in 0..1 of the picture.
        ground_m: The same points on the ground, in metres.
    """
    if twice := _twice(picture) or _twice(ground_m):
        one, other = twice
        return f"{noun}[{other}] is the same place as {noun}[{one}]; give each its own"
    if math.dist(*_farthest(ground_m)) < SPAN_M_MIN:
        return f"lie within {SPAN_M_MIN:g} m; take places farther apart"
    for points, where in ((picture, "on the picture"), (ground_m, "on the ground")):
        if told := _flat(noun, points, where):
            return told
    if max(abs(_area(picture, each)) for each in _triples(picture)) < AREA_MIN:
        return (
            "cover too little of the picture to measure by; take points farther apart"
        )
    return _twisted(noun, picture, ground_m)


def _triples(points: Sequence[XY]) -> Iterator[Triple]:
    return combinations(range(len(points)), 3)


def _area(points: Sequence[XY], triple: Triple) -> float:
    """Return a triangle's area: above 0 if it goes round to the right on a picture."""
    (x1, y1), (x2, y2), (x3, y3) = (points[each] for each in triple)
    return ((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / 2


def _farthest(points: Sequence[XY]) -> tuple[XY, XY]:
    return max(combinations(points, 2), key=lambda pair: math.dist(*pair))


def _is_flat(points: Sequence[XY], triple: Triple) -> bool:
    longest = math.dist(*_farthest([points[each] for each in triple]))
    return 2 * abs(_area(points, triple)) < FLAT * longest**2


def _twice(points: Sequence[XY]) -> tuple[int, int] | None:
    """Return two places in the list that hold the same point."""
    for one, other in combinations(range(len(points)), 2):
        if points[one] == points[other]:
            return one, other
    return None


def _flat(noun: str, points: Sequence[XY], where: str) -> str | None:
    """Return a fault where no four points are free of three on a line."""
    flat = {each for each in _triples(points) if _is_flat(points, each)}
    for four in combinations(range(len(points)), 4):
        if not flat & set(combinations(four, 3)):
            return None
    told = _named(noun, min(flat))
    return f"{told} lie on a line {where}; take four of which no three do"


def _twisted(noun: str, picture: Sequence[XY], ground_m: Sequence[XY]) -> str | None:
    """Return a fault where some triangles are turned over and others are not."""
    same: dict[bool, list[Triple]] = {True: [], False: []}
    for each in _triples(picture):
        if not (_is_flat(picture, each) or _is_flat(ground_m, each)):
            same[_area(picture, each) * _area(ground_m, each) > 0].append(each)
    fewer = min(same.values(), key=len)
    if not fewer:
        return None
    told = _named(noun, fewer[0])
    return (
        f"{told} go round otherwise than the rest, which no camera sees; give the "
        "points in the same order on the picture and on the ground, all below the "
        "horizon"
    )


def _named(noun: str, triple: Triple) -> str:
    one, two, three = (f"{noun}[{each}]" for each in triple)
    return f"{one}, {two} and {three}"
