"""Writes an alert in 11 bytes."""

from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.bits import NUMBER_MAX, Writer
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.layout import OTHER, Layout
from tallypost.telemetry.codec.compact.packing import pack
from tallypost.telemetry.codec.compact.table import (
    ALERT,
    EARLIER_MAX,
    NO_CLASS,
    NOBODY,
    UNKNOWN,
    Told,
)

ALERT_BYTES_MAX = 11
TIME_RING_S = 2**19
SEQ_RING = 2**16


def encode_alert(
    record: AlertRecord, layout: Layout, room_bytes: int = ALERT_BYTES_MAX
) -> Frame:
    """Return the frame of an alert: never more than 11 bytes but where there is room.

    What does not fit is its value: of one that is over, above 4095.

    Args:
        record: The alert.
        layout: Of the site.
        room_bytes: What the payload may have.

    Raises:
        CodecError: There is less room than for the alert without its value.
    """
    alert = record.alert
    value = None if alert.value is None else round(alert.value)
    value = value if value is not None and value <= NUMBER_MAX else None
    values: dict[str, Told] = {
        "version": 1,
        "clock": alert.clock.value,
        "kind": alert.kind.value,
        "state": alert.state.value,
        "layout": layout.tag,
        "seq_low": record.seq % SEQ_RING,
        "time_low_s": int(alert.time_utc_s) % TIME_RING_S,
        "element": _element(alert, layout),
        "label": _label(alert, layout),
        "earlier": _earlier(record),
    }
    for each in (value, None):
        writer = Writer()
        pack(writer, ALERT, {**values, "value": each})
        if writer.bits <= 8 * room_bytes:
            return Frame(Port.ALERT, writer.bytes())
    raise CodecError(f"alert: has no room in {room_bytes} bytes; wait for more")


def _earlier(record: AlertRecord) -> int | None:
    if record.begun_seq is None:
        return None
    earlier = record.seq - record.begun_seq
    return earlier if earlier <= EARLIER_MAX else None


def _element(alert: Alert, layout: Layout) -> int:
    if alert.collection is None:
        return NOBODY
    return next(
        (
            place
            for place, each in enumerate(layout.elements)
            if (each.collection, each.name) == (alert.collection, alert.element)
        ),
        UNKNOWN,
    )


def _label(alert: Alert, layout: Layout) -> int:
    if alert.label is None:
        return NO_CLASS
    for label in (alert.label, OTHER):
        if label in layout.classes:
            return layout.classes.index(label)
    return NO_CLASS
