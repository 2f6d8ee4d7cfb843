"""From settings to what the lock-in must leave open."""

from collections.abc import Iterator

# Parts of numpy that are loaded when they are first called, and could not be later.
import numpy.linalg
import numpy.ma
import numpy.random  # noqa: F401

from tallypost.errors import SettingsError
from tallypost.settings.camera import (
    CameraSettings,
    GstreamerSettings,
    LibcameraSettings,
    SyntheticSettings,
    VideoSettings,
)
from tallypost.settings.device import DeviceSettings
from tallypost.vision.camera.sources import Device, parse
from tallypost.vision.sandbox.allowance import Need

WISH = (
    "take a camera on the board itself, or, at a workstation and with nobody's picture "
    "at stake, give --insecure-no-lock-in, which every record then tells"
)


def needs_of(settings: DeviceSettings) -> frozenset[Need]:
    """Return what camera and delegate ask of the kernel once they are open.

    Raises:
        SettingsError: The camera needs the world: it cannot be locked in.
        CameraUnavailableError: It is not there.
        FootageError: It can hold no pictures.
    """
    needs = {*_camera(settings.camera)}
    if settings.detector.delegate is not None:
        needs.add(Need.ACCELERATOR)
    return frozenset(needs)


def _camera(settings: CameraSettings) -> Iterator[Need]:
    match settings:
        case VideoSettings(is_stream=True):
            return  # its packets come through the hatch
        case VideoSettings():
            device = isinstance(parse(settings.source), Device)
            yield Need.V4L2 if device else Need.FOOTAGE
        case LibcameraSettings():
            yield Need.LIBCAMERA
        case GstreamerSettings(origin="csi"):
            raise SettingsError(
                "camera",
                [
                    (
                        'origin: "csi" speaks to NVIDIA\'s own camera service while it '
                        f"sees, which the lock-in forbids; {WISH}"
                    )
                ],
            )
        case GstreamerSettings():
            yield Need.GSTREAMER
            if settings.origin == "usb":
                yield Need.V4L2
        case SyntheticSettings():
            return
