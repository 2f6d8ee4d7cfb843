"""Everything that a site draws, as plain points."""

from collections.abc import Iterator
from dataclasses import dataclass

from tallypost.settings.base import Settings
from tallypost.settings.site import Site

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line or one area on the picture.

    Attributes:
        kind: Of the element, as records name it: `lines`, `zones`, ...
        name: Of the element or of the part of it.
        points: In 0..1 of the picture; two for a line, more for an area.
        is_arrow: Whether it is crossed from its left to its right.
    """

    kind: str
    name: str
    points: tuple[Point, ...]
    is_arrow: bool = False

    @property
    def is_area(self) -> bool:
        """Whether it encloses something."""
        return len(self.points) > 2  # noqa: PLR2004  # two points make a line


def strokes(site: Site) -> Iterator[Stroke]:
    """Yield everything that a site draws, in its order."""
    for kind, elements in site.drawn().items():
        for element in elements:
            yield from _strokes(kind, element.name, element)


def _strokes(kind: str, name: str, table: Settings) -> Iterator[Stroke]:
    ends = tuple(_points((getattr(table, "start", None), getattr(table, "end", None))))
    if len(ends) == 2:  # noqa: PLR2004  # an arrow has two ends
        yield Stroke(kind, name, ends, is_arrow=True)
    for _, value in table:
        match value:
            case Settings():
                yield from _strokes(kind, str(getattr(value, "name", name)), value)
            case (Settings(), *_):
                for part in value:
                    part_name = str(getattr(part, "name", name))
                    yield from _strokes(kind, part_name, part)
            case ((float(), float()), (_, _), *_):
                yield Stroke(kind, name, tuple(_points(value)))
            case _:
                continue


def _points(values: tuple[object, ...]) -> Iterator[Point]:
    for value in values:
        if isinstance(value, tuple):
            x, y = value
            yield float(x), float(y)
