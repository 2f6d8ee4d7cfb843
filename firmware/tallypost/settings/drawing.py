"""What elements of a site are drawn with: points, polygons, names, classes."""

from collections import Counter
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from tallypost.settings.base import ClassName, Settings, Wish, refuse
from tallypost.settings.shape import simple_polygon

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


class Element(Settings):
    """What every element of a site has."""

    classes_key: ClassVar[str] = "classes"
    """Under which key it names classes."""

    name: Name = Field(description="What records call it; once a kind.")

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts, in their order; most have none."""
        return ()
