"""From light to figures: camera, detector, tracker, counters and window, in a row."""

from collections.abc import Callable
from dataclasses import dataclass

from tallypost.board.base import Board
from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.vision import Detections, Frame, Size
from tallypost.vision.aiming.spectacle import Spectacle
from tallypost.vision.attention import Attention
from tallypost.vision.camera.base import Camera
from tallypost.vision.counts import Counting, Told
from tallypost.vision.elements.base import Sign
from tallypost.vision.kpi.window import Arrival, Moment
from tallypost.vision.scrutiny.verdict import Verdict
from tallypost.vision.timeline import Timeline

PATIENCE_S = 1.0
"""How long one step may wait for a frame or for its hour."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What is left of a frame once its picture is gone.

    Attributes:
        detections: What was found; None where the camera cannot be trusted.
        scene: Size of the picture that their boxes are told in.
        time_s: The frame's time, for the tracker.
        moment: The frame's time by the calendar.
        arrival: How it came.
        lifetime_ms: How long the picture existed.
    """

    detections: Detections | None
    scene: Size
    time_s: float
    moment: Moment
    arrival: Arrival
    lifetime_ms: float


class Pipeline:
    """Takes frames one at a time, has them looked at, and overwrites them at once.

    What the model found on a frame is counted while the next one is waited for; where
    that one is there already, while the model looks at it. So counting costs no time,
    and an alert waits for no frame that is late.

    Args:
        camera: Where frames come from.
        attention: What looks at them, or lets them pass.
        counting: What counts.
        timeline: When they were taken.
        board: Whose monotonic clock tells how long a picture existed.
        rate_hz_max: Look at no more frames a second than that.
        spectacle: Tells who aims what is seen; None: nobody aims.

    Attributes:
        frames: How many were looked at.
        silent: Whether the camera gives nothing just now.
    """

    def __init__(  # noqa: PLR0913  all by name
        self,
        *,
        camera: Camera,
        attention: Attention,
        counting: Counting,
        timeline: Timeline,
        board: Board,
        rate_hz_max: float | None = None,
        spectacle: Spectacle | None = None,
    ) -> None:
        self._camera = camera
        self._spectacle = spectacle
        self._attention = attention
        self._counting = counting
        self._timeline = timeline
        self._board = board
        self._pause_s = 1.0 / rate_hz_max if rate_hz_max else 0.0
        self._due_s = board.monotonic_s()
        self._dropped = 0
        self._looked: Looked | None = None
        self._over: list[Told] = []
        self.frames = 0
        self.silent = False

    def run(self, outlet: Callable[[Told], None], stop: Callable[[], bool]) -> None:
        """Work until the footage is over or somebody says stop.

        The last, unfinished interval is handed out too, also where an error ends it.

        Args:
            outlet: Takes every interval as soon as it is over, and every alert at once.
            stop: Asked before each frame.

        Raises:
            CameraError: The camera is gone, or the rest of its footage unreadable.
            ModelError: The detector fails.
        """
        try:
            while not stop() and not self._camera.ended:
                for told in self.step():
                    outlet(told)
        finally:
            for told in self.finish():
                outlet(told)

    def step(self) -> list[Told]:
        """Look at one frame, or wait for one in vain; return what is to be told.

        It never waits for long: whoever calls may want to stop.
        """
        left_s = self._due_s - self._board.monotonic_s()
        frame = self._camera.read(0.0) if left_s <= 0 else None
        if frame is None:
            self._count()  # there is nothing better to do, and an alert may come of it
            if self._over:
                return self._take_over()
            self._board.wait(min(left_s, PATIENCE_S))
            if left_s > PATIENCE_S:
                self._attention.forget()
                return []
            frame = self._camera.read(PATIENCE_S)
        if frame is None:
            self._idle()
        else:
            self.silent = False
            self._due_s = self._board.monotonic_s() + self._pause_s
            self._looked = self._look(frame)
            self.frames += 1
        return self._take_over()

    def finish(self) -> list[Told]:
        """Return what is not over yet: the watch is."""
        self._attention.forget()
        self._count()
        self._over += self._counting.finish()
        return self._take_over()

    def _look(self, frame: Frame) -> Looked:
        """Have a frame looked at, and overwrite it; count those before."""
        moment = self._timeline.moment(frame)
        before, self._dropped = self._dropped, self._camera.dropped
        try:
            seen = self._attention.see(frame, self._count, self._is_settled)
            if self._spectacle is not None:
                told = seen.detections, frame.scene, moment.time_s
                self._spectacle.look(frame.pixels, *told)
        finally:
            frame.erase()
        lifetime_s = self._board.monotonic_s() - frame.captured_monotonic_s
        self._count()
        for verdict in seen.verdicts:
            self._over += self._counting.warn(_sign(verdict), moment)
        return Looked(
            detections=seen.detections,
            scene=frame.scene,
            time_s=frame.time_s,
            moment=moment,
            arrival=Arrival(
                dropped=self._dropped - before,
                rested=seen.rested,
                condition=seen.condition,
            ),
            lifetime_ms=lifetime_s * 1000.0,
        )

    def _is_settled(self, time_s: float) -> bool:
        self._count()
        return self._counting.is_settled(time_s)

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
            arrival=looked.arrival,
        )
        self._counting.lived(looked.lifetime_ms)

    def _idle(self) -> None:
        self._attention.forget()
        if self._spectacle is not None:
            self._spectacle.forget()
        self.silent = not self._camera.ended
        moment = self._timeline.now()
        if moment is not None:
            self._over += self._counting.idle(moment)

    def _take_over(self) -> list[Told]:
        over, self._over = self._over, []
        return over


def _sign(verdict: Verdict) -> Sign:
    return Sign(
        kind=AlertKind(verdict.fault.value),
        state=AlertState.BEGUN if verdict.began else AlertState.ENDED,
    )
