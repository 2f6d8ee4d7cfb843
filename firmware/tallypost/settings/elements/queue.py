"""`[[queues]]`: where somebody waits, and the line at which the waiting is over."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tallypost.settings.base import Wish, refuse
from tallypost.settings.drawing import (
    ANCHOR,
    CLASSES,
    Anchor,
    Classes,
    Element,
    Point,
    Polygon,
)
from tallypost.settings.shape import LENGTH_MIN, length_fault


def _long_enough(
    front: tuple[tuple[float, float], tuple[float, float]],
) -> tuple[tuple[float, float], tuple[float, float]]:
    if front[0] == front[1]:
        refuse("has the same point twice; a front needs two")
    if length_fault(*front):
        refuse(f"is shorter than {LENGTH_MIN:.0%} of the picture; draw it longer")
    return front


Front = Annotated[
    tuple[Point, Point],
    Field(strict=False),
    AfterValidator(_long_enough),
    Wish("a front has two ends, [[x, y], [x, y]]"),
]


class Queue(Element):
    """A place where one waits for one's turn."""

    polygon: Polygon = Field(
        description="Where one waits: its corners [x, y] in order, up to the front and "
        "as far back as a queue ever reaches."
    )
    front: Front = Field(
        description="The line that is crossed when the waiting is over, [[x, y], "
        "[x, y]]: a stop line, or one step before a counter. One waits on that side of "
        "it on which the polygon lies."
    )
    classes: Classes | None = Field(default=None, description=CLASSES)
    anchor: Anchor = Field(default="ground", description=ANCHOR)
    still_after_s: Annotated[float, Field(ge=0.5, le=60)] = Field(
        default=2.0,
        description="Who has stood or crept for so long waits, from when that began.",
    )
    long_from: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="From so many waiting on, a queue is told at once to be long.",
    )

    @property
    def alerts(self) -> bool:
        """Whether a long one is told at once."""
        return self.long_from is not None
