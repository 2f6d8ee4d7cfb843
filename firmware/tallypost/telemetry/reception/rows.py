"""Divides a row of parking spaces, as a camera sees it, into single ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallypost.errors import RecordError

Point = tuple[float, float]
DECIMALS = 4
FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a rectangle on the ground lies on the picture.

    Source: P. Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989),
    2.2.3, "square to quadrilateral".

    Attributes:
        along: What a step along the first side adds to x and y.
        across: What a step along the last side does.
        origin: The first corner.
        tilt: By how much farther away either step is.
    """

    along: Point
    across: Point
    origin: Point
    tilt: Point

    def at(self, u: float, v: float) -> Point:
        """Return where a point of the rectangle lies on the picture.

        Args:
            u: 0..1, from the first corner to the second.
            v: 0..1, from the first corner to the last.
        """
        depth = self.tilt[0] * u + self.tilt[1] * v + 1
        x, y = (
            (self.along[axis] * u + self.across[axis] * v + self.origin[axis]) / depth
            for axis in (0, 1)
        )
        return round(x, DECIMALS), round(y, DECIMALS)


def plane(corners: Sequence[Point]) -> Plane:
    """Return where the ground lies, seen by a rectangle on it.

    Args:
        corners: Four, in order.

    Raises:
        RecordError: No rectangle on the ground looks like that.
    """
    if not _convex(corners):
        told = "are no four corners in order that bend one way; go round the row"
        raise RecordError(f"corners: {told}")
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    whole = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / whole, (dx1 * sy - sx * dy1) / whole
    return Plane(
        along=(x1 - x0 + g * x1, y1 - y0 + g * y1),
        across=(x3 - x0 + h * x3, y3 - y0 + h * y3),
        origin=(x0, y0),
        tilt=(g, h),
    )


def divided(corners: Sequence[Point], spaces: int) -> list[list[Point]]:
    """Return the polygon of each space of a row, in its order.

    Args:
        corners: Of the row: along one long side, and back along the other.
        spaces: How many there are, all as wide.

    Raises:
        RecordError: No rectangle on the ground looks like that.
    """
    ground = plane(corners)
    found = []
    for place in range(spaces):
        low, high = place / spaces, (place + 1) / spaces
        around = ((low, 0), (high, 0), (high, 1), (low, 1))
        found.append([ground.at(*each) for each in around])
    return found


def _convex(corners: Sequence[Point]) -> bool:
    turns = []
    around = [*corners, *corners[:2]]
    for place in range(len(corners)):
        (x1, y1), (x2, y2), (x3, y3) = around[place : place + 3]
        turns.append((x2 - x1) * (y3 - y2) - (y2 - y1) * (x3 - x2))
    return min(turns) > FLAT or max(turns) < -FLAT
