"""Hand-made tracks: boxes at times, and who is shown them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import foot_points
from tallypost.vision.elements.base import Element, Glance, Sign
from tallypost.vision.elements.stillness import Stillness

SCENE = Size(1000, 1000)
CLASSES = ("person", "car", "truck")
PERSON, CAR, TRUCK = range(3)
PATIENCE_S = 1.5

Box = tuple[float, float, float, float]
Way = Sequence[tuple[float, Box]]


@dataclass(frozen=True)
class Seen:
    """One track.

    Attributes:
        way: Where its box is at which time; it is told from the first to the last.
        unseen: Between which times it is not told, though it is there.
        class_id: What it is taken for.
    """

    way: Way
    unseen: Sequence[tuple[float, float]] = ()
    class_id: int = CAR

    @property
    def born(self) -> tuple[float, Box]:
        """When and where it was first seen."""
        return self.way[0]

    def box(self, time_s: float) -> Box | None:
        """Where it is told to be."""
        times_s = [at_s for at_s, _ in self.way]
        if not times_s[0] <= time_s <= times_s[-1] or any(
            start <= time_s < end for start, end in self.unseen
        ):
            return None
        sides = zip(*(box for _, box in self.way), strict=True)
        x1, y1, x2, y2 = (float(np.interp(time_s, times_s, side)) for side in sides)
        return x1, y1, x2, y2


def tracks(
    seen: Mapping[int, Seen], *, until_s: float, rate_hz: float, since_s: float = 0.0
) -> Iterator[Tracks]:
    """Yield what a tracker tells at every look."""
    ended: set[int] = set()
    for look in range(int((until_s - since_s) * rate_hz) + 1):
        time_s = since_s + look / rate_hz
        here = {one: box for one, each in seen.items() if (box := each.box(time_s))}
        gone = {
            one for one, each in seen.items() if time_s - each.way[-1][0] > PATIENCE_S
        }
        yield Tracks(
            time_s=time_s,
            ids=np.array(list(here), np.int64),
            boxes=_boxes(here.values()),
            class_ids=np.array([seen[one].class_id for one in here], np.int64),
            born_boxes=_boxes(seen[one].born[1] for one in here),
            born_s=np.array([seen[one].born[0] for one in here]),
            ended_ids=np.array(sorted(gone - ended), np.int64),
        )
        ended |= gone


def _boxes(boxes: Iterable[Box]) -> np.ndarray:
    return np.array(list(boxes), np.float32).reshape(-1, 4)


@dataclass
class Watch:
    """Shows an element what a tracker tells, and lets time pass as the window does."""

    element: Element
    ground: Callable[[np.ndarray], np.ndarray] | None = None
    """From feet on the picture to metres, where there is a calibration."""

    def __post_init__(self) -> None:
        self._stillness = Stillness()
        self._time_s: float | None = None
        self.signs: list[tuple[float, Sign]] = []

    def show(
        self, seen: Mapping[int, Seen], until_s: float, *, rate_hz: float = 5.0
    ) -> "Watch":
        """Show everything from where it was left until a time."""
        since_s = 0.0 if self._time_s is None else self._time_s + 1 / rate_hz
        for told in tracks(seen, until_s=until_s, rate_hz=rate_hz, since_s=since_s):
            self._look(told)
        return self

    def _look(self, told: Tracks) -> None:
        if self._time_s is not None:
            self.element.elapse(told.time_s - self._time_s)
        self._time_s = told.time_s
        feet = foot_points(told.boxes)
        glance = Glance(
            ground_m=self.ground(feet) if self.ground else np.empty((0, 2)),
            tracks=told,
            scene=SCENE,
            classes=CLASSES,
            still_s=self._stillness.update(told),
        )
        signs = self.element.update(glance)
        self.signs += [(told.time_s, sign) for sign in signs]
