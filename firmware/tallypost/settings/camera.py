"""`[camera]`: where the light falls, one table a kind of camera."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NoReturn
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, ValidationInfo

from tallypost.settings.base import (
    LETTERS_MAX,
    Fault,
    FilePath,
    RateHz,
    Settings,
    Text,
    TimeoutS,
    WidthPx,
    Wish,
    in_folder,
    password_needs_username,
    refuse,
)

SCHEMES = ("rtsp", "rtsps", "http", "https")
"""What can be opened; a test holds them against `vision.camera.sources`."""
DEVICES = "/dev"
SECRET_KEYS = re.compile(
    r"user(name)?|usr|login\w*|pass(word|wd|phrase)?|pwd|auth|api_?key|.*(token|secret)",
    re.IGNORECASE,
)
"""Keys of a query behind which makers want a login."""


def _carries_login(rest: str) -> bool:
    """Return whether there is a user, a password or a token behind the scheme.

    Some makers have them in the path (`/user=admin&password=...`).
    """
    keys = re.findall(r"[/?#&;]([^/?#&;=]*)=", unquote(rest))
    return "@" in rest.partition("?")[0] or any(map(SECRET_KEYS.fullmatch, keys))


def _source(source: str, info: ValidationInfo) -> str:
    """Return a source that can be opened; a path as seen from the settings file."""
    scheme, mark, rest = source.partition("://")
    if not mark:
        scheme, colon, _ = source.partition(":")
        if colon and scheme.lower() in SCHEMES:
            _refuse_nameless(scheme.lower())
        return in_folder(source, info)
    if scheme.lower() not in SCHEMES:
        refuse(
            "is no address that a camera can be reached at; begin with one of "
            + ", ".join(f"{each}://" for each in SCHEMES)
        )
    if _carries_login(rest):
        refuse(
            "carries a user or a password; leave them out of the address and use "
            "`username` and `password_file`"
        )
    try:
        split = urlsplit(source)
        named = bool(split.hostname) and split.port != 0
    except ValueError:
        named = False
    if not named:
        _refuse_nameless(scheme)
    return source


def _refuse_nameless(scheme: str) -> NoReturn:
    refuse(f"names no camera; write {scheme}://HOST/PATH or {scheme}://HOST:PORT/")


class VideoSettings(Settings):
    """A video file, an image sequence, an RTSP camera or a V4L2 device."""

    relations = (password_needs_username,)

    kind: Literal["video"] = Field(description="This kind of camera.")
    source: Annotated[
        Text, Field(min_length=1, max_length=LETTERS_MAX), AfterValidator(_source)
    ] = Field(
        description="A file, the pattern of an image sequence (`frame-%05d.png`), an "
        "address (`rtsp://HOST/PATH`) or a device (`/dev/video0`); never with a "
        "password in it. Relative paths start at the folder of this file."
    )
    pace: Literal["real", "fast"] = Field(
        default="real",
        description="`real` plays footage as time passes; `fast` as quickly as it can "
        "be looked at. A live camera is always real.",
    )
    loop: bool = Field(
        default=False, description="Whether footage starts again when it is over."
    )
    sequence_rate_hz: RateHz = Field(
        default=10.0,
        description="How many pictures of an image sequence make a second.",
    )
    rate_hz_max: RateHz | None = Field(
        default=None,
        description="Frames beyond this rate are left out; without it, all are taken.",
    )
    username: Annotated[Text, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Who logs in at the camera."
    )
    password_file: FilePath | None = Field(
        default=None,
        description="A file that holds the camera's password, and that only its owner "
        "may read.",
    )
    timeout_s: TimeoutS = Field(
        default=5.0, description="A camera silent for longer counts as gone."
    )

    @property
    def is_stream(self) -> bool:
        """Whether it is a camera on the network."""
        return "://" in self.source

    @property
    def is_live(self) -> bool:
        """Whether it shows what happens now, whatever its pace is said to be.

        A device may be away just now: its place tells what it is.
        """
        return self.is_stream or Path(self.source).resolve().is_relative_to(DEVICES)


class LibcameraSettings(Settings):
    """A camera on the ribbon of a Raspberry Pi, through picamera2."""

    kind: Literal["libcamera"] = Field(
        default="libcamera", description="This kind of camera."
    )
    camera_id: Annotated[Text, Field(min_length=1, max_length=256)] | None = Field(
        default=None,
        description="libcamera's own name of the camera, as `rpicam-hello "
        "--list-cameras` tells it in brackets; without it, the first one.",
    )
    width: WidthPx = Field(default=1280, description="Pixels across.")
    height: WidthPx = Field(default=720, description="Pixels down.")
    rate_hz: RateHz = Field(default=10.0, description="Frames a second.")
    timeout_s: TimeoutS = Field(
        default=5.0, description="A camera silent for longer counts as gone."
    )


def _file_needs_location(raw: Mapping[str, object]) -> list[Fault]:
    if raw.get("origin") == "file" and "location" not in raw:
        return [Fault(("location",), 'is missing; origin "file" needs a file to play')]
    if raw.get("origin") != "file" and "location" in raw:
        return [
            Fault(
                ("location",), 'is only played by origin "file"; take it out or say so'
            )
        ]
    return []


class GstreamerSettings(Settings):
    """A camera that GStreamer opens: a Jetson's ribbon, USB, or a test picture."""

    relations = (_file_needs_location,)

    kind: Literal["gstreamer"] = Field(description="This kind of camera.")
    origin: Literal["csi", "usb", "test", "file"] = Field(
        default="csi",
        description="`csi` is the Jetson's ribbon (nvarguscamerasrc), `usb` a V4L2 "
        "device, `test` a drawn picture, `file` a recording.",
    )
    sensor_id: Annotated[int, Field(ge=0, le=15)] = Field(
        default=0, description="Which camera on the ribbon (`csi`)."
    )
    device: FilePath = Field(
        default="/dev/video0",
        validate_default=True,
        description="Which device (`usb`).",
    )
    location: FilePath | None = Field(
        default=None, description="Which recording (`file`)."
    )
    width: WidthPx = Field(default=1280, description="Pixels across.")
    height: WidthPx = Field(default=720, description="Pixels down.")
    rate_hz: RateHz = Field(default=10.0, description="Frames a second.")
    timeout_s: TimeoutS = Field(
        default=5.0, description="A camera silent for longer counts as gone."
    )


class SyntheticSettings(Settings):
    """A drawn street whose true counts are known: for trying things out."""

    kind: Literal["synthetic"] = Field(description="This kind of camera.")
    rate_hz: RateHz = Field(default=10.0, description="Frames a second.")
    duration_s: Annotated[float, Field(gt=0, le=86400)] | None = Field(
        default=None, description="The scene's length; without it, it never ends."
    )
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = Field(
        default=0, description="The same seed draws the same scene."
    )


CameraSettings = Annotated[
    VideoSettings | LibcameraSettings | GstreamerSettings | SyntheticSettings,
    Field(discriminator="kind"),
    Wish("choose a kind of camera"),
]
