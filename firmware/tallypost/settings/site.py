"""`site.toml`: what is counted on this picture, in coordinates 0..1 of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tallypost.settings.base import (
    ClassName,
    Fault,
    Settings,
    Text,
    Wish,
    refuse,
)
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


def _point(raw: object) -> tuple[float, float] | None:
    """Return a raw point that can be one; faults of others are told elsewhere."""
    match raw:
        case [int() | float() as x, int() | float() as y] if (
            0 <= x <= 1 and 0 <= y <= 1
        ):
            return float(x), float(y)
    return None


def _long_enough(raw: Mapping[str, object]) -> list[Fault]:
    start, end = _point(raw.get("start")), _point(raw.get("end"))
    sentence = length_fault(start, end) if start and end else None
    return [Fault(("end",), sentence)] if sentence else []


def _names_once(raw: Mapping[str, object]) -> list[Fault]:
    faults = []
    for kind in ("lines", "zones"):
        elements = raw.get(kind)
        first: dict[str, int] = {}
        for index, element in enumerate(elements if isinstance(elements, list) else []):
            name = element.get("name") if isinstance(element, dict) else None
            if isinstance(name, str) and first.setdefault(name, index) != index:
                told = f"is the name of {kind}[{first[name]}] too; give each its own"
                faults.append(Fault((kind, index, "name"), told))
    return faults


def _something_to_count(raw: Mapping[str, object]) -> list[Fault]:
    if raw.get("lines") or raw.get("zones"):
        return []
    told = "there is nothing to count; draw at least one of [[lines]] or [[zones]]"
    return [Fault((), told)]


class Line(Settings):
    """A line that is crossed one way or the other."""

    relations = (_long_enough,)

    name: Name = Field(description="What records call it; once a site.")
    start: Point = Field(description="Where the arrow begins, [x, y].")
    end: Point = Field(
        description="Where it ends. Forward is from the left to the right of start -> "
        "end as seen on the picture (y grows downward)."
    )
    classes: Classes | None = Field(default=None, description=CLASSES)
    anchor: Anchor = Field(default="ground", description=ANCHOR)


class Zone(Settings):
    """A part of the picture that objects are in or out of."""

    name: Name = Field(description="What records call it; once a site.")
    polygon: Polygon = Field(
        description="Its corners [x, y] in order, 3 to 64; closes by itself and does "
        "not cross itself."
    )
    classes: Classes | None = Field(default=None, description=CLASSES)
    anchor: Anchor = Field(default="ground", description=ANCHOR)


class SiteDescription(Settings):
    """`[site]`: what people call this place."""

    name: Annotated[Text, Field(max_length=64)] | None = Field(
        default=None, description="A name for people; no record carries it."
    )


class Site(Settings):
    """Everything that `site.toml` may say."""

    relations = (_something_to_count, _names_once)

    site: SiteDescription = Field(
        default_factory=SiteDescription, description="What people call this place."
    )
    lines: Annotated[tuple[Line, ...], Field(strict=False, max_length=ELEMENTS_MAX)] = (
        Field(default=(), description="Lines that are crossed.")
    )
    zones: Annotated[tuple[Zone, ...], Field(strict=False, max_length=ELEMENTS_MAX)] = (
        Field(default=(), description="Parts of the picture that are watched.")
    )


def named_classes(site: Site) -> dict[str, tuple[str, ...]]:
    """Return the classes that each line and zone names, by its key's path."""
    lines = {f"lines[{n}]": line.classes or () for n, line in enumerate(site.lines)}
    zones = {f"zones[{n}]": zone.classes or () for n, zone in enumerate(site.zones)}
    return lines | zones


def class_faults(site: Site, classes: Sequence[str]) -> list[str]:
    """Return a fault for every class that a site names and a model does not tell."""
    return [
        f'{element}.classes: "{name}" is nothing that the model tells; it tells '
        + ", ".join(classes)
        for element, names in named_classes(site).items()
        for name in names
        if name not in classes
    ]


def site_hash(site: Site) -> str:
    """Return `sha256:...` of what a site counts.

    Comments, spaces, the order of elements, keys left at their default and the name for
    people change nothing; whatever could change a figure does.
    """
    elements = {
        kind: sorted(
            (
                {**each.model_dump(), "classes": each.classes and sorted(each.classes)}
                for each in drawn
            ),
            key=lambda each: str(each["name"]),
        )
        for kind, drawn in (("lines", site.lines), ("zones", site.zones))
    }
    canonical = json.dumps(elements, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
