"""What is told at once: what happened and where, never to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple

from annotated_types import Ge, Le

from tallypost.domain.records import ClockTrust
from tallypost.domain.words import UTC_S_MAX, Decimals, Name, Quantity, always

ALERT_SCHEMA = "tallypost.alert/1"


class AlertKind(StrEnum):
    """What an alert is about."""

    INTRUSION = "intrusion"
    OVERCROWDING = "overcrowding"
    WRONG_WAY = "wrong_way"
    STOPPED_VEHICLE = "stopped_vehicle"
    CONGESTION = "congestion"
    LONG_QUEUE = "long_queue"
    OVERSTAY = "overstay"
    CAMERA_MOVED = "camera_moved"
    CAMERA_BLINDED = "camera_blinded"
    CAMERA_COVERED = "camera_covered"
    CAMERA_DIRTY = "camera_dirty"
    CAMERA_DEFOCUSED = "camera_defocused"
    CAMERA_DARK = "camera_dark"
    TAMPER = "tamper"


TELLERS: Mapping[AlertKind, str | None] = {
    AlertKind.INTRUSION: "intrusions",
    AlertKind.OVERCROWDING: "crowds",
    AlertKind.WRONG_WAY: "wrong_ways",
    AlertKind.STOPPED_VEHICLE: "stops",
    AlertKind.CONGESTION: "approaches",
    AlertKind.LONG_QUEUE: "queues",
    AlertKind.OVERSTAY: "car_parks",
    AlertKind.CAMERA_MOVED: None,
    AlertKind.CAMERA_BLINDED: None,
    AlertKind.CAMERA_COVERED: None,
    AlertKind.CAMERA_DIRTY: None,
    AlertKind.CAMERA_DEFOCUSED: None,
    AlertKind.CAMERA_DARK: None,
}
"""Which elements tell of a kind, as records name them; None where the camera does. What
is not here the half that sees cannot tell."""

OF_THE_BOX = frozenset({AlertKind.TAMPER})
"""Kinds that the half that speaks tells by itself: of the box, not of what it sees."""

OF_ONE = frozenset(
    {
        AlertKind.INTRUSION,
        AlertKind.WRONG_WAY,
        AlertKind.STOPPED_VEHICLE,
        AlertKind.OVERSTAY,
    }
)
"""Kinds that point at one person or vehicle: that it is there now, and what it does.
The others are about a crowd, the traffic, the camera or the box."""


class AlertState(StrEnum):
    """Whether it begins or is over."""

    BEGUN = "begun"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that somebody should hear of before the interval is over.

    One that begins is followed by one that says that it is over, of the same kind and
    element: also where it is over because nobody watches any more.

    Attributes:
        kind: What it is about.
        state: Whether it begins or is over.
        time_utc_s: When the light of the frame fell that made it certain, seconds since
            1970.
        collection: The kind of element that tells it, as records name it (`zones`);
            absent where the camera or the box itself does.
        element: The element's name.
        label: The class of who caused it, where one did.
        value: How much of it: persons of a crowd, seconds of a stay, length of a queue.
        clock: How far the time may be believed.
    """

    kind: AlertKind = always()
    state: AlertState = always()
    time_utc_s: Annotated[Quantity, Decimals(1), Le(UTC_S_MAX)] = always()
    collection: Name | None = None
    element: Name | None = None
    label: Name | None = None
    value: Annotated[Quantity | None, Decimals(1)] = None
    clock: ClockTrust = always(default=ClockTrust.UNSYNCED)

    @property
    def source(self) -> "Source":
        """What it is about, and who tells it."""
        return Source(self.kind, self.collection, self.element)


class Source(NamedTuple):
    """What an alert is about, and the element that tells it."""

    kind: AlertKind
    collection: str | None
    element: str | None


def begun_by(ended: Alert, ongoing: Mapping[int, Alert]) -> int | None:
    """Return the number of what an alert ends; None where it ends nothing.

    Args:
        ended: Says that something is over.
        ongoing: What has begun and is not over, by number, the oldest first.
    """
    same = [seq for seq, alert in ongoing.items() if alert.source == ended.source]
    alike = [seq for seq in same if ongoing[seq].label == ended.label]
    return next(iter(alike or same), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """One alert as it leaves the device.

    Attributes:
        device: Who tells.
        seq: One number an alert, rising, never used twice by this device; counted apart
            from the numbers of KPI records.
        alert: What it is.
        begun_seq: The number of the alert that is over with this one; absent where this
            one begins.
    """

    device: Name
    seq: Annotated[int, Ge(1)]
    alert: Alert
    begun_seq: Annotated[int, Ge(1)] | None = None
