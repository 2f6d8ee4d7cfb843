"""`[[stops]]`: where no vehicle may stand."""

from typing import Annotated

from pydantic import Field

from tallypost.settings.drawing import (
    ANCHOR,
    MOTOR_VEHICLES,
    Anchor,
    Classes,
    Element,
    Polygon,
)


class Stop(Element):
    """An area where no vehicle may stand: a bus lane, a hard shoulder, a gate."""

    usual = MOTOR_VEHICLES

    polygon: Polygon = Field(description="Its corners [x, y] in order, on the ground.")
    classes: Classes | None = Field(
        default=None,
        description="Only these classes; without it, "
        + ", ".join(MOTOR_VEHICLES)
        + ": those of them that the model tells.",
    )
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    after_s: Annotated[float, Field(ge=2, le=3600)] = Field(
        default=30.0,
        description="Told once a vehicle has stood for so long; longer than a red "
        "light where there is one.",
    )
    lost_s: Annotated[float, Field(ge=5, le=86400)] = Field(
        default=600.0,
        description="For how long a vehicle that is no longer seen, and was not seen "
        "to drive off, is held to stand there still.",
    )

    @property
    def alerts(self) -> bool:
        """Whether it tells at once that a vehicle stands there: always."""
        return True
