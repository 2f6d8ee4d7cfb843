"""`tallypost.toml`: what this device is, sees with and speaks through."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from tallypost.domain.words import DAY_S
from tallypost.settings.base import (
    LETTERS_MAX,
    Fault,
    FilePath,
    RateHz,
    Settings,
    Text,
    Wish,
    in_folder,
    refuse,
)
from tallypost.settings.board import BoardSettings, NoBoardSettings
from tallypost.settings.camera import CameraSettings, LibcameraSettings
from tallypost.settings.clock import ClockSettings
from tallypost.settings.host import HostSettings
from tallypost.settings.lorawan import (
    INTERVAL_S,
    LorawanSettings,
    alone,
    interval_is_seldom_enough,
)
from tallypost.settings.panel import PanelSettings
from tallypost.settings.regions import RegionsSettings, no_regions_there
from tallypost.settings.remote import RemoteSettings
from tallypost.settings.scrutiny import ScrutinySettings
from tallypost.settings.uplink import NoUplinkSettings, UplinkSettings


def _divides_a_day(interval_s: int) -> int:
    if DAY_S % interval_s:
        nearest = min(
            (each for each in range(1, 3601) if DAY_S % each == 0),
            key=lambda each: abs(each - interval_s),
        )
        refuse(
            f"{interval_s} does not divide a day evenly, so that intervals would drift "
            f"against the clock; the nearest that does is {nearest}"
        )
    return interval_s


def _model(model: str, info: ValidationInfo) -> str:
    """Return a model's name as it is, and its path as seen from the settings file."""
    is_path = "/" in model or model.endswith(".tflite")
    return in_folder(model, info) if is_path else model


def _library(library: str, info: ValidationInfo) -> str:
    """Return a library's name as it is, and its path as seen from the settings file."""
    return in_folder(library, info) if "/" in library else library


def _options_are_for_a_delegate(raw: Mapping[str, object]) -> list[Fault]:
    if raw.get("delegate_options") and "delegate" not in raw:
        told = "is given without `delegate`; name the library that they are for"
        return [Fault(("delegate_options",), told)]
    return []


class DetectorSettings(Settings):
    """`[detector]`: what looks at the pictures."""

    relations = (_options_are_for_a_delegate,)

    model: (
        Annotated[
            Text, Field(min_length=1, max_length=LETTERS_MAX), AfterValidator(_model)
        ]
        | None
    ) = Field(
        default=None,
        description="A model's name, as `tallypost models list` tells it, or a path "
        "with a `/` or ending in `.tflite`; without it, the best at hand.",
    )
    score_min: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="What scores less is not looked at; without it, what the model's "
        "manifest says.",
    )
    threads: Annotated[int, Field(ge=1, le=16)] = Field(
        default=2, description="How many processor cores work on one picture."
    )
    delegate: (
        Annotated[
            Text, Field(min_length=1, max_length=LETTERS_MAX), AfterValidator(_library)
        ]
        | None
    ) = Field(
        default=None,
        description="The library of an accelerator that runs the model, or what it can "
        "of it, as in `libedgetpu.so.1`; a path with a `/` starts at this folder. "
        "Without it, the processor does.",
    )
    delegate_options: dict[Text, Text] = Field(
        default_factory=dict,
        description='What that library is told, as in `{ device = "usb" }`; its own '
        "documentation lists the words.",
    )
    rate_hz_max: RateHz | None = Field(
        default=None,
        description="Look at no more pictures a second than this, to save heat; "
        "without it, at every one that there is time for.",
    )
    rest: bool = Field(
        default=True,
        description="Whether it rests while nothing moves, to save heat: pictures that "
        "look as the last one did are taken to hold what that one held, for at most a "
        "second.",
    )


def _no_folder(path: Path) -> Path:
    # os.path answers where a file cannot be looked at, too: what opens it says more.
    if os.path.isdir(path):  # noqa: PTH112
        refuse(f"{path} is a folder; name a file in it, as in {path / 'outbox.db'}")
    return path


