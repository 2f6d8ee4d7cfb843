"""How fast each class may cross a line and still be counted: foretold, not counted."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tallypost.acceptance.scale import XY, metres_a_unit
from tallypost.acceptance.sentences import told
from tallypost.domain.aiming import Box

REACH_LENGTHS = ((2.0, 2.0), (5.0, 1.5), (10.0, 1.25))
"""At so many looks a second one may come so many lengths of its box from one to the
next, side on: 95 of 100 are counted then, of each class. Source: scripts/bench reach,
the first table of docs/acceptance.md."""
LOOKS_MIN = 5
"""At so many looks one must be in the picture for some 93 of 100 to be counted: the
second table."""
ASPECT = 16 / 9
"""Of pictures whose shape nobody has told."""
NEAR = 0.15
"""Boxes this near to a line, in heights of the picture, tell how large one is there."""
BOXES_MIN = 3
"""Fewer tell nothing."""


@dataclass(frozen=True, slots=True)
class Measures:
    """How large and how fast one of a class is; round figures of a European street.

    Attributes:
        length_m: From front to back: the width of its box, side on.
        height_m: The rider's, where one rides.
        usual_kmh: Few go faster where such lines are drawn.
    """

    length_m: float
    height_m: float
    usual_kmh: float


CLASSES: Mapping[str, Measures] = {
    "person": Measures(0.6, 1.7, 15),
    "pedestrian": Measures(0.6, 1.7, 15),
    "bicycle": Measures(1.8, 1.7, 35),
    "motorcycle": Measures(2.1, 1.6, 60),
    "car": Measures(4.4, 1.5, 60),
    "truck": Measures(8.0, 3.2, 60),
    "bus": Measures(12.0, 3.0, 60),
}


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line to foretell of.

    Attributes:
        name: Which.
        start: Where it begins, x y in 0..1 of the picture.
        end: Where it ends.
        classes: Whom it counts.
    """

    name: str
    start: XY
    end: XY
    classes: Sequence[str]


@dataclass(frozen=True, slots=True)
class GroundPoints:
    """A calibration: where points of the picture are on the ground.

    Attributes:
        picture: x y in 0..1.
        ground_m: The same in metres.
    """

    picture: Sequence[XY]
    ground_m: Sequence[XY]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is foretold of one class at one line.

    Attributes:
        name: The line.
        class_name: The class.
        speed_kmh_max: So fast it is counted; None where nobody knows.
        key: Which sentence says so.
        arguments: What stands in it.
    """

    name: str
    class_name: str
    speed_kmh_max: float | None
    key: str
    arguments: Mapping[str, str | float]

    @property
    def sentence(self) -> str:
        """The same in English."""
        return told(self.key, self.arguments)


def predictions(
    drawn: Iterable[DrawnLine],
    rate_hz: float | None,
    *,
    boxes: Sequence[Box] = (),
    ground: GroundPoints | None = None,
) -> list[Prediction]:
    """Return what is foretold of each line and class.

    Args:
        drawn: The lines.
        rate_hz: How many frames a second are looked at; None where nobody knows yet.
        boxes: Whom the device has told of while somebody aimed.
        ground: The site's calibration, where it has one.
    """
    return [
        _prediction(line, name, rate_hz, _way_m(line, name, boxes, ground))
        for line in drawn
        for name in line.classes
    ]


def reach_lengths(rate_hz: float) -> float:
    """Return how many lengths of its box one may come from look to look.

    Args:
        rate_hz: Looks a second; between those that were measured, in proportion.
    """
    rates = [rate for rate, _ in REACH_LENGTHS]
    after = bisect_left(rates, rate_hz)
    if after in (0, len(rates)):
        return REACH_LENGTHS[min(after, len(rates) - 1)][1]
    (low, before), (high, behind) = REACH_LENGTHS[after - 1 : after + 1]
    return before + (behind - before) * (rate_hz - low) / (high - low)


def _prediction(
    line: DrawnLine, class_name: str, rate_hz: float | None, way_m: float | None
) -> Prediction:
    measures = CLASSES.get(class_name)
    known: dict[str, str | float] = {"class_name": class_name}
    if measures is None:
        return Prediction(line.name, class_name, None, "class_unmeasured", known)
    if rate_hz is None or not rate_hz > 0:
        return Prediction(line.name, class_name, None, "rate_unwatched", {})
    steps_m = [reach_lengths(rate_hz) * measures.length_m]
    if way_m is not None:
        steps_m.append(way_m / LOOKS_MIN)
    speed_kmh = min(steps_m) * rate_hz * 3.6
    key = "fast_enough" if speed_kmh >= measures.usual_kmh else "missed_above"
    told = {**known, "kmh": math.floor(speed_kmh), "rate": round(rate_hz, 1)}
    return Prediction(line.name, class_name, math.floor(speed_kmh), key, told)


def _way_m(
    line: DrawnLine,
    class_name: str,
    boxes: Sequence[Box],
    ground: GroundPoints | None,
) -> float | None:
    """Return how far one goes through the picture, straight across a line, in metres.

    None where neither a calibration nor anybody near the line tells how large things
    are there.
    """
    middle = tuple((a + b) / 2 for a, b in zip(line.start, line.end, strict=True))
    at = (middle[0], middle[1])
    across = (
        (line.end[1] - line.start[1]) / ASPECT,
        -(line.end[0] - line.start[0]) * ASPECT,
    )
    length = _through(at, across)
    if ground is not None:
        scale = metres_a_unit(ground.picture, ground.ground_m, at, across)
        if scale is not None:
            return length * scale
    heights = list(_heights(line, class_name, boxes))
    if len(heights) < BOXES_MIN:
        return None
    size = math.hypot(*across)
    in_heights = length * math.hypot(across[0] / size * ASPECT, across[1] / size)
    return in_heights * CLASSES[class_name].height_m / median(heights)


def _through(at: XY, towards: XY) -> float:
    """Return how long a straight way through a place is inside of the picture."""
    size = math.hypot(*towards)
    if not size:
        return 0.0
    reach = 0.0
    for sign in (-1, 1):
        ways = [
            ((1.0 if step > 0 else 0.0) - place) / step
            for place, each in zip(at, towards, strict=True)
            if (step := sign * each / size)
        ]
        reach += max(min(ways), 0.0)
    return reach


def _heights(line: DrawnLine, class_name: str, boxes: Sequence[Box]) -> Iterator[float]:
    """Yield how high boxes of a class are that stand near a line."""
    if class_name not in CLASSES:
        return
    for box in boxes:
        foot = ((box.x1 + box.x2) / 2, box.y2)
        if box.class_name == class_name and _apart(foot, line) <= NEAR:
            height = box.y2 - box.y1
            if height > 0:
                yield height


def _apart(point: XY, line: DrawnLine) -> float:
    """Return how far a point is from a line's segment, in heights of the picture."""
    (x, y), (x1, y1), (x2, y2) = (
        (each[0] * ASPECT, each[1]) for each in (point, line.start, line.end)
    )
    span = (x2 - x1) ** 2 + (y2 - y1) ** 2
    share = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / span if span else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1))
