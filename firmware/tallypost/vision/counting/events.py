"""What counters tell: each event is one object's, and counts once."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way a line was crossed."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OverLine:
    """What every event of a line tells.

    Attributes:
        line: The line's name.
        class_id: What the object has most often been taken for so far.
        direction: Forward is from the left to the right of start -> end, as seen on
            the picture.
        time_s: The frame on which it became certain, on the scene's clock.
        crossed_s: When the object was on the line, between two frames by proportion.
        track_id: The object's number, while it is followed.
    """

    line: str
    class_id: int
    direction: Direction
    time_s: float
    crossed_s: float
    track_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCrossing(_OverLine):
    """An object has gone over a line and is clearly on the other side.

    This is the effective crossing, the one that is counted: who turns back on the line
    has not crossed it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePassage(_OverLine):
    """An object's point has gone over a line, which it may take back at once.

    This is the actual crossing. A crossing is a passage first, told at the same look or
    sooner; where there are many more passages than crossings, people turn back or stand
    on the line, or it is badly placed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneEntry:
    """An object has come into a zone, or has appeared inside.

    Attributes:
        zone: The zone's name.
        class_id: What the object has most often been taken for so far.
        time_s: The frame on which it became certain, on the scene's clock.
        entered_s: When the object was first seen inside.
        track_id: The object's number, while it is followed.
    """

    zone: str
    class_id: int
    time_s: float
    entered_s: float
    track_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneExit:
    """An object has left a zone, or was given up after it was lost inside.

    Attributes:
        zone: The zone's name.
        class_id: What the object has most often been taken for.
        time_s: The frame on which it became certain, on the scene's clock.
        left_s: When the object was last seen inside.
        dwell_s: From when it was first seen inside until it was last seen inside.
        track_id: The object's number.
    """

    zone: str
    class_id: int
    time_s: float
    left_s: float
    dwell_s: float
    track_id: int


Event = LineCrossing | LinePassage | ZoneEntry | ZoneExit
