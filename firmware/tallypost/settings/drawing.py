"""What elements of a site are drawn with: points, polygons, names, classes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from tallypost.settings.base import ClassName, Fault, Settings, Wish, refuse
from tallypost.settings.shape import length_fault, simple_polygon

ELEMENTS_MAX = 64

# abs: TOML knows a zero below 0, which is the same place and would be another hash.
Coordinate = Annotated[float, Field(ge=0, le=1), AfterValidator(abs)]
Point = Annotated[
    tuple[Coordinate, Coordinate],
    Field(strict=False),
    Wish(
        "a point is [x, y], each 0..1 from the left and the top of the picture: divide "
        "pixels by its width and height"
    ),
]
Polygon = Annotated[
    tuple[Point, ...],
    Field(strict=False, min_length=3, max_length=64),
    AfterValidator(simple_polygon),
    Wish("a zone has 3 to 64 corners [x, y], going round it"),
]
Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"),
    Wish("write 1 to 32 letters, digits, _ or -, beginning with a letter or digit"),
]


def _once(classes: tuple[str, ...]) -> tuple[str, ...]:
    for name, count in Counter(classes).items():
        if count > 1:
            refuse(f'names "{name}" more than once; name every class once')
    return classes


Classes = Annotated[
    tuple[ClassName, ...],
    Field(strict=False, min_length=1, max_length=100),
    AfterValidator(_once),
    Wish("leave the key out to count every class"),
]
Anchor = Literal["ground", "centre"]
CLASSES = "Only these classes; without it, every class that the model tells."
ANCHOR = (
    "Where an object stands: `ground` is the middle of its box's lower edge, `centre` "
    "the middle of the box."
)


MOTOR_VEHICLES = ("car", "motorcycle", "bus", "truck")
"""Who counts where an element for vehicles names no classes."""


class Element(Settings):
    """What every element of a site has."""

    classes_key: ClassVar[str] = "classes"
    """Under which key it names classes."""

    usual: ClassVar[tuple[str, ...]] = ()
    """Which classes it is about where it names none; none of them: about all."""

    name: Name = Field(description="What records call it; once a kind.")

    @property
    def alerts(self) -> bool:
        """Whether it is drawn so that it tells of something at once."""
        return False

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts, in their order; most have none."""
        return ()

    def wanted(self, classes: Sequence[str]) -> tuple[str, ...]:
        """Return which of a model's classes it is about; those that it names, first."""
        named: tuple[str, ...] | None = getattr(self, "classes", None)
        if named is not None:
            return named
        return tuple(each for each in classes if each in self.usual or not self.usual)


def ends_apart(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault where a line's start and end are too near to each other."""
    start, end = _point(raw.get("start")), _point(raw.get("end"))
    sentence = length_fault(start, end) if start and end else None
    return [Fault(("end",), sentence)] if sentence else []


def _point(raw: object) -> tuple[float, float] | None:
    """Return a raw point that can be one; faults of others are told elsewhere."""
    match raw:
        case [int() | float() as x, int() | float() as y] if (
            0 <= x <= 1 and 0 <= y <= 1
        ):
            return float(x), float(y)
    return None
