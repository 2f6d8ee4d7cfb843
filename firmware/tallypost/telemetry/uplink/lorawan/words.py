"""What a radio has words for, and what of it is worth its airtime."""

from dataclasses import dataclass

from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.compact.alert import encode_alert
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.health import encode_health
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.codec.compact.record import encode_record
from tallypost.telemetry.codec.message import Message, Subject

SPOKEN = frozenset({Subject.ALERT, Subject.KPI, Subject.HEALTH, Subject.TIME_REQUEST})
"""Replies and settings belong to commands that came another way."""
HEALTH_EVERY_H = 6
RECORD_BYTES_MAX = 51
"""A record takes no more by itself: what takes turns needs no long frames."""


@dataclass(slots=True)
class Habits:
    """How much is said; may be changed from afar.

    Attributes:
        confirm_every: One record in so many is confirmed.
        health_every_h: How often the far side hears how we are.
        record_bytes_max: How long a record's payload may be.
    """

    confirm_every: int
    health_every_h: int = HEALTH_EVERY_H
    record_bytes_max: int = RECORD_BYTES_MAX


def frame_of(message: Message, layout: Layout, room_bytes: int) -> Frame:
    """Return the frame that says the most of a message in the room that there is.

    Args:
        message: A record, an alert, or how the device is, as JSON.
        layout: Of the site.
        room_bytes: What the payload may have.

    Raises:
        RecordError: It is none of ours.
        CodecError: There is not even room for its head just now.
    """
    match message.subject:
        case Subject.ALERT:
            record = json_v1.decode_alert(message.payload)
            return encode_alert(record, layout, room_bytes)
        case Subject.HEALTH:
            health = json_v1.decode_health(message.payload)
            return encode_health(health, room_bytes)
        case Subject.KPI:
            kpi = json_v1.decode(message.payload)
            return encode_record(kpi, layout, room_bytes)
        case _:
            raise RecordError(f"subject: a radio does not say {message.subject}")
