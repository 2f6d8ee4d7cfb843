"""What needs no picture: from what was found to figures and alerts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tallypost.domain.alerts import Alert
from tallypost.domain.records import Interval
from tallypost.domain.vision import Detections, Size
from tallypost.vision.aiming.spectacle import Spectacle
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.elements.alarms import Alarms
from tallypost.vision.elements.base import Element, Sign
from tallypost.vision.elements.observer import Observer
from tallypost.vision.gate.settled import Settled
from tallypost.vision.kpi.window import AT_ONCE, Arrival, Moment, Window
from tallypost.vision.tracking.rules import Patience
from tallypost.vision.tracking.tracker import Tracker

Told = Interval | Alert
"""What leaves the half that sees."""
GAP_S = Patience().gap_s
"""After so long without a frame that can be trusted nobody knows what goes on: the
tracker has given everybody up."""


class Counting:
    """Tracker, observer, elements and window, in a row.

    Args:
        tracker: Follows objects from frame to frame.
        observer: Gathers what elements may know of a moment.
        elements: Every element of the site, by the key that records know it under.
        window: Gathers the figures of the same elements.
        settled: Notes whether anybody moves; None where nobody asks.
        spectacle: Tells who aims who is there and passes; None: nobody aims.
    """

    def __init__(
        self,
        *,
        tracker: Tracker,
        observer: Observer,
        elements: Mapping[str, Sequence[Element]],
        window: Window,
        settled: Settled | None = None,
        spectacle: Spectacle | None = None,
    ) -> None:
        self._tracker = tracker
        self._observer = observer
        self._elements = [
            (key, element) for key, each in elements.items() for element in each
        ]
        self._window = window
        self._settled = settled
        self._spectacle = spectacle
        self._alarms = Alarms()
        self._moment: Moment | None = None
        self._watched_s: float | None = None
        """When a frame was last counted; None where that is too long ago."""
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
        told += self._lose_sight(moment)
        told += self._alarms.due(moment, watched=detections is not None)
        if detections is None:
            return told
        tracks = self._tracker.update(detections, time_s)
        glance = self._observer.look(tracks, scene)
        if self._watched_s is None:
            glance = replace(glance, anew=True)
        self._watched_s = moment.time_s
        for crossing in glance.crossings:
            self._note(crossing, glance.classes)
        if self._settled is not None:
            self._settled.note(detections, glance.tracks, glance.still_s)
        if self._spectacle is not None:
            self._spectacle.counted(glance, moment.time_s)
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
        """Note that no frame came; return what is over by then.

        That is intervals, and what went on, once nobody can say that it still does.
        """
        return [*self._window.idle(moment), *self._lose_sight(moment)]

    def lived(self, lifetime_ms: float) -> None:
        """Note how long the last frame's picture existed."""
        self._window.lived(lifetime_ms)

    def finish(self) -> list[Told]:
        """Return the running interval as it is, and the end of all that goes on."""
        over = [] if self._moment is None else self._alarms.finish(self._moment)
        return [*over, *self._window.finish()]

    def _lose_sight(self, moment: Moment) -> list[Alert]:
        """Return the end of what elements told, when nobody has watched for long."""
        watched_s = self._watched_s
        if watched_s is None or abs(moment.time_s - watched_s) <= GAP_S:
            return []
        self._watched_s = None
        return self._alarms.lose_sight(moment)

    def _note(self, crossing: LineCrossing, classes: Sequence[str]) -> None:
        label = classes[crossing.class_id]
        self.crossings[crossing.line, crossing.direction, label] += 1
