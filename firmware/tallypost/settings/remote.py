"""`[remote]`: whom this device heeds, and what may be set from afar."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from tallypost.settings.base import FilePath, Settings, Text

SETTABLE = frozenset(
    {
        "interval_s",
        "camera.width",
        "camera.height",
        "camera.rate_hz",
        "camera.rate_hz_max",
        "camera.timeout_s",
        "detector.score_min",
        "detector.threads",
        "detector.rate_hz_max",
        "detector.rest",
        "regions.looks_max",
        "regions.whole",
        "regions.zoom_min",
        "scrutiny.ignored",
        "uplink.host",
        "uplink.port",
        "uplink.topic_prefix",
        "uplink.keepalive_s",
        "uplink.protocol",
        "uplink.session_expiry_s",
        "uplink.timeout_s",
    }
)
"""Keys of `tallypost.toml` that may be set from afar; a new key may not be until
somebody has thought about it. `site.toml` may be set as a whole, less its privacy."""
NEVER: Mapping[str, str] = {
    "device": "its records would become another device's",
    "site": "it is a path; send the site itself",
    "camera": "another camera, or a file, would show what nobody here agreed to",
    "detector": "a model and an accelerator's library are programs",
    "board": "what is soldered to a line is known where the machine stands",
    "clock": "whether the calendar can be trusted is known where the machine stands",
    "regions": "nobody has thought about it",
    "scrutiny": "nobody has thought about it",
    "uplink": "the link's kind, encryption and secrets are what all trust rests on",
    "fallback_uplink": "its region and secrets are what all trust in it rests on",
    "outbox": "it is a path, and records wait there",
    "signing": "it is a path, and what vouches for the figures is decided there",
    "remote": "whom this device heeds is decided on the device",
    "panel": "whom the page lets in is decided where the device stands",
    "host": "who answers for it is agreed on where it stands",
}
"""Why the other keys of each table may not."""


def refusal(key: str) -> str | None:
    """Return why a key of `tallypost.toml` may not be set from afar; None where it may.

    Args:
        key: Its path, as in `camera.rate_hz`; it need not exist.
    """
    if key in SETTABLE:
        return None
    return NEVER.get(key.partition(".")[0], "it is not known here")


class RemoteSettings(Settings):
    """`[remote]`: whom this device heeds from afar; without keys, nobody."""

    operator_keys: Annotated[tuple[FilePath, ...], Field(max_length=16)] = Field(
        default=(),
        strict=False,
        description="Files with the public keys (Ed25519, PEM) of operators who may "
        "send commands and settings.",
    )
    folder: FilePath = Field(
        default="/var/lib/tallypost/remote",
        validate_default=True,
        description="Where it is kept what they sent, and what was done.",
    )
    confirm_within_s: Annotated[int, Field(ge=10, le=86_400)] = Field(
        default=600,
        description="New settings are taken back when the camera does not watch, or "
        "nothing is delivered, within this time.",
    )
    light: Annotated[Text, Field(pattern=r"^[A-Za-z0-9:_-]{1,64}$")] | None = Field(
        default=None,
        description="The light in /sys/class/leds that blinks on the command "
        "`identify`, as in `ACT`; without it, none does.",
    )
