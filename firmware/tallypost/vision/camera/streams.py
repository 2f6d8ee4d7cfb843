"""Asks a camera of libcamera's for the streams that suit the detector."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tallypost.domain.vision import Size
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.yuv import Layout, fitted

# One fills, one waits to be filled, one is looked at, and one to spare.
BUFFERS = 4
MICROSECONDS_A_SECOND = 1_000_000
# What picamera2 raises where libcamera refuses: it passes on what it is told by
# RuntimeError, and stumbles over a configuration that it did not get (AttributeError).
REFUSALS = (RuntimeError, AttributeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Stream:
    """What a camera gives, as read back after it was asked.

    Attributes:
        name: picamera2's name of the stream to read: "lores", or "main" where the
            camera has only one.
        layout: How its pictures lie in their buffers.
        main: How the main stream's do: the same where there is no other.
        scene: Size of the main picture.
    """

    name: str
    layout: Layout
    main: Layout
    scene: Size


def chosen(cameras: list[dict[str, Any]], wanted: str | None) -> tuple[int, str]:
    """Return a camera's place in the list, and its Id; by Id, for places change.

    Raises:
        CameraUnavailableError: There is none, or not this one, or not only one.
    """
    known = [str(camera["Id"]) for camera in cameras]
    listed = ", ".join(known)
    if not known:
        raise CameraUnavailableError(
            "libcamera: sees no camera; check the ribbon cable, then what "
            "`rpicam-hello --list-cameras` says"
        )
    if wanted is None and len(known) > 1:
        raise CameraUnavailableError(
            f"libcamera: sees {len(known)} cameras ({listed}); name the one you mean"
        )
    if wanted is not None and wanted not in known:
        raise CameraUnavailableError(
            f"camera {wanted}: is not here; libcamera sees {listed}"
        )
    name = known[0] if wanted is None else wanted
    return known.index(name), name


def configure(device: Any, size: Size, fit: Size, rate_hz_max: float | None) -> Stream:
    """Ask for the best that a camera may have, then for less; return what it gives.

    Raises:
        CameraUnavailableError: It will have none of it.
    """
    refusal: Exception | None = None
    for streams in _asked(size, fit):
        try:
            asked = device.create_video_configuration(
                **streams, buffer_count=BUFFERS, queue=False
            )
            device.configure(asked)
            _set_rate(device, rate_hz_max)
            return _given(device.camera_configuration())
        except REFUSALS as error:
            refusal = refusal or error
    raise CameraUnavailableError(
        f"cannot give {size} ({root_cause(refusal)}); ask for another size"
    ) from refusal


def root_cause(error: BaseException | None) -> str:
    """Return in words what an error that wraps others began with."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    return str(error) or type(error).__name__


def _asked(size: Size, fit: Size) -> Iterator[dict[str, Any]]:
    """Yield RGB beside the main picture, YUV beside it, the main picture alone."""
    even = (size.width // 2 * 2, size.height // 2 * 2)
    main = {"size": even, "format": "YUV420"}
    small = tuple(fitted(size, Size(*map(min, fit, size))))
    for pixel_format in ("BGR888", "YUV420"):
        yield {"main": main, "lores": {"size": small, "format": pixel_format}}
    yield {"main": main, "lores": None}


def _set_rate(device: Any, rate_hz_max: float | None) -> None:
    """Let the sensor itself run at the wanted rate, as near as it can."""
    limits = device.camera_controls.get("FrameDurationLimits")
    if rate_hz_max is None or limits is None:
        return
    shortest, longest = limits[:2]
    period = min(max(round(MICROSECONDS_A_SECOND / rate_hz_max), shortest), longest)
    device.set_controls({"FrameDurationLimits": (period, period)})


def _given(config: dict[str, Any]) -> Stream:
    name = "lores" if config.get("lores") else "main"
    main = _layout(config, "main")
    return Stream(name, _layout(config, name), main, main.size)


def _layout(config: dict[str, Any], name: str) -> Layout:
    stream, colours = config[name], config.get("colour_space")
    encoding = getattr(getattr(colours, "ycbcrEncoding", None), "name", "Rec601")
    extent = getattr(getattr(colours, "range", None), "name", "Limited")
    return Layout(
        stream["format"],
        Size(*stream["size"]),
        stream["stride"],
        encoding,
        extent == "Full",
    )
