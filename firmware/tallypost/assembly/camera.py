"""From settings to a camera."""

from tallypost.board.base import Board
from tallypost.domain.vision import Size
from tallypost.errors import SettingsError
from tallypost.settings.camera import (
    CameraSettings,
    GstreamerSettings,
    LibcameraSettings,
    SyntheticSettings,
    VideoSettings,
)
from tallypost.settings.regions import NO_REGIONS
from tallypost.vision.camera.base import Camera, Gaze


def open_camera(
    settings: CameraSettings,
    fit: Size,
    board: Board,
    gaze: Gaze | None = None,
    hatch: int | None = None,
) -> Camera:
    """Return the camera that settings ask for, open.

    Args:
        settings: One kind of camera.
        fit: The detector's input size.
        board: Whose clocks it reads.
        gaze: Which regions frames carry; None: none.
        hatch: Where the packets of a camera on the network come in.

    Raises:
        CameraUnavailableError: It cannot be opened.
        FootageError: What was opened holds no pictures.
        SettingsError: It gives no regions, or it is on the network and has no hatch.
    """
    match settings:
        case VideoSettings():
            return _video(settings, fit, board, gaze, hatch)
        case LibcameraSettings():
            from tallypost.vision.camera.libcamera import LibcameraCamera

            return LibcameraCamera(
                fit=fit,
                board=board,
                camera_id=settings.camera_id,
                size=Size(settings.width, settings.height),
                rate_hz_max=settings.rate_hz,
                timeout_s=settings.timeout_s,
                gaze=gaze,
            )
        case GstreamerSettings():
            if gaze is not None:
                raise SettingsError("camera", [NO_REGIONS])
            return _gstreamer(settings, fit, board)
        case SyntheticSettings():
            return _synthetic(settings, fit, board, gaze)


def open_footage(
    source: str,
    fit: Size,
    board: Board,
    *,
    real_pace: bool = False,
    rate_hz_max: float | None = None,
    gaze: Gaze | None = None,
) -> Camera:
    """Return footage or a stream, open.

    Raises:
        CameraUnavailableError: It cannot be opened.
        FootageError: What was opened holds no pictures.
    """
    from tallypost.vision.camera.video import VideoCamera

    return VideoCamera(
        source=source,
        fit=fit,
        board=board,
        pace="real" if real_pace else "fast",
        rate_hz_max=rate_hz_max,
        gaze=gaze,
    )


def _video(
    settings: VideoSettings,
    fit: Size,
    board: Board,
    gaze: Gaze | None,
    hatch: int | None,
) -> Camera:
    from tallypost.vision.camera.video import VideoCamera

    if settings.is_stream and hatch is None:
        raise SettingsError(
            "camera",
            ["source: is fetched by a process of its own; start with `tallypost run`"],
        )
    return VideoCamera(
        source=settings.source,
        fit=fit,
        board=board,
        pace=settings.pace,
        loop=settings.loop,
        rate_hz_max=settings.rate_hz_max,
        sequence_rate_hz=settings.sequence_rate_hz,
        timeout_s=settings.timeout_s,
        gaze=gaze,
        ahead=True,
        hatch=hatch if settings.is_stream else None,
    )


def open_synthetic(fit: Size, board: Board) -> Camera:
    """Return a drawn street that comes as fast as it is looked at."""
    from tallypost.vision.camera.synthetic import SyntheticCamera

    return SyntheticCamera(fit=fit, board=board)


def _synthetic(
    settings: SyntheticSettings, fit: Size, board: Board, gaze: Gaze | None
) -> Camera:
    from tallypost.vision.camera.synthetic import SyntheticCamera

    return SyntheticCamera(
        fit=fit,
        board=board,
        rate_hz=settings.rate_hz,
        duration_s=settings.duration_s,
        seed=settings.seed,
        live=True,
        gaze=gaze,
    )


def _gstreamer(settings: GstreamerSettings, fit: Size, board: Board) -> Camera:
    from tallypost.vision.camera.gstreamer import GstreamerCamera

    return GstreamerCamera(
        fit=fit,
        board=board,
        origin=settings.origin,
        device=str(settings.device),
        sensor_id=settings.sensor_id,
        location=str(settings.location or ""),
        size=Size(settings.width, settings.height),
        rate_hz_max=settings.rate_hz,
        timeout_s=settings.timeout_s,
    )
