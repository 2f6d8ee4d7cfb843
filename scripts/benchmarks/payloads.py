"""How many bytes the same street takes over a radio, in our words and in others'."""

import struct
from collections.abc import Mapping, Sequence
from typing import cast

from scripts.benchmarks.page import put, table
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.telemetry.codec import json_v1, protobuf
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.codec.compact.record import encode_record

CLASSES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
YEAR: Mapping[str, Sequence[int]] = {
    "forward": (610_000, 140_000, 2_100, 900_000, 9_000, 31_000),
    "backward": (590_000, 150_000, 1_900, 880_000, 8_800, 30_400),
}
"""After a year on a busy street, by `CLASSES`."""
SEQ, END_UTC_S, OBSERVED_PERCENT = 35_040, 1_795_343_400, 99
ROOMS = (11, 51, 115, 242)


LAYOUT = Layout.of({"lines": {"north": CLASSES, "south": CLASSES}})
ONE = Layout.of({"lines": {"north": ("car",)}})


def _record(seq: int = SEQ) -> KpiRecord:
    """Return the street's record."""
    total = LineTotals(
        **{way: dict(zip(CLASSES, counts, strict=True)) for way, counts in YEAR.items()}
    )
    return KpiRecord(
        device="tp-7f3a91",
        seq=seq,
        interval=Interval(
            start_utc_s=END_UTC_S - 900.0,
            duration_s=900.0,
            lines={name: LineFigures(total=total) for name in ("north", "south")},
            zones={},
            quality=Quality(
                observed_s=899.0, frames=9000, frames_dropped=0, clock=ClockTrust.SYNCED
            ),
        ),
    )


def _frames(room_bytes: int) -> int:
    """Return how many frames it takes until every total was told."""
    untold = {slot.name for slot in LAYOUT.slots}
    for count in range(1, 100):
        found = decode(encode_record(_record(count), LAYOUT, room_bytes), LAYOUT)
        untold -= set(cast("dict[str, object]", found["slots"]))
        if not untold:
            return count
    raise AssertionError(untold)


def _lpp(totals: Sequence[int]) -> bytes:
    """Return Cayenne LPP: a channel, a type, a value.

    Source: ElectronicCats/CayenneLPP, "Data types": 100 generic sensor (4 bytes),
    133 unix time (4 bytes), 120 percentage (1 byte).
    """
    parts = [struct.pack(">BBI", place, 100, each) for place, each in enumerate(totals)]
    parts += [
        struct.pack(">BBI", 200, 100, SEQ),
        struct.pack(">BBI", 201, 133, END_UTC_S),
        struct.pack(">BBB", 202, 120, OBSERVED_PERCENT),
    ]
    return b"".join(parts)


def _cbor(totals: Sequence[int]) -> bytes:
    """Return an array of CBOR, without any names: seq, end, observed, totals.

    Source: RFC 8949, 3.
    """
    head = [_cbor_number(each) for each in (SEQ, END_UTC_S, OBSERVED_PERCENT)]
    items = [_cbor_number(each) for each in totals]
    return b"".join([_cbor_head(4, 4), *head, _cbor_head(4, len(totals)), *items])


def _cbor_number(value: int) -> bytes:
    return _cbor_head(0, value)


def _cbor_head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for info, size in ((24, 1), (25, 2), (26, 4)):
        if value < 1 << 8 * size:
            return bytes([major << 5 | info]) + value.to_bytes(size)
    raise ValueError(value)


def _protobuf(totals: Sequence[int]) -> bytes:
    """Return a message: seq, end, observed, and totals as a packed field."""
    packed = b"".join(protobuf.varint(each) for each in totals)
    return b"".join(
        [
            protobuf.number(1, SEQ),
            protobuf.number(2, END_UTC_S),
            protobuf.number(3, OBSERVED_PERCENT),
            protobuf.block(4, packed),
        ]
    )


def _milesight(totals: Sequence[int]) -> bytes:
    """Return totals as a VS133 tells lines: a channel, a type, four bytes each.

    Source: Milesight-IoT/SensorDecoders, VS_Series/VS13x. It has four lines and no
    classes: each class stands for a line here.
    """
    return b"".join(
        struct.pack("<BBI", 3 + place, 0xD2, each) for place, each in enumerate(totals)
    )


def sizes() -> str:
    """Return the tables."""
    whole = [count for _ in range(2) for counts in YEAR.values() for count in counts]
    one = whole[3:4]
    one_total, short, full = [
        len(encode_record(_record(), layout, room_bytes).payload)
        for layout, room_bytes in ((ONE, 11), (LAYOUT, 75), (LAYOUT, 80))
    ]
    rows = [
        [
            "`compact_v1`",
            f"{one_total}",
            f"{short}, with all of quality {full}",
            "names, which come once",
        ]
    ]
    for name, write, untold in (
        ("protobuf, packed", _protobuf, "whose classes, which site"),
        ("CBOR, arrays", _cbor, "whose classes, which site"),
        ("Milesight VS133", _milesight, "classes, number, time, quality"),
        ("Cayenne LPP", _lpp, "whose classes, which site"),
    ):
        rows.append([name, *(str(len(write(each))) for each in (one, whole)), untold])
    json_bytes = len(json_v1.encode(_record()))
    rows.append(["JSON, as over MQTT", "", f"{json_bytes}", "nothing"])
    turns = [[f"{room}", f"{_frames(room)}"] for room in ROOMS]
    return "\n\n".join(
        [
            table(["bytes", "one total", "24 totals", "what they do not say"], rows),
            "Until all 24 were told, `compact_v1` takes:",
            table(["bytes a frame", "frames"], turns),
        ]
    )


def main() -> None:
    """Write them into the page."""
    put("payloads", sizes())
