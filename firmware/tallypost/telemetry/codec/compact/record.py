"""Writes a record in as few bytes as its radio has room for.

Where all figures have no room in one frame, they take turns: the figures are cut into
runs that fill a frame each, and record after record tells the next of them. Running
totals make that harmless: whichever comes next brings what it tells up to date.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tallypost.domain.records import KpiRecord, Quality
from tallypost.domain.words import Light
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.bits import NUMBER_MAX, Writer, number_bits
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.layout import OTHER, Layout
from tallypost.telemetry.codec.compact.packing import pack
from tallypost.telemetry.codec.compact.slots import Slot
from tallypost.telemetry.codec.compact.table import (
    EARLIER_MAX,
    FULL,
    MERGED,
    OBSERVED_SHARES,
    SHORT,
    Field,
    Told,
)

FULL_BYTES_MIN = 40
"""With less room than this, figures that take turns do so behind a short head."""
NUMBER_RING = NUMBER_MAX + 1
SEQ_RING = 2**16
END_RING_MIN = 2**14
END_RING_S = 2**32
Numbers = Sequence[int | None]


class _Form(NamedTuple):
    """One way to write a record.

    Attributes:
        head: The fields before its numbers.
        values: Theirs.
        counts: Of this interval alone.
    """

    head: Sequence[Field]
    values: Mapping[str, Told]
    counts: Numbers = ()

    def start(self, first_slot: int) -> Writer:
        """Return a writer that has all before the numbers of slots."""
        writer = Writer()
        pack(writer, self.head[:-1], self.values)
        for count in self.counts:
            writer.number(count)
        pack(writer, self.head[-1:], {"first_slot": first_slot})
        return writer


def encode_record(record: KpiRecord, layout: Layout, room_bytes: int) -> Frame:
    """Return the frame that says the most of a record in the room that there is.

    Args:
        record: What was counted.
        layout: Of the site that it was counted at.
        room_bytes: What the payload may have: 11 do for any, 7 say no figures.

    Raises:
        CodecError: There is less room than for the head alone.
    """
    numbers = [_number(record, slot) for slot in layout.slots]
    told = [place for place, number in enumerate(numbers) if number is not None]
    whole = range(told[0], told[-1] + 1) if told else range(0)
    short, full = _short(record, layout), _full(record, layout)
    counts = [_count(record, slot) for slot in layout.slots[: layout.totals]]
    if any(count is not None for count in counts):
        counted = full._replace(
            values={**full.values, "counted": len(counts)}, counts=counts
        )
    else:
        counted = full
    for form in (counted, full, short):
        if _bits(form, numbers, whole) <= 8 * room_bytes:
            return _frame(form, numbers, whole)
    return _turn(
        full if room_bytes >= FULL_BYTES_MIN else short, numbers, record.seq, room_bytes
    )


def _turn(form: _Form, numbers: Numbers, seq: int, room_bytes: int) -> Frame:
    """Return the frame of the run whose turn it is."""
    room_bits = 8 * room_bytes - form.start(0).bits
    if room_bits < 0:
        raise CodecError(
            f"record: {room_bytes} bytes are less than its head; wait for more room"
        )
    runs = list(_runs(numbers, room_bits)) or [range(0)]
    return _frame(form, numbers, runs[_turn_of(seq, len(runs))])


def _turn_of(seq: int, count: int) -> int:
    """Return whose turn it is: one behind the last time after each round.

    So whoever hears only every second frame, or every tenth, hears of all figures.
    """
    return (seq - seq // count) % count


def _runs(numbers: Numbers, room_bits: int) -> Iterator[range]:
    """Yield the runs of slots that fill a frame each.

    None begins with what is not known, and what has no room is in none.
    """
    first, bits = 0, 0
    for place, number in enumerate(numbers):
        needed = number_bits(number)
        if bits and bits + needed > room_bits:
            yield range(first, place)
            bits = 0
        if not bits:
            first = place
            if number is None or needed > room_bits:
                continue
        bits += needed
    if bits:
        yield range(first, len(numbers))


def _bits(form: _Form, numbers: Numbers, run: range) -> int:
    return form.start(0).bits + sum(number_bits(numbers[place]) for place in run)


def _frame(form: _Form, numbers: Numbers, run: range) -> Frame:
    writer = form.start(run.start)
    for place in run:
        writer.number(numbers[place])
    return Frame(Port.RECORD, writer.bytes())


def _short(record: KpiRecord, layout: Layout) -> _Form:
    interval, quality = record.interval, record.interval.quality
    share = quality.observed_s / interval.duration_s
    values: dict[str, Told] = {
        "form": "short",
        "clock": _clock(quality),
        "observed_share_min": max(each for each in OBSERVED_SHARES if each <= share),
        "layout": layout.tag,
        "seq_low": record.seq % SEQ_RING,
        "end_low_min": int(interval.end_utc_s // 60) % END_RING_MIN,
    }
    earlier = _earlier(record)
    if not earlier:
        return _Form(SHORT, values)
    return _Form(MERGED, {**values, "form": "merged", "earlier": earlier})


def _full(record: KpiRecord, layout: Layout) -> _Form:
    interval, quality = record.interval, record.interval.quality
    uncertainty_s = quality.clock_uncertainty_s
    return _Form(
        FULL,
        {
            "form": "full",
            "clock": _clock(quality),
            "layout": layout.tag,
            "seq": record.seq % NUMBER_RING,
            "end_s": int(interval.end_utc_s) % END_RING_S,
            "duration_s": _whole(interval.duration_s),
            "observed_s": _whole(quality.observed_s),
            "earlier": _earlier(record),
            "clock_uncertainty_s": _whole(uncertainty_s, up=True),
            "light": "unknown" if quality.light is None else Light(quality.light).value,
            "camera_moved": _judged(quality.camera_moved),
            "camera_blinded": _judged(quality.camera_blinded_s),
            "camera_covered": _judged(quality.camera_covered_s),
            "camera_dark": _judged(quality.camera_dark_s),
            "camera_defocused": _judged(quality.camera_defocused_s),
            "camera_dirty": _judged(quality.camera_dirty),
        },
    )


def _earlier(record: KpiRecord) -> int:
    """Return for how many numbers before its own a record stands.

    Those that cannot be told are missed, asked for, and answered by it again.
    """
    return min(len(record.numbers) - 1, EARLIER_MAX)


def _clock(quality: Quality) -> str:
    return quality.clock.value if quality.dated is None else f"dated_{quality.dated}"


def _judged(value: float | None) -> str:
    """Return whether something was so at any time."""
    return "unknown" if value is None else "yes" if value else "no"


def _whole(value: float | None, *, up: bool = False) -> int | None:
    """Return a measurement in whole units; None where a number cannot tell it."""
    if value is None or value > NUMBER_MAX:
        return None
    return math.ceil(value) if up else round(value)


def _number(record: KpiRecord, slot: Slot) -> int | None:
    """Return what stands in a slot; None where nothing is known of it."""
    value = _figure(record, slot, slot.figure.path)
    if value is None:
        return None
    steps = value * slot.figure.scale
    return int(steps) % NUMBER_RING if slot.figure.total else _whole(steps)


def _count(record: KpiRecord, slot: Slot) -> int | None:
    """Return a line's count of this interval alone."""
    return _whole(_figure(record, slot, slot.figure.path[1:]))


def _figure(record: KpiRecord, slot: Slot, path: Sequence[str]) -> float | None:
    elements = getattr(record.interval, slot.element.collection)
    found: Any = elements.get(slot.element.name)
    for step in path:
        found = None if found is None else getattr(found, step)
    if not isinstance(found, Mapping):
        return None if found is None else float(found)
    if slot.label is None:
        return float(sum(found.values()))
    if slot.label == OTHER:
        named = {*slot.element.classes} - {OTHER}
        return float(sum(each for label, each in found.items() if label not in named))
    return float(found.get(slot.label, 0))
