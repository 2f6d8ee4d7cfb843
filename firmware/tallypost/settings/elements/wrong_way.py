"""`[[wrong_ways]]`: a line that may be crossed one way only."""

from typing import Annotated, Literal

from pydantic import Field

from tallypost.settings.drawing import (
    ANCHOR,
    MOTOR_VEHICLES,
    Anchor,
    Classes,
    Element,
    Point,
    ends_apart,
)


class WrongWay(Element):
    """A line across a one-way street, a slip road, an exit."""

    relations = (ends_apart,)
    usual = MOTOR_VEHICLES

    start: Point = Field(description="Where the arrow begins, [x, y].")
    end: Point = Field(
        description="Where it ends. Forward is from the left to the right of start -> "
        "end as seen on the picture (y grows downward)."
    )
    allowed: Literal["forward", "backward"] = Field(
        description="Which way over the line is the right one."
    )
    classes: Classes | None = Field(
        default=None,
        description="Only these classes; without it, "
        + ", ".join(MOTOR_VEHICLES)
        + ": those of them that the model tells.",
    )
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    clear_s: Annotated[float, Field(ge=1, le=3600)] = Field(
        default=10.0, description="It is told to be over so long after the crossing."
    )

    @property
    def alerts(self) -> bool:
        """Whether it tells at once who goes the wrong way: always."""
        return True
