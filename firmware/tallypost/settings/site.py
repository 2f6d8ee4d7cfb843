"""`site.toml`: what is counted on this picture, in coordinates 0..1 of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from tallypost.domain.alerts import TELLERS, AlertKind
from tallypost.settings.base import Fault, Settings, Text
from tallypost.settings.drawing import (
    ANCHOR,
    CLASSES,
    ELEMENTS_MAX,
    Anchor,
    Classes,
    Element,
    Point,
    Polygon,
    ends_apart,
)
from tallypost.settings.elements.approach import Approach
from tallypost.settings.elements.calibration import Calibration
from tallypost.settings.elements.car_park import CarPark, too_many_spaces
from tallypost.settings.elements.conflict import CONFLICTS_MAX, Conflict
from tallypost.settings.elements.crowd import Crowd
from tallypost.settings.elements.heat_map import HEAT_MAPS_MAX, HeatMap
from tallypost.settings.elements.intrusion import Intrusion
from tallypost.settings.elements.movement import Movement, gates_exist
from tallypost.settings.elements.queue import Queue
from tallypost.settings.elements.stop import Stop
from tallypost.settings.elements.wrong_way import WrongWay
from tallypost.settings.place import PlaceSettings, places_exist
from tallypost.settings.privacy import Privacy, noise_wants_classes
from tallypost.settings.purpose import statistics_point_at_nobody


def _names_once(raw: Mapping[str, object]) -> list[Fault]:
    faults = []
    for kind, elements in raw.items():
        first: dict[str, int] = {}
        for index, element in enumerate(elements if isinstance(elements, list) else []):
            name = element.get("name") if isinstance(element, dict) else None
            if isinstance(name, str) and first.setdefault(name, index) != index:
                told = f"is the name of {kind}[{first[name]}] too; give each its own"
                faults.append(Fault((kind, index, "name"), told))
    return faults


def _something_to_count(raw: Mapping[str, object]) -> list[Fault]:
    if any(raw.get(kind) for kind in Site.model_fields if kind not in _TABLES):
        return []
    told = "there is nothing to count; draw at least one of [[lines]] or [[zones]]"
    return [Fault((), told)]


def _calibrated(raw: Mapping[str, object]) -> list[Fault]:
    approaches = raw.get("approaches")
    if "calibration" in raw or not isinstance(approaches, list):
        return []
    told = "is given without [calibration], and no speed is known; leave it out"
    return [
        Fault(("approaches", place, "free_flow_kmh"), told)
        for place, each in enumerate(approaches)
        if isinstance(each, Mapping) and "free_flow_kmh" in each
    ]


_TABLES = ("site", "place", "calibration", "privacy")
"""What a site may say besides what is drawn on it."""
_CHANGES_NO_FIGURE = ("site", "place")


class Line(Element):
    """A line that is crossed one way or the other."""

    relations = (ends_apart,)

    start: Point = Field(description="Where the arrow begins, [x, y].")
    end: Point = Field(
        description="Where it ends. Forward is from the left to the right of start -> "
        "end as seen on the picture (y grows downward)."
    )
    classes: Classes | None = Field(default=None, description=CLASSES)
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    riders: bool = Field(
        default=False,
        description="Count a person on a bicycle or motorcycle as a person too; "
        "otherwise only the vehicle counts.",
    )
    headways: bool = Field(
        default=False, description="Tell how close one follows another."
    )
    modal_split: bool = Field(
        default=False, description="Tell how people travel: shares of modes."
    )


class Zone(Element):
    """A part of the picture that objects are in or out of."""

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

    relations = (
        _something_to_count,
        _names_once,
        too_many_spaces,
        noise_wants_classes,
        gates_exist,
        _calibrated,
        places_exist,
        statistics_point_at_nobody,
    )

    site: SiteDescription = Field(
        default_factory=SiteDescription, description="What people call this place."
    )
    place: PlaceSettings | None = Field(
        default=None, description="Where on earth it is, for formats that say so."
    )
    calibration: Calibration | None = Field(
        default=None, description="The ground in metres, for speeds and lengths."
    )
    lines: Annotated[tuple[Line, ...], Field(strict=False, max_length=ELEMENTS_MAX)] = (
        Field(default=(), description="Lines that are crossed.")
    )
    zones: Annotated[tuple[Zone, ...], Field(strict=False, max_length=ELEMENTS_MAX)] = (
        Field(default=(), description="Parts of the picture that are watched.")
    )
    car_parks: Annotated[
        tuple[CarPark, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Spaces that vehicles park on.")
    queues: Annotated[
        tuple[Queue, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Places where persons or vehicles wait.")
    approaches: Annotated[
        tuple[Approach, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Stretches of road whose traffic is graded.")
    movements: Annotated[
        tuple[Movement, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Junctions: who goes from where to where.")
    crowds: Annotated[
        tuple[Crowd, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Places that may be overcrowded.")
    intrusions: Annotated[
        tuple[Intrusion, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Areas where nobody may be.")
    stops: Annotated[tuple[Stop, ...], Field(strict=False, max_length=ELEMENTS_MAX)] = (
        Field(default=(), description="Areas where no vehicle may stand.")
    )
    wrong_ways: Annotated[
        tuple[WrongWay, ...], Field(strict=False, max_length=ELEMENTS_MAX)
    ] = Field(default=(), description="Lines that may be crossed one way only.")
    heat_maps: Annotated[
        tuple[HeatMap, ...], Field(strict=False, max_length=HEAT_MAPS_MAX)
    ] = Field(default=(), description="Where on the picture objects stand.")
    conflicts: Annotated[
        tuple[Conflict, ...], Field(strict=False, max_length=CONFLICTS_MAX)
    ] = Field(default=(), description="Where near misses are watched for.")

    privacy: Privacy = Field(
        default=Privacy(), description="Which numbers are too small to be told."
    )

    def drawn(self) -> dict[str, tuple[Element, ...]]:
        """Return all elements by their kind, as records name it."""
        return {
            kind: elements
            for kind in type(self).model_fields
            if isinstance(elements := getattr(self, kind), tuple)
        }

    def alerts(self) -> tuple[AlertKind, ...]:
        """Return what can be told at once: of the camera, and what is drawn for it."""
        drawn = self.drawn()
        return tuple(
            kind
            for kind, teller in TELLERS.items()
            if teller is None or any(each.alerts for each in drawn[teller])
        )

    def elements(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return the names of all elements and of their parts, by kind."""
        return {
            kind: {each.name: each.parts for each in elements}
            for kind, elements in self.drawn().items()
        }


