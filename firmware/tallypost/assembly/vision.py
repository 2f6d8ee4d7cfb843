"""From settings to the half that sees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tallypost.assembly.attention import attention
from tallypost.assembly.camera import open_camera
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import (
    Threshold,
    model_of,
    open_detector,
    read_content,
    threshold,
)
from tallypost.assembly.elements import zone_counters
from tallypost.assembly.gaze import gaze
from tallypost.assembly.lock_in import needs_of
from tallypost.board.base import Board, ClockReading
from tallypost.domain.aiming import Aimed
from tallypost.domain.records import ClockTrust, Provenance
from tallypost.domain.vision import Fault
from tallypost.errors import SettingsError
from tallypost.models.at_hand import Model
from tallypost.settings.camera import CameraSettings, VideoSettings
from tallypost.settings.device import DeviceSettings
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.reading import read_site
from tallypost.settings.site import Site, site_hash
from tallypost.vision.aiming.spectacle import Spectacle
from tallypost.vision.aiming.witness import Witness
from tallypost.vision.attention import Attention
from tallypost.vision.camera.base import Camera
from tallypost.vision.counts import Counting
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.sandbox.allowance import Need
from tallypost.vision.timeline import FootageTimeline, LiveTimeline, Timeline
from tallypost.wall.frame import Alphabet

if TYPE_CHECKING:
    from tallypost.vision.detection.litert import LitertDetector

Lens = Callable[[Camera], Camera]
"""What may stand before a camera."""
AS_IT_IS_AIMED = Fault.MOVED.name.lower()
"""That the camera is moved is no fault then."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What sees, open; the model is read, and is not loaded yet.

    Attributes:
        camera: Gives pictures.
        needs: What it asks of the kernel from now on, and a delegate; None: they are
            not locked in.
        load: Loads the model, which may do harm, and returns what counts; to be called
            once this process is locked in. Raises `ModelError`.
        aimed: Returns what is to be told to who aims, once.
    """

    camera: Camera
    needs: frozenset[Need] | None
    load: Callable[[], Pipeline]
    aimed: Callable[[], Sequence[Aimed]]


def open_sight(
    settings_file: Path,
    provenance: Provenance,
    alphabet: Alphabet,
    board: Board,
    hatch: int | None = None,
    lens: Lens | None = None,
) -> Sight:
    """Return the camera and what loads the model, as the settings ask.

    Args:
        settings_file: `tallypost.toml`.
        provenance: What the other half was told of: the site, whether this half is
            locked in, and whether somebody aims.
        alphabet: The classes that it was told of.
        board: Whose clocks are read.
        hatch: Where the packets of a camera on the network come in.
        lens: What stands before the camera; None: nothing does.

    Raises:
        SettingsError: The settings cannot be accepted, or have changed meanwhile, or
            the camera cannot be locked in.
        CameraError: The camera cannot be opened.
        ModelError: The model cannot be used.
    """
    settings = read_settings_in_force(settings_file)
    site = read_site(Path(settings.site))
    model = model_of(settings.detector)
    classes = model.description.classes
    if site_hash(site) != provenance.site or classes != alphabet.classes:
        changed = ["has changed since the start; start afresh"]
        raise SettingsError(str(settings_file), changed)
    needs = None if provenance.no_lock_in else needs_of(settings)
    scores = threshold(model, settings.detector.score_min)
    spectacle = _spectacle(site, classes) if provenance.aiming else None
    counts = _counting(settings, site, classes, scores, spectacle)
    detect = _detector_of(model, scores.hold, settings.detector.threads)
    fit = model.description.input.size
    closer = gaze(site, settings.regions, fit)
    camera = open_camera(settings.camera, fit, board, closer, hatch)
    if lens is not None:
        camera = lens(camera)

    def load() -> Pipeline:
        detector = detect()
        detector.invoke()  # what its first picture needs, it asks for now
        return Pipeline(
            camera=camera,
            attention=_attention(settings, detector, aiming=provenance.aiming),
            counting=counts,
            timeline=_timeline(settings.camera, board),
            board=board,
            rate_hz_max=settings.detector.rate_hz_max,
            spectacle=spectacle,
        )

    aimed = _nothing if spectacle is None else spectacle.take
    return Sight(camera, needs, load, aimed)


def _nothing() -> Sequence[Aimed]:
    return ()


def _spectacle(site: Site, classes: Sequence[str]) -> Spectacle:
    lines = [line.name for line in site.lines]
    return Spectacle(Witness(lines, zone_counters(site, classes)))


def _attention(
    settings: DeviceSettings, detector: "LitertDetector", *, aiming: bool
) -> Attention:
    """Return what has frames looked at; each of them while somebody aims."""
    ignored = [*settings.scrutiny.ignored, *[AS_IT_IS_AIMED] * aiming]
    return attention(detector, ignored, rest=settings.detector.rest and not aiming)


def _counting(
    settings: DeviceSettings,
    site: Site,
    classes: tuple[str, ...],
    scores: Threshold,
    spectacle: Spectacle | None,
) -> Counting:
    """Return what counts, as settings and site ask."""
    return counting(
        site,
        place=str(settings.site),
        classes=classes,
        threshold=scores,
        interval_s=float(settings.interval_s),
        rate_hz_max=slowest_rate_hz(settings),
        rest=settings.detector.rest and spectacle is None,
        spectacle=spectacle,
        live=not plays_fast(settings.camera),
    )


def _detector_of(
    model: Model, score_min: float, threads: int
) -> "Callable[[], LitertDetector]":
    """Return what gives the detector, once this process is locked in.

    It is called before the camera is opened: loaded after PyAV and GStreamer, LiteRT's
    C++ exceptions find the wrong handlers and end the process. A delegate opens its
    chip when it is loaded, which cannot wait.

    Raises:
        ModelError: The file is not the model's, or its delegate cannot be used.
    """
    if model.delegate is not None:
        opened = open_detector(model, score_min=score_min, threads=threads)
        return lambda: opened
    content = read_content(model)
    return lambda: open_detector(
        model, score_min=score_min, threads=threads, content=content
    )


def slowest_rate_hz(settings: DeviceSettings) -> float | None:
    """Return how many frames a second are looked at, at most; None: enough."""
    rates_hz = [
        settings.detector.rate_hz_max,
        getattr(settings.camera, "rate_hz", None),
        getattr(settings.camera, "rate_hz_max", None),
    ]
    return min((rate_hz for rate_hz in rates_hz if rate_hz), default=None)


def plays_fast(settings: CameraSettings) -> bool:
    """Return whether time passes with the frames, not with the clock."""
    return (
        isinstance(settings, VideoSettings)
        and settings.pace == "fast"
        and not settings.is_live
    )


def is_fetched(settings: CameraSettings) -> bool:
    """Return whether a process of its own fetches the pictures."""
    return isinstance(settings, VideoSettings) and settings.is_stream


def _timeline(settings: CameraSettings, board: Board) -> Timeline:
    if plays_fast(settings):
        return FootageTimeline(board.utc_s(), ClockReading(ClockTrust.UNSYNCED, None))
    return LiveTimeline(board)