class OutboxSettings(Settings):
    """`[outbox]`: where records wait until the backend has them."""

    path: Annotated[FilePath, AfterValidator(_no_folder)] = Field(
        default="/var/lib/tallypost/outbox.db",
        validate_default=True,
        description="The file that keeps them through power cuts.",
    )
    ram_folder: FilePath = Field(
        default="/dev/shm/tallypost",  # noqa: S108  # made for its owner alone
        validate_default=True,
        description="A folder in a RAM disk, where one record waits for the next, so "
        "that a card is written to half as often. It is made, for its owner alone; "
        "where that cannot be, each record is stored at once.",
    )
    bytes_max: Annotated[int, Field(ge=2**20, le=2**40)] = Field(
        default=64 * 2**20,
        description="How large the file may be. When it is, old history goes first; "
        "then what waits is merged into longer intervals, the oldest first.",
    )
    memory_records_max: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=1440,
        description="How many are kept in memory while the disk refuses them.",
    )


class SigningSettings(Settings):
    """`[signing]`: the device's own word for what it has counted."""

    enabled: bool = Field(
        default=True,
        description="Whether it is signed, every hour, which records were made.",
    )
    folder: FilePath | None = Field(
        default=None,
        description="Where the device's key and what it signed are kept, for its owner "
        "alone; without it, beside the outbox, as in `outbox.db.signing`.",
    )


def _fallback_of_a_network(raw: Mapping[str, object]) -> list[Fault]:
    uplink = raw.get("uplink")
    kind = uplink.get("kind") if isinstance(uplink, Mapping) else None
    if "fallback_uplink" not in raw or kind == "mqtt":
        return []
    told = 'stands in for a link that there is not; write [uplink] with kind = "mqtt"'
    return [Fault(("fallback_uplink",), told)]


class DeviceSettings(Settings):
    """Everything that `tallypost.toml` may say."""

    relations = (no_regions_there, interval_is_seldom_enough, _fallback_of_a_network)

    device: (
        Annotated[
            str,
            Field(pattern=r"^[a-z0-9][a-z0-9-]{1,31}$"),
            Wish("write 2 to 32 small letters, digits or -, not beginning with -"),
        ]
        | None
    ) = Field(
        default=None,
        description="This device's name, in every record; without it, one made from "
        "the machine's own number.",
    )
    site: FilePath = Field(
        default="site.toml",
        validate_default=True,
        description="The file that holds lines and zones.",
    )
    interval_s: Annotated[int, Field(ge=1, le=3600), AfterValidator(_divides_a_day)] = (
        Field(
            default=60,
            description="One record covers this time; must divide a day evenly. Where "
            "LoRaWAN is the only link, 900 unless it is given, and 300 at least.",
        )
    )
    camera: CameraSettings = Field(
        default_factory=LibcameraSettings, description="Where the light falls."
    )
    detector: DetectorSettings = Field(
        default_factory=DetectorSettings, description="What looks at the pictures."
    )
    regions: RegionsSettings = Field(
        default_factory=RegionsSettings,
        description="Looking closer where it matters, for small things far away.",
    )
    scrutiny: ScrutinySettings = Field(
        default_factory=ScrutinySettings,
        description="Judging the camera by its own pictures.",
    )
    clock: ClockSettings = Field(
        default_factory=ClockSettings, description="Who keeps the calendar."
    )
    uplink: UplinkSettings = Field(
        default_factory=NoUplinkSettings, description="The way to the backend."
    )
    fallback_uplink: LorawanSettings | None = Field(
        default=None,
        description="What carries alerts, and the newest records now and then, while "
        "`[uplink]` is down.",
    )
    outbox: OutboxSettings = Field(
        default_factory=OutboxSettings,
        description="Where records wait until the backend has them.",
    )
    signing: SigningSettings = Field(
        default_factory=SigningSettings,
        description="The device's own word for what it has counted.",
    )
    board: BoardSettings = Field(
        default_factory=NoBoardSettings,
        description="Its lights, its buzzer, its button and the switch at its lid.",
    )
    remote: RemoteSettings = Field(
        default_factory=RemoteSettings,
        description="Whom this device heeds from afar.",
    )
    panel: PanelSettings = Field(
        default_factory=PanelSettings,
        description="The page for whoever stands at the device with a phone.",
    )
    host: HostSettings = Field(
        default_factory=HostSettings,
        description="Who answers for the counting, for papers and the sign.",
    )

    @property
    def radio(self) -> LorawanSettings | None:
        """The LoRaWAN link, alone or as a fallback; None where there is none."""
        uplink = self.uplink
        return uplink if isinstance(uplink, LorawanSettings) else self.fallback_uplink

    @model_validator(mode="before")
    @classmethod
    def _seldom_over_lorawan(cls, raw: object) -> object:
        if isinstance(raw, Mapping) and "interval_s" not in raw and alone(raw):
            return {**raw, "interval_s": INTERVAL_S}
        return raw
