"""From light to figures: camera, detector, tracker, counters and window, in a row."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tallypost.board.base import Board
from tallypost.domain.records import Interval
from tallypost.domain.vision import Detections, Frame, Size
from tallypost.vision.camera.base import Camera
from tallypost.vision.counting.events import (
    Direction,
    Event,
    LineCrossing,
    LinePassage,
    ZoneEntry,
    ZoneExit,
)
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.detection.base import Detector
from tallypost.vision.kpi.window import Moment, Window
from tallypost.vision.seeing import look
from tallypost.vision.timeline import Timeline
from tallypost.vision.tracking.tracker import Tracker


class Counting:
    """What needs no picture: detections in, figures out.

    Args:
        tracker: Follows objects from frame to frame.
        lines: Every line that is watched.
        zones: Every zone that is watched.
        window: Gathers the figures.
        classes: Names of the detector's classes.
    """

    def __init__(
        self,
        *,
        tracker: Tracker,
        lines: Sequence[LineCounter],
        zones: Sequence[ZoneCounter],
        window: Window,
        classes: Sequence[str],
    ) -> None:
        self._tracker = tracker
        self._lines = tuple(lines)
        self._zones = tuple(zones)
        self._window = window
        self._classes = tuple(classes)
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
    ) -> list[Interval]:
        """Count what one frame shows; return the intervals that are over by then.

        Args:
            detections: What was found on the frame.
            scene: Size of the picture that their boxes are told in.
            time_s: The frame's time, for the tracker.
            moment: The frame's time by the calendar, for the figures.
            dropped: How many frames came and were not looked at since the last one.
        """
        closed = self._window.look(moment, dropped=dropped)
        tracks = self._tracker.update(detections, time_s)
        for line in self._lines:
            for crossing in line.update(tracks, scene):
                self._note(crossing)
        for zone in self._zones:
            for event in zone.update(tracks, scene):
                self._note(event)
            self._window.occupied(
                zone.name,
                {self._classes[key]: count for key, count in zone.occupancy.items()},
            )
        return closed

    def idle(self, moment: Moment) -> list[Interval]:
        """Note that no frame came; return the intervals that are over by then."""
        return self._window.idle(moment)

    def lived(self, lifetime_ms: float) -> None:
        """Note how long the last frame's picture existed."""
        self._window.lived(lifetime_ms)

    def finish(self) -> list[Interval]:
        """Return the running interval as it is: the watch is over."""
        return self._window.finish()

    def _note(self, event: Event) -> None:
        label = self._classes[event.class_id]
        match event:
            case LineCrossing():
                self.crossings[event.line, event.direction, label] += 1
                forward = event.direction is Direction.FORWARD
                self._window.crossed(event.line, label, forward=forward)
            case LinePassage():
                pass  # the records tell crossings
            case ZoneEntry():
                self._window.entered(event.zone, label)
            case ZoneExit():
                self._window.left(event.zone, label, event.dwell_s)


PATIENCE_S = 1.0
"""How long one step may wait for a frame or for its hour."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What is left of a frame once its picture is gone.

    Attributes:
        detections: What was found.
        scene: Size of the picture that their boxes are told in.
        time_s: The frame's time, for the tracker.
        moment: The frame's time by the calendar.
        dropped: How many frames came and were not looked at since the last one.
        lifetime_ms: How long the picture existed.
    """

    detections: Detections
    scene: Size
    time_s: float
    moment: Moment
    dropped: int
    lifetime_ms: float


class Pipeline:
    """Takes frames one at a time, has them looked at, and overwrites them at once.

    While the model looks at one frame, what it found on the one before is counted: so
    counting costs no time, and comes a frame later.

    Args:
        camera: Where frames come from.
        detector: What looks at them.
        counting: What counts.
        timeline: When they were taken.
        board: Whose monotonic clock tells how long a picture existed.
        rate_hz_max: Look at no more frames a second than that.

    Attributes:
        frames: How many were looked at.
        silent: Whether the camera gives nothing just now.
    """

    def __init__(
        self,
        *,
        camera: Camera,
        detector: Detector,
        counting: Counting,
        timeline: Timeline,
        board: Board,
        rate_hz_max: float | None = None,
    ) -> None:
        self._camera = camera
        self._detector = detector
        self._counting = counting
        self._timeline = timeline
        self._board = board
        self._pause_s = 1.0 / rate_hz_max if rate_hz_max else 0.0
        self._due_s = board.monotonic_s()
        self._dropped = 0
        self._looked: Looked | None = None
        self._over: list[Interval] = []
        self.frames = 0
        self.silent = False

    def run(self, outlet: Callable[[Interval], None], stop: Callable[[], bool]) -> None:
        """Work until the footage is over or somebody says stop.

        The last, unfinished interval is handed out too, also where an error ends it.

        Args:
            outlet: Takes every interval as soon as it is over.
            stop: Asked before each frame.

        Raises:
            CameraError: The camera is gone, or the rest of its footage unreadable.
            ModelError: The detector fails.
        """
        try:
            while not stop() and not self._camera.ended:
                for interval in self.step():
                    outlet(interval)
        finally:
            for interval in self.finish():
                outlet(interval)

    def step(self) -> list[Interval]:
        """Look at one frame, or wait for one in vain; return what is over by then.

        It never waits for long: whoever calls may want to stop.
        """
        left_s = self._due_s - self._board.monotonic_s()
        self._board.wait(min(left_s, PATIENCE_S))
        if left_s > PATIENCE_S:
            return []
        frame = self._camera.read(PATIENCE_S)
        if frame is None:
            self._idle()
        else:
            self.silent = False
            self._due_s = self._board.monotonic_s() + self._pause_s
            self._looked = self._look(frame, self._count)
            self.frames += 1
        return self._take_over()

    def finish(self) -> list[Interval]:
        """Return what is not over yet: the watch is."""
        self._count()
        self._over += self._counting.finish()
        return self._take_over()

    def _look(self, frame: Frame, meanwhile: Callable[[], None]) -> Looked:
        """Have a frame looked at, and overwrite it."""
        moment = self._timeline.moment(frame)
        before, self._dropped = self._dropped, self._camera.dropped
        try:
            detections = look(self._detector, frame, meanwhile)
        finally:
            frame.erase()
        lifetime_s = self._board.monotonic_s() - frame.captured_monotonic_s
        return Looked(
            detections=detections,
            scene=frame.scene,
            time_s=frame.time_s,
            moment=moment,
            dropped=self._dropped - before,
            lifetime_ms=lifetime_s * 1000.0,
        )

    def _count(self) -> None:
        """Count what was found on the last frame, once."""
        looked, self._looked = self._looked, None
        if looked is None:
            return
        self._over += self._counting.look(
            looked.detections,
            scene=looked.scene,
            time_s=looked.time_s,
            moment=looked.moment,
            dropped=looked.dropped,
        )
        self._counting.lived(looked.lifetime_ms)

    def _idle(self) -> None:
        self._count()
        self.silent = not self._camera.ended
        moment = self._timeline.now()
        if moment is not None:
            self._over += self._counting.idle(moment)

    def _take_over(self) -> list[Interval]:
        over, self._over = self._over, []
        return over
