"""`[calibration]`: where a few points of the picture lie on the ground."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from tallypost.settings.base import Fault, Settings, Wish, refuse
from tallypost.settings.drawing import Point
from tallypost.settings.elements.pairs import XY, pairs_fault

POINTS_MIN, POINTS_MAX = 4, 12
GROUND_M_MAX = 1000.0
_SHAPES = ("corners", "width_m", "length_m")

GroundM = Annotated[float, Field(ge=-GROUND_M_MAX, le=GROUND_M_MAX)]
GroundPoint = Annotated[
    tuple[GroundM, GroundM],
    Field(strict=False),
    Wish("a place on the ground is [X, Y] in metres, from any corner you like"),
]
SideM = Annotated[float, Field(ge=1, le=500)]
SpeedKmh = Annotated[float, Field(ge=5, le=400)]


class CalibrationPoint(Settings):
    """One point that can be found on the picture and on the ground."""

    picture: Point = Field(description="Where it is on the picture, [x, y].")
    ground_m: GroundPoint = Field(
        description="Where it is on the ground, [X, Y] in metres."
    )


def _rectangle_m(width_m: float, length_m: float) -> tuple[XY, ...]:
    return (0.0, 0.0), (width_m, 0.0), (width_m, length_m), (0.0, length_m)


def _seen(corners: tuple[XY, ...]) -> tuple[XY, ...]:
    """Return corners if a camera could see a rectangle so."""
    if told := pairs_fault("corners", corners, _rectangle_m(10.0, 10.0)):
        refuse(told)
    return corners


def _matching(points: tuple[CalibrationPoint, ...]) -> tuple[CalibrationPoint, ...]:
    """Return points if a camera could see the ground so."""
    picture = [each.picture for each in points]
    ground_m = [each.ground_m for each in points]
    if told := pairs_fault("points", picture, ground_m):
        refuse(told)
    return points


def _one_way(raw: Mapping[str, object]) -> list[Fault]:
    """Return faults unless there are points, or a whole rectangle, and not both."""
    shape = [key for key in _SHAPES if key in raw]
    if "points" in raw:
        told = "is given beside `points`; keep one of them"
        return [Fault((key,), told) for key in shape]
    if not shape:
        told = "is missing; write `corners`, `width_m` and `length_m` of a rectangle"
        return [Fault(("points",), told)]
    told = "is missing; a rectangle has `corners`, `width_m` and `length_m`"
    return [Fault((key,), told) for key in _SHAPES if key not in raw]


class Calibration(Settings):
    """The ground in metres: speeds, densities and lengths need it."""

    relations = (_one_way,)

    corners: (
        Annotated[
            tuple[Point, ...],
            Field(strict=False, min_length=POINTS_MIN, max_length=POINTS_MIN),
            AfterValidator(_seen),
            Wish("a rectangle on the ground has four corners [x, y], going round it"),
        ]
        | None
    ) = Field(
        default=None,
        description="The corners of a rectangle on the ground as the picture shows "
        "them, going round it.",
    )
    width_m: SideM | None = Field(
        default=None, description="From the first corner to the second."
    )
    length_m: SideM | None = Field(
        default=None, description="From the second corner to the third."
    )
    points: (
        Annotated[
            tuple[CalibrationPoint, ...],
            Field(strict=False, min_length=POINTS_MIN, max_length=POINTS_MAX),
            AfterValidator(_matching),
            Wish("four points of the ground are needed, and twelve are enough"),
        ]
        | None
    ) = Field(
        default=None,
        description="In place of a rectangle: 4 to 12 points {picture = [x, y], "
        "ground_m = [X, Y]}, the ground in metres from any corner you like.",
    )
    speed_max_kmh: SpeedKmh = Field(
        default=200.0, description="No vehicle is faster: what seems so is left out."
    )
    slow_speed_max_kmh: SpeedKmh = Field(
        default=60.0, description="The same for persons, bicycles and animals."
    )

    @property
    def picture(self) -> tuple[XY, ...]:
        """Where the points are on the picture, 0..1 of it."""
        if self.points is not None:
            return tuple(each.picture for each in self.points)
        return self.corners or ()

    @property
    def ground_m(self) -> tuple[XY, ...]:
        """Where the same points are on the ground, in metres."""
        if self.points is not None:
            return tuple(each.ground_m for each in self.points)
        return _rectangle_m(self.width_m or 0.0, self.length_m or 0.0)
