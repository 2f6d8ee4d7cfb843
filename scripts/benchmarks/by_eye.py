"""Counts that somebody made by eye, and ours over the same lines."""

from dataclasses import dataclass

import numpy as np

from tallypost.domain.vision import Detections, Size
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.tracking.tracker import Tracker

SLOW_HZ = 5.0

Counts = tuple[int, int]
"""Forward and backward."""
Ends = tuple[tuple[float, float], tuple[float, float]]
Looks = tuple[list[Detections], list[float], Size]
"""What was told of each frame, when it was, and the size of the picture."""


@dataclass(frozen=True, slots=True)
class ByEye:
    """What somebody has counted who looked at footage frame by frame.

    Attributes:
        file: Of the footage.
        rate_hz: Its own rate.
        line: The line, start and end in 0..1 of the picture.
        truth: Counts by class; other classes are not looked at.
        sure: How sure it is.
    """

    file: str
    rate_hz: float
    line: Ends
    truth: dict[str, Counts]
    sure: str

    @property
    def what(self) -> str:
        """Footage and line, in words."""
        (x1, y1), (x2, y2) = self.line
        return f"{self.file}, line {x1} {y1} to {x2} {y2}"


BY_EYE = (
    ByEye(
        file="one-by-one-person.mp4",
        rate_hz=10.0,
        line=((0.75, 1.0), (0.75, 0.3)),
        truth={"person": (6, 0)},
        sure="sure: six people come from below, stand at a table, and leave one by one "
        "to the right; the line is where they leave",
    ),
    ByEye(
        file="cars-cyclist.mp4",
        rate_hz=20.0,
        line=((0.35, 0.9), (0.35, 0.2)),
        truth={"car": (1, 0), "bicycle": (1, 0)},
        sure="sure: a cyclist and a white car go to the right over the line, a red car "
        "stays before it; the rider is not looked at as a person",
    ),
    ByEye(
        file="cars-cyclist.mp4",
        rate_hz=20.0,
        line=((0.0, 0.52), (1.0, 0.52)),
        truth={"car": (0, 0), "bicycle": (1, 0)},
        sure="sure: the cyclist alone comes as far down as this line",
    ),
    ByEye(
        file="market-street.mp4",
        rate_hz=24.0,
        line=((0.6, 0.0), (0.6, 1.0)),
        truth={"person": (0, 0), "car": (0, 0), "motorcycle": (0, 0)},
        sure="sure: it is one photograph, slowly zoomed; nobody moves at all",
    ),
)


def slower(told: Looks) -> Looks:
    """Return the same footage at 5 frames a second."""
    found, times_s, scene = told
    slots = np.floor(np.array(times_s) * SLOW_HZ + 1e-6)
    kept = np.flatnonzero(np.diff(slots, prepend=-1) > 0).tolist()
    return [found[n] for n in kept], [times_s[n] for n in kept], scene


def counted(
    told: Looks, line: Ends, classes: tuple[str, ...], score_min: float
) -> dict[str, Counts]:
    """Return who crossed a line, by class."""
    tracker = Tracker(score_min=score_min, classes=classes)
    counter = LineCounter(name="line", start=line[0], end=line[1])
    counts = dict.fromkeys(classes, (0, 0))
    found, times_s, scene = told
    for one, time_s in zip(found, times_s, strict=True):
        for event in counter.update(tracker.update(one, time_s), scene):
            if not isinstance(event, LineCrossing):
                continue
            forward, backward = counts[classes[event.class_id]]
            ahead = event.direction is Direction.FORWARD
            counts[classes[event.class_id]] = (
                forward + ahead,
                backward + (not ahead),
            )
    return counts
