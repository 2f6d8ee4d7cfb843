"""`[[intrusions]]`: where nobody may be."""

from typing import Annotated

from pydantic import Field

from tallypost.settings.drawing import ANCHOR, Anchor, Classes, Element, Polygon


class Intrusion(Element):
    """An area where nobody may be: tracks, a building site, a depot by night."""

    usual = ("person",)

    polygon: Polygon = Field(
        description="Its corners [x, y] in order, on the ground; leave out the edge "
        "that people may walk along."
    )
    classes: Classes | None = Field(
        default=None, description="Who may not be there; without it, `person`."
    )
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    after_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=0.0,
        description="It is told once somebody has been inside for so long; 0: as soon "
        "as that is certain.",
    )
    clear_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=3.0,
        description="It is over when nobody has been inside for so long.",
    )

    @property
    def alerts(self) -> bool:
        """Whether it tells at once that somebody is there: always."""
        return True
