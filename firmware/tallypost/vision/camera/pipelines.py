"""Writes GStreamer pipelines: text of our own, and values that are set apart from it.

No text from a settings file ever becomes part of a pipeline's: a device or a path is
set as a property, and sizes are numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tallypost.domain.vision import Size

Origin = Literal["csi", "usb", "file", "test"]

SOURCE, SCALE, FITTED, SINK = "source", "scale", "fitted", "sink"
"""What the elements are called that are spoken to later."""

# Debian's names; on a Jetson the last two come with the board's own packages.
PACKAGES = {
    "appsink": "gstreamer1.0-plugins-base",
    "capsfilter": "gstreamer1.0-plugins-base",
    "decodebin": "gstreamer1.0-plugins-base",
    "filesrc": "gstreamer1.0-plugins-base",
    "jpegdec": "gstreamer1.0-plugins-good",
    "v4l2src": "gstreamer1.0-plugins-good",
    "videoconvert": "gstreamer1.0-plugins-base",
    "videoscale": "gstreamer1.0-plugins-base",
    "videotestsrc": "gstreamer1.0-plugins-base",
    "nvarguscamerasrc": "nvidia-l4t-gstreamer",
    "nvvidconv": "nvidia-l4t-gstreamer",
}

_RGB = "video/x-raw,format=RGB"
# Latest only, at once, and without a copy kept for whoever might ask again.
_SINK = (
    f"appsink name={SINK} emit-signals=true sync=false max-buffers=1 "
    "enable-last-sample=false"
)
_SCALED = (
    f"videoscale name={SCALE} add-borders=false ! videoconvert "
    f"! capsfilter name={FITTED} caps={_RGB} ! {_SINK}"
)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What GStreamer is asked to build.

    Attributes:
        text: In the words of gst-launch.
        place: How messages call the camera.
        properties: Set on the source.
        live: Whether pictures come whether or not somebody takes them.
        scene: Size of the picture before scaling; None where only the caps tell.
    """

    text: str
    place: str
    properties: Mapping[str, str | int | bool] = field(default_factory=dict)
    live: bool = True
    scene: Size | None = None

    @property
    def elements(self) -> tuple[str, ...]:
        """What it is made of, and can be missing."""
        words = (part.split()[0] for part in self.text.split(" ! "))
        return tuple(word for word in words if "/" not in word)


def csi(sensor_id: int, size: Size, fitted: Size) -> Pipeline:
    """Return a Jetson's ribbon-cable camera, scaled by NVIDIA's converter (VIC).

    Source: NVIDIA Jetson Linux Developer Guide, "Accelerated GStreamer", "Camera
    capture with GStreamer" and "Video scaling".
    """
    text = (
        f"nvarguscamerasrc name={SOURCE} "
        f"! video/x-raw(memory:NVMM),format=NV12,{_sized(size)} "
        f"! nvvidconv ! video/x-raw,format=BGRx,{_sized(fitted)} "
        f"! videoconvert ! {_RGB} ! {_SINK}"
    )
    place = f"CSI camera {int(sensor_id)}"
    return Pipeline(text, place, {"sensor-id": int(sensor_id)}, scene=size)


def usb(device: str, size: Size | None, *, jpeg: bool) -> Pipeline:
    """Return a V4L2 camera, asked for JPEG pictures or for bare ones."""
    kind, decoder = ("image/jpeg", "jpegdec ! ") if jpeg else ("video/x-raw", "")
    wanted = kind if size is None else f"{kind},{_sized(size)}"
    text = f"v4l2src name={SOURCE} ! {wanted} ! {decoder}{_SCALED}"
    return Pipeline(text, device, {"device": device})


def question(device: str) -> Pipeline:
    """Return a V4L2 camera that is only asked what it gives."""
    return Pipeline(f"v4l2src name={SOURCE} ! {_SINK}", device, {"device": device})


def footage(location: str) -> Pipeline:
    """Return a file, whatever its kind; no picture of it is lost."""
    text = f"filesrc name={SOURCE} ! decodebin ! {_SCALED}"
    return Pipeline(text, location, {"location": location}, live=False)


def bars(size: Size, rate_hz: int) -> Pipeline:
    """Return GStreamer's own test picture: colour bars."""
    text = (
        f"videotestsrc name={SOURCE} is-live=true "
        f"! video/x-raw,{_sized(size)},framerate={int(rate_hz)}/1 ! {_SCALED}"
    )
    return Pipeline(text, "test picture")


def fitted_caps(size: Size) -> str:
    """Return the caps of the picture that the detector takes."""
    return f"{_RGB},{_sized(size)},pixel-aspect-ratio=1/1"


def _sized(size: Size) -> str:
    return f"width={int(size.width)},height={int(size.height)}"
