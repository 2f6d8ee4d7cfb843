"""What needs no picture: from what was found to figures and alerts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tallypost.domain.alerts import Alert
from tallypost.domain.records import Interval
from tallypost.domain.vision import Detections, Size, Tracks
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.alarms import Alarms
from tallypost.vision.elements.base import Element, Glance
from tallypost.vision.elements.stillness import Stillness
from tallypost.vision.kpi.window import Moment, Window
from tallypost.vision.tracking.tracker import Tracker

Told = Interval | Alert
"""What leaves the half that sees."""


class Counting:
    """Tracker, lines, elements and window, in a row.

    Args:
        tracker: Follows objects from frame to frame.
        lines: Every line that is watched.
        elements: Every element of the site, by the key that records know it under.
        window: Gathers the figures of the same elements.
        classes: Names of the detector's classes.
    """

    def __init__(
        self,
        *,
        tracker: Tracker,
        lines: Sequence[LineCounter],
        elements: Mapping[str, Sequence[Element]],
        window: Window,
        classes: Sequence[str],
    ) -> None:
        self._tracker = tracker
        self._lines = tuple(lines)
        self._elements = [
            (key, element) for key, each in elements.items() for element in each
        ]
        self._window = window
        self._classes = tuple(classes)
        self._stillness = Stillness()
        self._alarms = Alarms()
        self._moment: Moment | None = None
        self.crossings: Counter[tuple[str, Direction, str]] = Counter()
        """How many crossed each line so far, by direction and class: for a display."""

    def look(
        self,
        detections: Detections,
        *,
        scene: Size,
        time_s: float,
        moment: Moment,
        dropped: int = 0,
    ) -> list[Told]:
        """Count what one frame shows; return the intervals that are over, and alerts.

        Args:
            detections: What was found on the frame.
            scene: Size of the picture that their boxes are told in.
            time_s: The frame's time, for the tracker.
            moment: The frame's time by the calendar, for the figures.
            dropped: How many frames came and were not looked at since the last one.
        """
        told: list[Told] = [*self._window.look(moment, dropped=dropped)]
        glance = self._glance(self._tracker.update(detections, time_s), scene)
        self._moment = moment
        for key, element in self._elements:
            for sign in element.update(glance):
                alert = self._alarms.heed(sign, key, element.name, moment)
                told += [] if alert is None else [alert]
        return told

    def idle(self, moment: Moment) -> list[Told]:
        """Note that no frame came; return the intervals that are over by then."""
        return [*self._window.idle(moment)]

    def lived(self, lifetime_ms: float) -> None:
        """Note how long the last frame's picture existed."""
        self._window.lived(lifetime_ms)

    def finish(self) -> list[Told]:
        """Return the running interval as it is, and the end of all that goes on."""
        over = [] if self._moment is None else self._alarms.finish(self._moment)
        return [*over, *self._window.finish()]

    def _glance(self, tracks: Tracks, scene: Size) -> Glance:
        """Return what elements may know of this moment."""
        crossings = [
            crossing for line in self._lines for crossing in line.update(tracks, scene)
        ]
        for crossing in crossings:
            self._note(crossing)
        return Glance(
            tracks=tracks,
            scene=scene,
            classes=self._classes,
            crossings=crossings,
            still_s=self._stillness.update(tracks),
        )

    def _note(self, crossing: LineCrossing) -> None:
        label = self._classes[crossing.class_id]
        self.crossings[crossing.line, crossing.direction, label] += 1
