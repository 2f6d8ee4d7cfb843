"""From footage, or what somebody has detected on it, to figures, in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from tallypost.assembly.attention import attention
from tallypost.assembly.camera import open_footage
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold, open_detector, threshold
from tallypost.assembly.gaze import gaze
from tallypost.board.base import Board, ClockReading
from tallypost.domain.records import ClockTrust, Provenance
from tallypost.domain.vision import Size
from tallypost.errors import RecordingError
from tallypost.models.store import find_model
from tallypost.settings.reading import read_site
from tallypost.settings.regions import RegionsSettings
from tallypost.settings.site import named_classes, site_hash
from tallypost.vision.camera.sources import Device, Stream, parse
from tallypost.vision.counts import Counting
from tallypost.vision.detection.delegate import Delegate
from tallypost.vision.detection.recording import (
    WISH,
    RecordedDetections,
    read_recording,
)
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.timeline import FootageTimeline, LiveTimeline, Timeline

RECORDED_SCORE_MIN = 0.4
"""Recorded detections begin an object from this score on, where scores are 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a replay is asked for.

    Attributes:
        site_file: `site.toml`.
        interval_s: Length of the intervals.
        start_utc_s: When the footage began; None where nobody said.
        model: Name or file of the detector's model; None for the best at hand.
        score_min: Scores an object begins with; None for the model's own.
        threads: Processor cores for the model.
        delegate: What runs the model instead of the processor.
        real_pace: Whether footage passes as time does.
        rate_hz_max: Look at no more frames a second; of recorded detections, how many
            there are.
        regions: How often, and how close, one picture is looked at.
        ignored: Faults of the camera that are neither told nor heeded.
        rest: Whether the detector may rest while nothing moves.
    """

    site_file: Path
    interval_s: float = 60.0
    start_utc_s: float | None = None
    model: str | None = None
    score_min: float | None = None
    threads: int = 2
    delegate: Delegate | None = None
    real_pace: bool = False
    rate_hz_max: float | None = None
    regions: RegionsSettings = field(default_factory=RegionsSettings)
    ignored: tuple[str, ...] = ()
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay, ready to begin."""

    pipeline: Pipeline
    counting: Counting
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Recorded:
    """A replay without pictures, ready to begin."""

    frames: RecordedDetections
    counting: Counting
    provenance: Provenance
    timeline: FootageTimeline
    scene: Size


@contextmanager
def open_replay(source: str, wishes: Wishes, board: Board) -> Iterator[Replay]:
    """Give what counts footage, open; close it afterwards.

    Args:
        source: A file, an image sequence, a stream or a camera.
        wishes: How it shall be counted.
        board: Whose clocks are read.

    Raises:
        SettingsError: The site cannot be accepted.
        ModelError: The model is not at hand or cannot be used.
        CameraError: The source cannot be opened.
    """
    site = read_site(wishes.site_file)
    model = find_model(wishes.model, delegate=wishes.delegate)
    scores = threshold(model, wishes.score_min)
    counts = counting(
        site,
        place=str(wishes.site_file),
        classes=model.description.classes,
        threshold=scores,
        interval_s=wishes.interval_s,
        rate_hz_max=wishes.rate_hz_max,
        rest=wishes.rest,
    )
    detector = open_detector(model, score_min=scores.hold, threads=wishes.threads)
    try:
        camera = open_footage(
            source,
            detector.input_size,
            board,
            real_pace=wishes.real_pace,
            rate_hz_max=wishes.rate_hz_max,
            gaze=gaze(site, wishes.regions, detector.input_size),
        )
        try:
            pipeline = Pipeline(
                camera=camera,
                attention=attention(detector, wishes.ignored, rest=wishes.rest),
                counting=counts,
                timeline=(_clock_of(source, wishes, board)),
                board=board,
            )
            provenance = Provenance(
                model=f"sha256:{model.description.sha256}",
                site=site_hash(site),
                firmware=version("tallypost"),
            )
            yield Replay(pipeline, counts, provenance)
        finally:
            camera.close()
    finally:
        detector.close()


def open_recording(
    recording_file: Path, size: tuple[int, int], wishes: Wishes
) -> Recorded:
    """Return what counts recorded detections.

    Args:
        recording_file: MOT Challenge text.
        size: Width and height in pixels of the pictures that its boxes are told in.
        wishes: How they shall be counted.

    Raises:
        SettingsError: The site cannot be accepted.
        RecordingError: The recording cannot be read.
    """
    site = read_site(wishes.site_file)
    frames = read_recording(recording_file, size=Size(*size))
    if not len(frames):
        raise RecordingError(f"{recording_file}: holds no detections; {WISH}")
    # What the site waits for and nobody was seen of has passed no times.
    named = {name for names in named_classes(site).values() for name in names}
    classes = (*frames.classes, *sorted(named - {*frames.classes}))
    begin = wishes.score_min
    if begin is None:
        begin = RECORDED_SCORE_MIN if frames.score_max <= 1.0 else 0.0
    counts = counting(
        site,
        place=str(wishes.site_file),
        classes=classes,
        threshold=Threshold(begin),
        interval_s=wishes.interval_s,
        rate_hz_max=wishes.rate_hz_max,
    )
    provenance = Provenance(
        model=None, site=site_hash(site), firmware=version("tallypost")
    )
    return Recorded(frames, counts, provenance, _timeline(wishes), Size(*size))


def _clock_of(source: str, wishes: Wishes, board: Board) -> Timeline:
    if isinstance(parse(source), Stream | Device):
        return LiveTimeline(board)
    return _timeline(wishes)


def _timeline(wishes: Wishes) -> FootageTimeline:
    """Return footage's own time; without a beginning, it counts from 1970."""
    if wishes.start_utc_s is None:
        return FootageTimeline()
    return FootageTimeline(wishes.start_utc_s, ClockReading(ClockTrust.HOLDOVER, None))
