"""What is on a printed page: words and filled shapes, in points from its upper left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

A4_PT = (595.0, 842.0)
"""Width and height. Source: ISO 216; a point is 1/72 inch."""
Point = tuple[float, float]
_ROUND = 4 / 3 * (sqrt(2) - 1)
"""How far the handles of a quarter of a circle reach."""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text.

    Attributes:
        x_pt: Where it begins.
        y_pt: Its base line.
        text: Whatever it is: it is nobody's markup.
        size_pt: Of the letters.
        bold: Whether they are.
        colour: As `#rrggbb`.
    """

    x_pt: float
    y_pt: float
    text: str
    size_pt: float
    bold: bool = False
    colour: str = "#1b1b1b"


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of an outline: a straight one, or a curve (Bézier) with two handles.

    Attributes:
        end: Where it ends.
        handles: Both, of a curve; none of a straight line.
    """

    end: Point
    handles: tuple[Point, Point] | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A closed outline."""

    start: Point
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Closed outlines, filled; where two overlap, there is a hole (even-odd).

    Attributes:
        outlines: At least one.
        colour: As `#rrggbb`.
    """

    outlines: tuple[Outline, ...]
    colour: str

    def placed(self, x_pt: float, y_pt: float, scale: float = 1.0) -> "Shape":
        """Return it, made larger and moved from (0, 0) to another place."""

        def there(point: Point) -> Point:
            return x_pt + scale * point[0], y_pt + scale * point[1]

        return Shape(
            tuple(
                Outline(
                    there(each.start),
                    tuple(
                        Segment(
                            there(step.end),
                            step.handles
                            and (there(step.handles[0]), there(step.handles[1])),
                        )
                        for step in each.segments
                    ),
                )
                for each in self.outlines
            ),
            self.colour,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One page.

    Attributes:
        title: What it is, for those who hear it read out, and for the window's head.
        language: As in `en` (BCP 47).
        mark: A line of ASCII for programs, which nobody sees.
        size_pt: Width and height.
        parts: What is on it, the lowest first.
    """

    title: str
    language: str
    mark: str
    size_pt: tuple[float, float] = A4_PT
    parts: Sequence[Words | Shape]


def polygon(points: Iterable[Point]) -> Outline:
    """Return the outline with these corners, at least one."""
    first, *others = points
    return Outline(first, tuple(Segment(each) for each in others))


def rectangle(x: float, y: float, width: float, height: float) -> Outline:
    """Return the outline of a rectangle, from its upper left corner."""
    return polygon(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))


def circle(x: float, y: float, radius: float) -> Outline:
    """Return the outline of a circle: four curves, 0.03 % off at most."""
    far, near = radius, radius * _ROUND

    def quarter(first: Point, second: Point, end: Point) -> Segment:
        return Segment(
            (x + end[0], y + end[1]),
            ((x + first[0], y + first[1]), (x + second[0], y + second[1])),
        )

    return Outline(
        (x + far, y),
        (
            quarter((far, near), (near, far), (0, far)),
            quarter((-near, far), (-far, near), (-far, 0)),
            quarter((-far, -near), (-near, -far), (0, -far)),
            quarter((near, -far), (far, -near), (far, 0)),
        ),
    )
