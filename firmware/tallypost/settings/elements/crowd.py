"""`[[crowds]]`: a place that may be overcrowded."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tallypost.settings.base import Fault
from tallypost.settings.drawing import ANCHOR, Anchor, Classes, Element, Polygon


def _density_wants_area(raw: Mapping[str, object]) -> list[Fault]:
    if "density_max_per_m2" not in raw or "area_m2" in raw:
        return []
    told = "needs area_m2: measure the polygon on the ground, or use persons_max"
    return [Fault(("density_max_per_m2",), told)]


class Crowd(Element):
    """A place whose crowd is measured: a platform, a square, a stairhead."""

    relations = (_density_wants_area,)
    usual = ("person",)

    polygon: Polygon = Field(description="Its corners [x, y] in order, on the ground.")
    classes: Classes | None = Field(
        default=None, description="Who is counted; without it, `person`."
    )
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    persons_max: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="With more than so many it is overcrowded."
    )
    area_m2: Annotated[float, Field(ge=0.5, le=1e6)] | None = Field(
        default=None,
        description="How large the polygon is on the ground; with it, density and "
        "level of service are told.",
    )
    density_max_per_m2: Annotated[float, Field(gt=0, le=10)] | None = Field(
        default=None,
        description="With more persons a square metre it is overcrowded; needs "
        "`area_m2`. Where `persons_max` is there too, the lower of the two counts.",
    )
    after_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=5.0,
        description="It is told once it has been overcrowded for so long, and over "
        "once it has been a tenth emptier than that for so long.",
    )
    movement: Literal["standing", "walking"] = Field(
        default="standing",
        description="What people do there: the level of service of a waiting area or "
        "of a walkway.",
    )

    @property
    def alerts(self) -> bool:
        """Whether overcrowding is told at once."""
        return self.persons_max is not None or self.density_max_per_m2 is not None
