"""`[[approaches]]`: a stretch of road, and how well traffic flows on it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tallypost.settings.base import Wish, refuse
from tallypost.settings.drawing import (
    ANCHOR,
    MOTOR_VEHICLES,
    Anchor,
    Classes,
    Element,
    Point,
    Polygon,
)
from tallypost.settings.shape import length_fault


def _long_enough(arrow: tuple[Point, ...]) -> tuple[Point, ...]:
    if told := length_fault(arrow[0], arrow[1]):
        refuse(told)
    return arrow


Arrow = Annotated[
    tuple[Point, ...],
    Field(strict=False, min_length=2, max_length=2),
    AfterValidator(_long_enough),
    Wish("an arrow is [start, end], each a point [x, y]"),
]


class Approach(Element):
    """A stretch of road whose traffic is graded A to F."""

    usual = MOTOR_VEHICLES

    polygon: Polygon = Field(
        description="The lanes of one direction, 3 to 64 corners [x, y] in order."
    )
    direction: Arrow | None = Field(
        default=None,
        description="[start, end] of an arrow along the traffic: who goes against it "
        "is left out. Without it, everybody on the polygon belongs to it.",
    )
    classes: Classes | None = Field(
        default=None,
        description="Only these classes; without it, "
        + ", ".join(MOTOR_VEHICLES)
        + ": those of them that the model tells.",
    )
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    free_flow_kmh: Annotated[float, Field(ge=5, le=200)] | None = Field(
        default=None,
        description="How fast traffic goes when nothing hinders it; needs "
        "`[calibration]`. Without it, the grade is told from the time that vehicles "
        "stand.",
    )
    congested_below: Annotated[float, Field(ge=0.05, le=0.85)] = Field(
        default=0.4,
        description="Congested below this share of free flow; 0.4 is where grade E "
        "begins.",
    )
    congested_after_s: Annotated[float, Field(ge=10, le=3600)] = Field(
        default=180.0,
        description="Taken over about so long: two rounds of a traffic light or more.",
    )
    congested_count_min: Annotated[int, Field(ge=1, le=200)] = Field(
        default=3,
        description="Fewer vehicles, on average, are no congestion.",
    )

    @property
    def alerts(self) -> bool:
        """Whether congestion is told at once: always."""
        return True