def unasked(site: Site) -> tuple[str, ...]:
    """Return the fields of figures that a site does not ask for: nobody tells them.

    They are named as records name them.
    """
    asked = {
        "speeds": site.calibration is not None,
        "headways": any(line.headways for line in site.lines),
        "modal_split": any(line.modal_split for line in site.lines),
    }
    return tuple(field for field, wanted in asked.items() if not wanted)


def named_classes(site: Site) -> dict[str, tuple[str, ...]]:
    """Return the classes that each element names, by its key's path."""
    return {
        f"{kind}[{place}].{each.classes_key}": getattr(each, "classes", None) or ()
        for kind, elements in site.drawn().items()
        for place, each in enumerate(elements)
    }


def class_faults(site: Site, classes: Sequence[str]) -> list[str]:
    """Return a fault for every class that a site names and a model does not tell."""
    told = "it tells " + ", ".join(classes)
    faults = [
        f'{key}: "{name}" is nothing that the model tells; {told}'
        for key, names in named_classes(site).items()
        for name in names
        if name not in classes
    ]
    faults += [
        f"{kind}[{place}].classes: is missing, and the model knows none of "
        f"{', '.join(each.usual)}; {told}"
        for kind, elements in site.drawn().items()
        for place, each in enumerate(elements)
        if not each.wanted(classes)
    ]
    return faults


def site_hash(site: Site) -> str:
    """Return `sha256:...` of what a site counts.

    Comments, spaces, the order of elements, keys left at their default, the name for
    people and the place change nothing; whatever could change a figure does.
    """
    elements = {
        kind: sorted(
            (_told(each) for each in drawn), key=lambda each: str(each["name"])
        )
        for kind, drawn in site.drawn().items()
        if drawn or kind in _ALWAYS_TOLD
    }
    for key, field in type(site).model_fields.items():
        table = getattr(site, key)
        if key in _CHANGES_NO_FIGURE or not isinstance(table, Settings):
            continue
        if table != field.default:
            elements[key] = [table.model_dump(exclude_defaults=True)]
    canonical = json.dumps(elements, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


_ALWAYS_TOLD = ("lines", "zones")
"""What hashes were made of from the beginning: a new kind changes no old hash."""


def _told(element: Element) -> dict[str, object]:
    """Return what an element says, less what it leaves at its default."""
    told = element.model_dump(exclude_defaults=True)
    for key in ("classes", "anchor"):
        if key in type(element).model_fields:
            told[key] = getattr(element, key)
    if isinstance(told.get("classes"), tuple):
        told["classes"] = sorted(told["classes"])
    return told
