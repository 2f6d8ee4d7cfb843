"""`[[car_parks]]`: spaces that vehicles stand on, each by itself or whole rows."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from tallypost.settings.base import Fault, Settings, Wish, refuse
from tallypost.settings.drawing import (
    MOTOR_VEHICLES,
    Classes,
    Element,
    Name,
    Point,
    Polygon,
)
from tallypost.settings.shape import AREA_MIN, area, convex, simple_polygon

SPACES_MAX = 512
"""Of a whole site."""
ROW_MAX = 200

Corners = Annotated[
    tuple[Point, Point, Point, Point],
    Field(strict=False),
    AfterValidator(simple_polygon),
    AfterValidator(convex),
    Wish("a row has 4 corners [x, y], going round it"),
]


class Space(Settings):
    """One parking space."""

    name: Name = Field(description="What records call it; once a car park.")
    polygon: Polygon = Field(
        description="The marking on the ground, as the camera sees it: its corners "
        "[x, y] in order."
    )


class Row(Settings):
    """Spaces of one width, side by side."""

    name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,27}$"),
        Wish("write 1 to 28 letters, digits, _ or -, beginning with a letter or digit"),
    ] = Field(description="Its spaces are called by it and a number: A1, A2, A3.")
    corners: Corners = Field(
        description="Of the whole row on the ground, going round it: from the first "
        "to the second corner the spaces lie side by side, the first at the first."
    )
    count: Annotated[int, Field(ge=1, le=ROW_MAX)] = Field(
        description="How many spaces it has; those far away are drawn smaller, as the "
        "corners tell."
    )
    first: Annotated[int, Field(ge=0, le=9000)] = Field(
        default=1, description="The first one's number."
    )

    @property
    def names(self) -> tuple[str, ...]:
        """What its spaces are called, in their order."""
        return tuple(_names(self.name, self.first, self.count))

    @model_validator(mode="after")
    def _large_enough(self) -> Self:
        if area(self.corners) < AREA_MIN * self.count:
            refuse(
                f"leaves each of {self.count} spaces less than {AREA_MIN:.2%} of the "
                "picture; draw the row larger or lower `count`"
            )
        return self


def _names(row: str, first: int, count: int) -> Iterator[str]:
    return (f"{row}{number}" for number in range(first, first + count))


def _tables(raw: Mapping[str, object], key: str) -> list[Mapping[str, Any]]:
    """Return the tables of a raw list; what is none is told elsewhere."""
    found = raw.get(key)
    return (
        [each if isinstance(each, Mapping) else {} for each in found]
        if isinstance(found, list)
        else []
    )


def _row_count(row: Mapping[str, Any]) -> int:
    count = row.get("count")
    return count if type(count) is int and 1 <= count <= ROW_MAX else 0


def _row_names(row: Mapping[str, Any]) -> list[str]:
    name, first = row.get("name"), row.get("first", 1)
    if not isinstance(name, str) or type(first) is not int:
        return []
    return list(_names(name, first, _row_count(row)))


def _has_spaces(raw: Mapping[str, object]) -> list[Fault]:
    if raw.get("spaces") or raw.get("rows"):
        return []
    return [Fault((), "has no spaces; draw at least one of `spaces` or `rows`")]


def _names_once(raw: Mapping[str, object]) -> list[Fault]:
    called: list[tuple[tuple[str, int], list[object]]] = [
        (("rows", place), list(_row_names(row)))
        for place, row in enumerate(_tables(raw, "rows"))
    ]
    called += [
        (("spaces", place), [space.get("name")])
        for place, space in enumerate(_tables(raw, "spaces"))
    ]
    faults, taken = [], set[object]()
    for place, names in called:
        again = [name for name in names if isinstance(name, str) and name in taken]
        if again:
            told = f'calls a space "{again[0]}", as another one is called'
            faults.append(Fault((*place, "name"), f"{told}; give each its own name"))
        taken.update(names)
    return faults


class CarPark(Element):
    """A car park, or a part of one: spaces that are counted together."""

    relations = (_has_spaces, _names_once)
    usual = MOTOR_VEHICLES

    spaces: Annotated[tuple[Space, ...], Field(strict=False, max_length=SPACES_MAX)] = (
        Field(default=(), description="Spaces that are drawn one by one.")
    )
    rows: Annotated[tuple[Row, ...], Field(strict=False, max_length=64)] = Field(
        default=(), description="Rows of spaces, drawn at once."
    )
    classes: Classes | None = Field(
        default=None,
        description="Only these classes park here; without it, "
        + ", ".join(MOTOR_VEHICLES)
        + ": those of them that the model tells.",
    )
    taken_after_s: Annotated[float, Field(ge=1, le=600)] = Field(
        default=10.0,
        description="A space is taken when somebody has stood on it for so long; the "
        "stay is counted from its beginning.",
    )
    free_after_s: Annotated[float, Field(ge=5, le=3600)] = Field(
        default=60.0,
        description="A space is free when it has been looked at for so long and nobody "
        "was there; sooner where the vehicle was seen to drive off, later where it has "
        "been lost and found again before.",
    )
    stay_max_s: Annotated[float, Field(ge=60, le=30 * 86400)] | None = Field(
        default=None,
        description="Who stands longer is told as overstaying, at once and in the "
        "record.",
    )
    by_space: bool = Field(
        default=False, description="Tell every space by itself, and not only the sums."
    )

    @property
    def alerts(self) -> bool:
        """Whether who stays too long is told at once."""
        return self.stay_max_s is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its spaces: those of rows first, in their order."""
        return (
            *(name for row in self.rows for name in row.names),
            *(space.name for space in self.spaces),
        )


def too_many_spaces(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault where a site draws more spaces than can be watched."""
    parks = _tables(raw, "car_parks")
    count = sum(
        len(_tables(park, "spaces")) + sum(map(_row_count, _tables(park, "rows")))
        for park in parks
    )
    if count <= SPACES_MAX:
        return []
    told = f"{count} spaces are drawn, above the most of a site ({SPACES_MAX})"
    return [Fault(("car_parks",), f"{told}; leave some to another device")]
