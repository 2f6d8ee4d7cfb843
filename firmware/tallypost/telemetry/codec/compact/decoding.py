"""Reads frames that a radio has sent, as the decoder of network servers does."""

from collections.abc import Callable, Mapping, Sequence

from tallypost.domain.fields import instant_text
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.alert import TIME_RING_S
from tallypost.telemetry.codec.compact.bits import Reader
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.health import HEALTH
from tallypost.telemetry.codec.compact.layout import Layout, tag_of
from tallypost.telemetry.codec.compact.packing import Decoded, ended, unpack
from tallypost.telemetry.codec.compact.record import END_RING_MIN
from tallypost.telemetry.codec.compact.slots import Slot
from tallypost.telemetry.codec.compact.table import (
    ALERT,
    FULL,
    HEALTH_HEAD,
    LAYOUT,
    MERGED,
    NO_CLASS,
    NOBODY,
    REPLY,
    SHORT,
    UNKNOWN,
)

AHEAD_S = 3600.0
"""How far a device's clock may be ahead of whoever received its frame."""
_FORMS = {"short": SHORT, "merged": MERGED, "full": FULL}


def decode(
    frame: Frame, layout: Layout | None, received_utc_s: float | None = None
) -> Decoded:
    """Return what a frame says: the same keys and values as the JavaScript decoder's.

    Args:
        frame: An uplink, whoever sent it.
        layout: That of the site. Without, or where the frame is of another, slots,
            elements and classes are told by their numbers.
        received_utc_s: When it arrived, seconds since 1970; without, a time that stands
            in the frame in part is told in that part alone.

    Raises:
        CodecError: It says nothing that we know.
    """
    if frame.port not in _READERS:
        raise CodecError(f"port: {frame.port} carries none of our uplinks")
    found = _READERS[frame.port](Reader(frame.payload), layout)
    if received_utc_s is not None:
        _complete(found, "end_low_min", 60, END_RING_MIN, received_utc_s)
        _complete(found, "time_low_s", 1, TIME_RING_S, received_utc_s)
    return found


def _complete(
    found: Decoded, key: str, step_s: int, ring: int, received_utc_s: float
) -> None:
    """Add the whole time of which a part was told: the last before the reception."""
    low = found.get(key)
    if isinstance(low, int):
        latest = int((received_utc_s + AHEAD_S) // step_s)
        whole = latest - (latest - low) % ring
        found[key.partition("_")[0]] = instant_text(whole * step_s)


def _record(reader: Reader, layout: Layout | None) -> Decoded:
    found = unpack(reader, SHORT[:1])
    fields = _FORMS[str(found["form"])]
    found |= unpack(reader, fields[1:-1])
    slots = layout.slots if layout and layout.tag == found["layout"] else None
    counted = found.pop("counted", None)
    if "end_s" in found:
        found["end"] = instant_text(_int(found["end_s"]))
    if counted is not None:
        counts = [reader.number() for _ in range(_int(counted))]
        found["counts"] = _by_slot(counts, 0, slots, counts=True)
    first = _int(unpack(reader, fields[-1:])["first_slot"])
    found["slots"] = _by_slot(reader.run(), first, slots)
    return found


def _by_slot(
    numbers: Sequence[int | None],
    first: int,
    slots: Sequence[Slot] | None,
    *,
    counts: bool = False,
) -> Decoded:
    """Return what is told of slots, by their names or else by their numbers."""
    found: Decoded = {}
    for place, number in enumerate(numbers, first):
        if number is None:
            continue
        if slots is None:
            found[str(place)] = number
        elif place < len(slots):
            slot = slots[place]
            found[slot.count_name if counts else slot.name] = slot.value(number)
        else:
            raise CodecError(f"slot {place}: the layout has {len(slots)}")
    return found


def _alert(reader: Reader, layout: Layout | None) -> Decoded:
    found = unpack(reader, ALERT)
    ended(reader, "alert")
    known = layout if layout and layout.tag == found["layout"] else None
    element, label = _int(found.pop("element")), _int(found.pop("label"))
    if element not in (UNKNOWN, NOBODY):
        found["element"] = (
            _named([each.path for each in known.elements], element)
            if known
            else str(element)
        )
    if label != NO_CLASS:
        found["label"] = _named(known.classes, label) if known else str(label)
    return found


def _named(names: Sequence[str], place: int) -> str:
    if place >= len(names):
        raise CodecError(f"number {place}: the layout has {len(names)} of its kind")
    return names[place]


def _layout(reader: Reader, layout: Layout | None) -> Decoded:
    del layout
    found = unpack(reader, LAYOUT)
    chunk = reader.rest()
    found["chunk"] = chunk.hex()
    if _int(found["offset"]) + len(chunk) > _int(found["length"]):
        raise CodecError("layout: a part ends behind the whole")
    if len(chunk) == found["length"]:
        if tag_of(chunk) != found["layout"]:
            raise CodecError("layout: its bytes have another tag than it says")
        read = Layout.read(chunk)
        found["interval_s"] = read.interval_s
        found["elements"] = [element.path for element in read.elements]
        found["classes"] = list(read.classes)
        found["slots"] = [slot.name for slot in read.slots]
    return found


def _health(reader: Reader, layout: Layout | None) -> Decoded:
    del layout
    found = unpack(reader, HEALTH_HEAD)
    numbers = reader.run()
    for field, number in zip(HEALTH, numbers, strict=False):
        if number is not None:
            found[field.name] = number + field.lowest
    if any(number is not None for number in numbers[len(HEALTH) :]):
        raise CodecError("health: has more numbers than this decoder knows")
    return found


def _reply(reader: Reader, layout: Layout | None) -> Decoded:
    del layout
    found = unpack(reader, REPLY)
    ended(reader, "reply")
    return found


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


_READERS: Mapping[int, Callable[[Reader, Layout | None], Decoded]] = {
    Port.RECORD: _record,
    Port.ALERT: _alert,
    Port.LAYOUT: _layout,
    Port.HEALTH: _health,
    Port.REPLY: _reply,
}
