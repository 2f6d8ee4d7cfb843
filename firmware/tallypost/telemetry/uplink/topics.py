"""Where a device publishes, and what it says of itself there."""

from dataclasses import dataclass
from enum import StrEnum

from tallypost.domain.json_text import spell
from tallypost.errors import UplinkError
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.uplink.base import DownlinkKind

STATUS_SCHEMA = "tallypost.status/1"
TOPIC_BYTES_MAX = 1024
"""MQTT allows 65 535; no broker's keeper wants to read that."""


class Farewell(StrEnum):
    """Why a device is offline."""

    CLOSED = "closed"
    """It said good-bye."""
    MOVED = "moved"
    """It went back to its first broker."""
    LOST = "lost"
    """The broker missed it, and published its will."""


@dataclass(frozen=True, slots=True)
class Topics:
    """A device's own topics: it speaks on these, and listens on those of downlinks.

    Attributes:
        prefix: May have levels of its own: city/traffic.
        device: One level.

    Raises:
        UplinkError: A topic that nobody may publish to.
    """

    prefix: str
    device: str

    def __post_init__(self) -> None:
        for name, part, forbidden in (
            ("topic_prefix", self.prefix, "+#\0"),
            ("device", self.device, "/+#\0"),
        ):
            if not part or any(letter in part for letter in forbidden):
                raise UplinkError(
                    f"{name}: {part!a} cannot be part of a topic; "
                    f"use at least one character, and none of {forbidden[:-1]}"
                )
        if self.prefix.startswith("$") or len(self.status.encode()) > TOPIC_BYTES_MAX:
            raise UplinkError(
                f"topic_prefix: {self.prefix[:40]!a} begins with $ or is too long; "
                "name another"
            )

    def of(self, subject: Subject) -> str:
        """Return where messages about a subject go."""
        return f"{self.prefix}/{self.device}/{subject.value}"

    def downlinks(self) -> dict[str, DownlinkKind]:
        """Return where the far side speaks to this device, and of what."""
        return {
            f"{self.prefix}/{self.device}/{kind.value}": kind for kind in DownlinkKind
        }

    @property
    def status(self) -> str:
        """Whether the device is there; retained."""
        return f"{self.prefix}/{self.device}/status"


def status(state: str, **facts: object) -> bytes:
    """Return what a device says of itself: online or offline, since when or why."""
    said = {"state": state, "schema": STATUS_SCHEMA, **facts}
    return spell(said)
