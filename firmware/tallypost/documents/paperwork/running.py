"""What papers describe: a device, its settings, and the hashes of both."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from tallypost.domain.alerts import TELLERS
from tallypost.domain.records import Provenance
from tallypost.settings.base import Settings
from tallypost.settings.camera import VideoSettings
from tallypost.settings.device import DeviceSettings
from tallypost.settings.site import Site
from tallypost.settings.uplink import MqttSettings, NoUplinkSettings

NOT_IN_RECORDS = ("site", "place")
"""Tables of `site.toml` that change no figure, and that papers tell all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What is described.

    Attributes:
        device: Who measures.
        provenance: What it counts with.
        settings: What is in force.
        site: What is drawn.
        lockable: Whether the half that sees is locked in by the kernel, unless it is
            started with `--insecure-no-lock-in`.
        signing_key: The public key that records are signed with, hexadecimal digits;
            None where there is none yet.
        made_utc_s: When it is described, in seconds since 1970.
    """

    device: str
    provenance: Provenance
    settings: DeviceSettings
    site: Site
    lockable: bool
    signing_key: str | None = None
    made_utc_s: float

    def described(self) -> Mapping[str, str]:
        """Return what papers are about, by a short name each: they name all of it."""
        made = self.provenance
        key = self.signing_key
        return {
            "device": self.device,
            "firmware": str(made.firmware),
            "model": str(made.model),
            "site": str(made.site),
            "place": _hash(
                {key: _told(getattr(self.site, key)) for key in NOT_IN_RECORDS}
            ),
            "settings": settings_hash(self.settings),
            **({} if key is None else {"signing_key": key}),
        }

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of elements that are drawn, as records name them."""
        return tuple(kind for kind, drawn in self.site.drawn().items() if drawn)

    def alerting(self) -> tuple[str, ...]:
        """Return the kinds of drawn elements that tell one moment at once."""
        tellers = {TELLERS[kind] for kind in self.site.alerts()}
        return tuple(each for each in self.kinds() if each in tellers)

    @property
    def linked(self) -> bool:
        """Whether records leave the device by themselves."""
        uplink = self.settings.uplink
        return not isinstance(uplink, NoUplinkSettings) or self.by_radio

    @property
    def by_radio(self) -> bool:
        """Whether some go by LoRaWAN."""
        return self.settings.radio is not None

    @property
    def camera_on_network(self) -> bool:
        """Whether another device makes the pictures."""
        camera = self.settings.camera
        return isinstance(camera, VideoSettings) and camera.is_stream

    @property
    def broker(self) -> MqttSettings | None:
        """The way to an MQTT broker, where there is one."""
        uplink = self.settings.uplink
        return uplink if isinstance(uplink, MqttSettings) else None

    @property
    def operator_keys(self) -> int:
        """How many operators' keys the device's own settings name."""
        return len(self.settings.remote.operator_keys)


def settings_hash(settings: DeviceSettings) -> str:
    """Return `sha256:...` of everything that the settings in force say."""
    return _hash(_told(settings))


def _told(table: Settings | None) -> object:
    return None if table is None else table.model_dump(mode="json")


def _hash(told: object) -> str:
    text = json.dumps(told, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
