"""What the half that sees may tell besides while somebody aims the camera."""

from dataclasses import dataclass
from enum import StrEnum

AIMING_S_MAX = 1800.0
"""Nobody aims for longer at a time."""
BOX_STEPS = 128
"""Edges of boxes are told in so many steps of a frame's width and height."""
BOXES_MAX = 24
"""So many boxes are told of one moment, at most: the largest."""
BOXES_EVERY_S = 0.5
"""They are told no more often."""
SKETCH_SIDE_MAX = 64
"""A sketch has at most so many cells in a row, and so many rows."""
SKETCH_CELLS_MAX = 64 * 48
SKETCH_EVERY_S = 2.0
SIGHT_EVERY_S = 1.0
EVENTS_PER_MINUTE = 120
"""How many may be told; more in one minute after a quiet one, never in the mean."""

ROUNDED_S = 0.001
"""Moments pass the wall in thousandths."""


class Way(StrEnum):
    """Which way somebody has passed.

    Attributes:
        FORWARD: Over a line, the way that it counts as forward.
        BACKWARD: Over a line, the other way.
        IN: Into a zone.
        OUT: Out of a zone.
    """

    FORWARD = "forward"
    BACKWARD = "backward"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Aiming:
    """How long the camera is aimed.

    Attributes:
        for_s: Seconds, from when the halves were told.
        until_monotonic_s: The same by this machine's monotonic clock.
    """

    for_s: float
    until_monotonic_s: float

    def is_over(self, now_s: float) -> bool:
        """Return whether it is.

        Args:
            now_s: By this machine's monotonic clock.
        """
        return now_s >= self.until_monotonic_s

    def is_of(self, at_s: float) -> bool:
        """Return whether somebody aims at a moment, also once it is rounded.

        Args:
            at_s: By this machine's monotonic clock.
        """
        begin_s = self.until_monotonic_s - self.for_s
        return begin_s <= at_s <= self.until_monotonic_s - ROUNDED_S

    def meets(self, start_s: float, end_s: float) -> bool:
        """Return whether somebody aims at any time in [start, end).

        Args:
            start_s: By this machine's monotonic clock.
            end_s: Likewise.
        """
        begin_s = self.until_monotonic_s - self.for_s
        return start_s < self.until_monotonic_s and end_s > begin_s


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody has crossed a line, or has entered or left a zone.

    Attributes:
        collection: Kind of element: "lines" or "zones".
        element: Name of the line or zone.
        class_name: Of whom, in the detector's words.
        direction: "forward" or "backward" over a line, "in" or "out" of a zone.
        at_monotonic_s: When, by this machine's monotonic clock.
    """

    collection: str
    element: str
    class_name: str
    direction: str
    at_monotonic_s: float


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle around somebody, in parts of the frame.

    Attributes:
        class_name: Of whom, in the detector's words.
        x1: Left, 0..1, a multiple of 1/128 as the others are.
        y1: Top, 0..1.
        x2: Right, 0..1.
        y2: Bottom, 0..1; y grows downward.
    """

    class_name: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where somebody is just now.

    Attributes:
        at_monotonic_s: When, by this machine's monotonic clock.
        boxes: At most `BOXES_MAX`, in their order: it tells nothing.
    """

    at_monotonic_s: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Sketch:
    """Edges that stood still for seconds, one bit a cell of a coarse grid.

    Attributes:
        at_monotonic_s: When, by this machine's monotonic clock.
        width: Cells in a row, at most `SKETCH_SIDE_MAX`.
        height: Rows, at most `SKETCH_HEIGHT_MAX`.
        cells: One bit a cell, row after row without gaps, the most significant bit
            first; 1: an edge stands there. Bits after the last cell are 0.
    """

    at_monotonic_s: float
    width: int
    height: int
    cells: bytes


@dataclass(frozen=True, slots=True)
class Sight:
    """How well the camera sees.

    Attributes:
        at_monotonic_s: When, by this machine's monotonic clock.
        rate_hz: How many frames a second are looked at.
        sharpness: 0..1; 1: as sharp as what it sees allows.
        light: Mean brightness of the frame, 0..1.
    """

    at_monotonic_s: float
    rate_hz: float
    sharpness: float
    light: float


Aimed = Passed | Boxes | Sketch | Sight
"""What is told besides while somebody aims."""
