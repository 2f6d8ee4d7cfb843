"""Measures what this board manages, and where the time of a frame goes."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from statistics import median

from tallypost.assembly.attention import attention
from tallypost.assembly.camera import open_footage, open_synthetic
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold, open_detector, threshold
from tallypost.board.base import Board
from tallypost.models.at_hand import Model
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.camera.base import Camera
from tallypost.vision.detection.base import Detector
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.timeline import FootageTimeline

WARM_UP_FRAMES = 10
SITE = Site(
    lines=(Line(name="line", start=(0.5, 0.0), end=(0.5, 1.0)),),
    zones=(Zone(name="zone", polygon=((0.2, 0.2), (0.8, 0.2), (0.5, 0.8))),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one model costs on this board.

    Attributes:
        model: Its name.
        width: Of its input in pixels.
        height: Of its input in pixels.
        threads: How many processor cores worked on one picture.
        frames: How many were looked at.
        invoke_ms: Median time of the model alone.
        around_ms: Median time of all else: waiting for the picture, letterbox, decode,
            suppression, tracking, counting.
        rate_hz: Frames a second, the whole run.
    """

    model: str
    width: int
    height: int
    threads: int
    frames: int
    invoke_ms: float
    around_ms: float
    rate_hz: float


def measure(
    model: Model,
    *,
    source: str | None,
    threads: int,
    frames: int,
    board: Board,
    on_frame: Callable[[], None],
) -> Measurement:
    """Return what one model costs on this board.

    Args:
        model: What the store has found.
        source: Footage; None for a drawn street.
        threads: Processor cores for one picture.
        frames: How many frames to look at; fewer where the footage is shorter.
        board: Whose monotonic clock measures.
        on_frame: Called before each frame, for progress.

    Raises:
        CameraError: The source cannot be read.
        ModelError: The model cannot be used.
    """
    scores = threshold(model, None)
    with (
        closing(
            open_detector(model, score_min=scores.hold, threads=threads, board=board)
        ) as detector,
        closing(
            open_synthetic(detector.input_size, board)
            if source is None
            else open_footage(source, detector.input_size, board)
        ) as camera,
    ):
        pipeline = _pipeline(camera, detector, scores, board)
        whole_s, invokes_s = [], []
        while pipeline.frames < frames + WARM_UP_FRAMES and not camera.ended:
            on_frame()
            before_s = board.monotonic_s()
            pipeline.step()
            whole_s.append(board.monotonic_s() - before_s)
            invokes_s.append(detector.invoke_s or 0.0)
        whole_s, invokes_s = whole_s[WARM_UP_FRAMES:], invokes_s[WARM_UP_FRAMES:]
        around_s = [a - b for a, b in zip(whole_s, invokes_s, strict=True)]
        return Measurement(
            model=model.description.name,
            width=detector.input_size.width,
            height=detector.input_size.height,
            threads=threads,
            frames=len(whole_s),
            invoke_ms=median(invokes_s or [0.0]) * 1000.0,
            around_ms=median(around_s or [0.0]) * 1000.0,
            rate_hz=len(whole_s) / max(sum(whole_s), 1e-9),
        )


def _pipeline(
    camera: Camera, detector: Detector, scores: Threshold, board: Board
) -> Pipeline:
    return Pipeline(
        camera=camera,
        attention=attention(detector, (), rest=False),
        counting=counting(
            SITE,
            place="the benchmark's own site",
            classes=detector.classes,
            threshold=scores,
            interval_s=60.0,
        ),
        timeline=FootageTimeline(),
        board=board,
    )
