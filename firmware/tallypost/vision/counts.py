"""What needs no picture: from what was found to figures and alerts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from tallypost.domain.alerts import Alert
from tallypost.domain.records import Interval
from tallypost.domain.vision import Detections, Size, Tracks
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.alarms import Alarms
from tallypost.vision.elements.base import Element, Glance, Sign
from tallypost.vision.elements.stillness import Stillness
from tallypost.vision.gate.settled import Settled
from tallypost.vision.kpi.window import AT_ONCE, Arrival, Moment, Window
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
        settled: Notes whether anybody moves; None where nobody asks.
    """

    def __init__(
        self,
        *,
        tracker: Tracker,
        lines: Sequence[LineCounter],
        elements: Mapping[str, Sequence[Element]],
        window: Window,
        classes: Sequence[str],
        settled: Settled | None = None,
    ) -> None:
        self._tracker = tracker
        self._lines = tuple(lines)
        self._elements = [
            (key, element) for key, each in elements.items() for element in each
        ]
        self._window = window
        self._classes = tuple(classes)
        self._stillness = Stillness()
        self._settled = settled
        self._alarms = Alarms()
        self._moment: Moment | None = None
        self.crossings: Counter[tuple[str, Direction, str]] = Counter()
        """How many crossed each line so far, by direction and class: for a display."""

    def look(
        self,
        detections: Detections | None,
        *,
        scene: Size,
        time_s: float,
        moment: Moment,
        arrival: Arrival = AT_ONCE,
    ) -> list[Told]:
        """Count what one frame shows; return the intervals that are over, and alerts.

        Args:
            detections: What was found on the frame; None where it was not looked at,
                because the camera cannot be trusted.
            scene: Size of the picture that their boxes are told in.
            time_s: The frame's time, for the tracker.
            moment: The frame's time by the calendar, for the figures.
            arrival: How the frame came.
        """
        self._moment = moment
        told: list[Told] = [*self._window.look(moment, arrival)]
        if detections is None:
            return told
        glance = self._glance(self._tracker.update(detections, time_s), scene)
        if self._settled is not None:
            self._settled.note(detections, glance.tracks, glance.still_s)
        for key, element in self._elements:
            for sign in element.update(glance):
                told += self._alarms.heed(sign, key, element.name, moment)
        return told

    def warn(self, sign: Sign, moment: Moment) -> list[Told]:
        """Return the alert that a sign of the camera itself becomes, if it does."""
        return [*self._alarms.heed(sign, None, None, moment)]

    def is_settled(self, time_s: float) -> bool:
        """Return whether nobody moves, so that nobody need look at a picture.

        Args:
            time_s: The picture's time.
        """
        return self._settled is not None and self._settled.at(time_s)

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
        events = chain.from_iterable(line.update(tracks, scene) for line in self._lines)
        crossings, passages = told_apart(events)
        for crossing in crossings:
            self._note(crossing)
        return Glance(
            tracks=tracks,
            scene=scene,
            classes=self._classes,
            crossings=crossings,
            passages=passages,
            still_s=self._stillness.update(tracks),
        )

    def _note(self, crossing: LineCrossing) -> None:
        label = self._classes[crossing.class_id]
        self.crossings[crossing.line, crossing.direction, label] += 1


def told_apart(
    events: Iterable[LineCrossing | LinePassage],
) -> tuple[list[LineCrossing], list[LinePassage]]:
    """Return the effective crossings and the actual ones."""
    crossings: list[LineCrossing] = []
    passages: list[LinePassage] = []
    for event in events:
        match event:
            case LineCrossing():
                crossings.append(event)
            case LinePassage():
                passages.append(event)
    return crossings, passages
