"""`[place]`: where on earth it is, for formats that must say so; it counts nothing."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from tallypost.settings.base import ClassName, Fault, Settings, Text, Wish
from tallypost.settings.drawing import ELEMENTS_MAX, Name

Compass = Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"]
ShortText = Annotated[Text, Field(min_length=1, max_length=128)]
Address = Annotated[
    Text,
    Field(
        min_length=3, max_length=256, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+$"
    ),
    Wish('write an address with its scheme, as in "urn:ngsi-ld:RoadSegment:5"'),
]


class LinePlace(Settings):
    """Where a line lies on the street."""

    name: Name = Field(description="The line's name, as under `[[lines]]`.")
    forward: Compass | None = Field(
        default=None,
        description="Where those who cross it forward are heading; backward is the "
        "opposite.",
    )
    lane: Annotated[int, Field(ge=1, le=99)] | None = Field(
        default=None,
        description="The lane's number, from 1, where the line crosses one only.",
    )
    road: Address | None = Field(
        default=None,
        description="What a city platform calls the road segment: its address.",
    )


class CarParkPlace(Settings):
    """What kind of parking a car park is."""

    name: Name = Field(description="The car park's name, as under `[[car_parks]]`.")
    on_street: bool = Field(
        default=False, description="Whether it is along a street; otherwise apart."
    )


class PlaceSettings(Settings):
    """`[place]`: where on earth the device counts; nothing of it changes a figure."""

    latitude_deg: Annotated[float, Field(ge=-90, le=90)] = Field(
        description="Degrees north of the equator (WGS 84); south is below 0."
    )
    longitude_deg: Annotated[float, Field(ge=-180, le=180)] = Field(
        description="Degrees east of Greenwich (WGS 84); west is below 0."
    )
    street: ShortText | None = Field(default=None, description="Street and number.")
    locality: ShortText | None = Field(default=None, description="The town.")
    postal_code: ShortText | None = Field(default=None, description="Its code.")
    country: (
        Annotated[
            str,
            Field(pattern=r"^[A-Z]{2}$"),
            Wish('write the two capital letters of ISO 3166, as in "FR"'),
        ]
        | None
    ) = Field(default=None, description="Two letters, as in `FR`.")
    insee_code: (
        Annotated[
            str,
            Field(pattern=r"^([013-9]\d|2[AB1-9])\d{3}$"),
            Wish('write the five signs of a French commune, as in "07022"'),
        ]
        | None
    ) = Field(default=None, description="In France: the commune's INSEE code.")
    classes: (
        Annotated[
            tuple[ClassName, ...], Field(strict=False, min_length=1, max_length=100)
        ]
        | None
    ) = Field(
        default=None,
        description="What the model tells, so that formats can say 0 of a class that "
        "never came; without it, they say nothing of it until it came once.",
    )
    lines: Annotated[
        tuple[LinePlace, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Where lines lie on the street.")
    car_parks: Annotated[
        tuple[CarParkPlace, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="What kind of parking car parks are.")


def places_exist(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault where `[place]` speaks of what is not drawn, or twice of one."""
    place = raw.get("place")
    if not isinstance(place, Mapping):
        return []
    faults = []
    for kind in ("lines", "car_parks"):
        drawn = set(_names(raw.get(kind)))
        seen: set[str] = set()
        for index, name in enumerate(_names(place.get(kind))):
            key = ("place", kind, index, "name")
            if name is not None and name not in drawn:
                faults.append(Fault(key, f"is no name under [[{kind}]]; draw it there"))
            elif name is not None and name in seen:
                faults.append(Fault(key, "is told of already; keep one"))
            seen.add(str(name))
    return faults


def _names(elements: object) -> Iterator[str | None]:
    """Yield the raw name of each element; None where it has none."""
    for element in elements if isinstance(elements, list | tuple) else ():
        name = element.get("name") if isinstance(element, Mapping) else None
        yield name if isinstance(name, str) else None
