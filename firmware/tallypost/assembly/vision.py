"""From settings to the half that sees."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tallypost.assembly.attention import attention
from tallypost.assembly.camera import open_camera
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold, model_of, open_detector, threshold
from tallypost.assembly.gaze import gaze
from tallypost.assembly.lock_in import needs_of
from tallypost.board.base import Board, ClockReading
from tallypost.domain.records import ClockTrust, Provenance
from tallypost.errors import SettingsError, TallypostError
from tallypost.settings.camera import CameraSettings, VideoSettings
from tallypost.settings.device import DeviceSettings
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.reading import read_site
from tallypost.settings.site import Site, site_hash
from tallypost.vision.camera.base import Camera
from tallypost.vision.counts import Counting
from tallypost.vision.detection.base import Detector
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.sandbox.allowance import Need
from tallypost.vision.timeline import FootageTimeline, LiveTimeline, Timeline
from tallypost.wall.frame import Alphabet

Lens = Callable[[Camera], Camera]
"""What may stand before a camera."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What sees, open and ready for its first frame.

    Attributes:
        camera: Gives pictures.
        detector: Looks at them.
        pipeline: Counts what was found.
        needs: What they ask of the kernel from now on; None: they are not locked in.
    """

    camera: Camera
    detector: Detector
    pipeline: Pipeline
    needs: frozenset[Need] | None


def open_sight(
    settings_file: Path,
    provenance: Provenance,
    alphabet: Alphabet,
    board: Board,
    hatch: int | None = None,
    lens: Lens | None = None,
) -> Sight:
    """Return camera, detector and what counts, as the settings ask.

    Args:
        settings_file: `tallypost.toml`.
        provenance: What the other half was told of: the site, and whether this half
            is locked in.
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
        raise SettingsError(
            str(settings_file), ["has changed since the start; start afresh"]
        )
    needs = None if provenance.no_lock_in else needs_of(settings)
    scores = threshold(model, settings.detector.score_min)
    counts = _counting(settings, site, classes, scores)
    # Before the camera: loaded after PyAV and GStreamer, LiteRT's C++ exceptions find
    # the wrong handlers and end the process.
    detector = open_detector(
        model, score_min=scores.hold, threads=settings.detector.threads
    )
    # LiteRT asks what the processor can do when it first runs: later it may not.
    detector.invoke()
    camera = _camera_for(detector, site, settings, board, hatch)
    if lens is not None:
        camera = lens(camera)
    pipeline = Pipeline(
        camera=camera,
        attention=attention(
            detector, settings.scrutiny.ignored, rest=settings.detector.rest
        ),
        counting=counts,
        timeline=_timeline(settings.camera, board),
        board=board,
        rate_hz_max=settings.detector.rate_hz_max,
    )
    return Sight(camera, detector, pipeline, needs)


def _counting(
    settings: DeviceSettings, site: Site, classes: tuple[str, ...], scores: Threshold
) -> Counting:
    """Return what counts, as settings and site ask."""
    return counting(
        site,
        place=str(settings.site),
        classes=classes,
        threshold=scores,
        interval_s=float(settings.interval_s),
        rate_hz_max=slowest_rate_hz(settings),
        rest=settings.detector.rest,
        live=not plays_fast(settings.camera),
    )


def _camera_for(
    detector: Detector,
    site: Site,
    settings: DeviceSettings,
    board: Board,
    hatch: int | None,
) -> Camera:
    """Return the camera, open; where it cannot be, the detector is closed again."""
    try:
        fit = detector.input_size
        closer = gaze(site, settings.regions, fit)
        return open_camera(settings.camera, fit, board, closer, hatch)
    except TallypostError:
        detector.close()
        raise


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
    return isinstance(settings, VideoSettings) and settings.pace == "fast"


def is_fetched(settings: CameraSettings) -> bool:
    """Return whether a process of its own fetches the pictures."""
    return isinstance(settings, VideoSettings) and settings.is_stream


def _timeline(settings: CameraSettings, board: Board) -> Timeline:
    if plays_fast(settings):
        return FootageTimeline(board.utc_s(), ClockReading(ClockTrust.UNSYNCED, None))
    return LiveTimeline(board)
