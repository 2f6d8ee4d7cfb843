"""A street that is drawn: kerbs and poles stand still, persons and vehicles go."""

import base64
import math
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
WIDE, HIGH = 96, 54
ROUND = 128

STILL: tuple[tuple[Point, ...], ...] = (
    ((0.0, 0.96), (0.44, 0.30), (0.56, 0.30), (1.0, 0.92)),  # kerbs
    ((0.0, 0.72), (0.40, 0.29)),
    ((0.60, 0.29), (1.0, 0.66)),
    ((0.0, 0.30), (0.44, 0.30)),  # where houses stand
    ((0.56, 0.30), (1.0, 0.28)),
    ((0.06, 0.30), (0.06, 0.04), (0.22, 0.08), (0.22, 0.30)),
    ((0.22, 0.12), (0.33, 0.15), (0.33, 0.30)),
    ((0.68, 0.29), (0.68, 0.10), (0.86, 0.05), (0.86, 0.29)),
    ((0.10, 0.12), (0.14, 0.12), (0.14, 0.20), (0.10, 0.20), (0.10, 0.12)),
    ((0.74, 0.13), (0.79, 0.12), (0.79, 0.21), (0.74, 0.21), (0.74, 0.13)),
    ((0.80, 0.62), (0.80, 0.18), (0.73, 0.17)),  # a lamp
    ((0.31, 0.44), (0.69, 0.44)),  # a crossing
    ((0.29, 0.48), (0.71, 0.48)),
)


@dataclass(frozen=True, slots=True)
class Mover:
    """Who goes from one place to another, again and again.

    Attributes:
        class_name: What it is.
        begin: Where its foot comes in.
        end: Where it goes out.
        takes_s: For how long it is seen.
        pause_s: Until it comes again.
        tall: How high it is at the lower edge, as a part of the picture.
        slim: Its width to its height.
    """

    class_name: str
    begin: Point
    end: Point
    takes_s: float
    pause_s: float
    tall: float
    slim: float

    def foot(self, at_s: float) -> Point | None:
        """Return where it stands; None while it is away."""
        since_s = at_s % (self.takes_s + self.pause_s)
        if since_s > self.takes_s:
            return None
        part = since_s / self.takes_s
        x = self.begin[0] + part * (self.end[0] - self.begin[0])
        return x, self.begin[1] + part * (self.end[1] - self.begin[1])

    def box(self, at_s: float) -> list[object] | None:
        """Return its class and its box; None while it is away."""
        foot = self.foot(at_s)
        if foot is None:
            return None
        tall = self.tall * max(0.1, foot[1] - 0.25) / 0.7
        sides = (
            foot[0] - tall * self.slim / 2,
            foot[1] - tall,
            foot[0] + tall * self.slim / 2,
            foot[1],
        )
        return [self.class_name, *(coarse(side) for side in sides)]


def coarse(part: float) -> float:
    """Return a coordinate as the wall lets it through."""
    return min(ROUND, max(0, round(part * ROUND))) / ROUND


MOVERS = (
    Mover("person", (0.10, 0.93), (0.92, 0.80), 9.0, 1.0, 0.42, 0.22),
    Mover("person", (0.78, 0.50), (0.24, 0.56), 7.0, 2.5, 0.42, 0.22),
    Mover("bicycle", (0.60, 0.34), (0.30, 0.96), 5.0, 2.0, 0.40, 0.4),
    Mover("car", (0.53, 0.33), (0.72, 0.99), 4.0, 3.0, 0.42, 0.9),
    Mover("car", (0.34, 0.97), (0.47, 0.33), 5.0, 6.0, 0.42, 0.9),
)


def sketch() -> dict[str, object]:
    """Return the street's still edges as the reception tells them."""
    bits = bytearray(math.ceil(WIDE * HIGH / 8))
    for stroke in STILL:
        for begin, end in pairwise(stroke):
            for step in range(201):
                x = begin[0] + (end[0] - begin[0]) * step / 200
                y = begin[1] + (end[1] - begin[1]) * step / 200
                place = min(HIGH - 1, int(y * HIGH)) * WIDE + min(
                    WIDE - 1, int(x * WIDE)
                )
                bits[place >> 3] |= 0x80 >> (place & 7)
    cells = base64.b64encode(bytes(bits)).decode()
    return {"width": WIDE, "height": HIGH, "cells": cells}


def crossing(line: dict[str, object], before: Point, after: Point) -> str | None:
    """Return which way a step leads over a line, if it does."""
    start, end = line["start"], line["end"]
    assert isinstance(start, list)
    assert isinstance(end, list)
    was, now = _side(start, end, before), _side(start, end, after)
    if was * now >= 0 or _side(before, after, start) * _side(before, after, end) >= 0:
        return None
    return "forward" if now > 0 else "backward"


def _side(
    start: list[float] | Point, end: list[float] | Point, point: list[float] | Point
) -> float:
    """Return more than 0 to the right of an arrow, on a picture whose y grows down."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (
        point[0] - start[0]
    )
