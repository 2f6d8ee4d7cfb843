"""Whatever is lost on the way, what arrives adds up to the truth."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.fields import instant
from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import KpiRecord
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.far_end import FarEnd
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.layout import encode_layout
from tallypost.telemetry.codec.compact.record import NUMBER_RING, encode_record
from tests.telemetry.codec.compact.world import (
    BEGIN_UTC_S,
    INTERVAL_S,
    ROAD_USERS,
    STREET,
    street,
)

LINES = ("north", "south")


SAID = [
    encode_record(street(seq, {"north": LineTotals()}, 900), STREET, room_bytes)
    for seq in (1, 70_000, 2**27, 2**28 - 1)
    for room_bytes in (11, 200)
]


def truth(totals: dict[str, LineTotals]) -> dict[str, int]:
    return {
        f"lines/{name}/total/{way}/{label}": getattr(total, way).get(label, 0)
        for name, total in totals.items()
        for way in ("forward", "backward")
        for label in ROAD_USERS
    }


def days(
    seed: int, count: int, begin: int = 0
) -> Iterator[tuple[KpiRecord, dict[str, int]]]:
    """Yield records of a busy street, and the totals that each of them ends with."""
    lots = random.Random(seed)
    totals = {name: LineTotals() for name in LINES}
    running = {
        (name, way, label): begin
        for name in LINES
        for way in ("forward", "backward")
        for label in ROAD_USERS
    }
    for seq in range(1, count + 1):
        for key in running:
            running[key] += lots.choice((0, 1, 3, 40, 700))
        totals = {
            name: LineTotals(
                **{
                    way: {label: running[name, way, label] for label in ROAD_USERS}
                    for way in ("forward", "backward")
                }
            )
            for name in LINES
        }
        yield street(seq, totals, 900), truth(totals)


def end_utc_s(seq: int) -> float:
    return BEGIN_UTC_S + INTERVAL_S * seq


def introduced(room_bytes: int = 11) -> FarEnd:
    far_end = FarEnd()
    for frame in encode_layout(STREET, room_bytes):
        far_end.hear(frame, BEGIN_UTC_S)
    return far_end


@settings(max_examples=25)
@given(
    seed=st.integers(0, 1000),
    lost=st.sets(st.integers(1, 150)),
    room_bytes=st.integers(11, 120),
)
def test_any_frames_may_be_lost_and_every_total_that_is_told_is_true(
    seed: int, lost: set[int], room_bytes: int
) -> None:
    far_end = introduced()
    history: dict[int, dict[str, int]] = {}
    for record, totals in days(seed, 150):
        history[record.seq] = totals
        if record.seq in lost:
            continue
        frame = encode_record(record, STREET, room_bytes)
        [told] = far_end.hear(frame, end_utc_s(record.seq) + 5)
        assert told["seq"] == record.seq
        slots = told["slots"]
        assert isinstance(slots, dict)
        assert slots == {name: totals[name] for name in slots}

    for name, total in far_end.totals.items():
        assert total in {each[name] for each in history.values()}


@settings(max_examples=20)
@given(order=st.permutations(range(1, 41)), room_bytes=st.sampled_from([11, 20, 60]))
def test_frames_may_come_in_any_order(order: list[int], room_bytes: int) -> None:
    far_end = introduced()
    said = {record.seq: (record, totals) for record, totals in days(4, 40)}

    for seq in order:
        record, totals = said[seq]
        frame = encode_record(record, STREET, room_bytes)
        [told] = far_end.hear(frame, end_utc_s(41))
        slots = told["slots"]
        assert isinstance(slots, dict)
        assert slots == {name: totals[name] for name in slots}
        assert told["seq"] == seq
        assert instant(told["end"], "end") == end_utc_s(seq)
    assert list(far_end.missing()) == []


def test_a_third_lost_and_days_of_silence_end_with_the_truth_and_no_gap() -> None:
    lots, far_end = random.Random(5), introduced()
    frames: dict[int, Frame] = {}
    history: dict[int, dict[str, int]] = {}
    for record, totals in days(5, 3000):
        history[record.seq] = totals
        frames[record.seq] = encode_record(record, STREET, 11)
        silent = 1000 <= record.seq < 1000 + 3 * 96
        if silent or lots.random() < 0.3:
            continue
        far_end.hear(frames[record.seq], end_utc_s(record.seq) + 5)

    received_utc_s = end_utc_s(3000) + 3600
    for numbers in [*far_end.missing(), range(2900, 3001)]:
        for seq in numbers:
            [told] = far_end.hear(frames[seq], received_utc_s)
            assert told["seq"] == seq
            assert instant(told["end"], "end") == end_utc_s(seq)

    assert far_end.heard == {*range(1, 3001)}
    assert list(far_end.missing()) == []
    newest = [history[seq] for seq in range(3000 - 25, 3001)]
    assert far_end.totals.keys() == newest[-1].keys()
    for name, total in far_end.totals.items():
        assert total in {totals[name] for totals in newest}


def test_after_the_last_change_a_round_of_frames_brings_the_whole_truth() -> None:
    far_end = introduced()
    *_, (last, totals) = days(8, 500)
    figures = {
        name: each.total for name, each in last.interval.lines.items() if each.total
    }
    for seq in range(501, 526):
        frame = encode_record(street(seq, figures, 900), STREET, 11)
        far_end.hear(frame, end_utc_s(seq) + 5)

    assert far_end.totals == totals


def test_totals_run_on_over_the_end_of_their_ring() -> None:
    far_end = introduced()
    begin = NUMBER_RING - 1000

    for record, totals in days(3, 60, begin):
        [told] = far_end.hear(encode_record(record, STREET, 200), end_utc_s(record.seq))
        assert told["slots"] == totals
    assert min(totals.values()) > NUMBER_RING


def test_what_comes_late_is_told_as_it_was_before_the_ring_went_round() -> None:
    far_end = introduced()
    said = dict(enumerate(days(3, 60, NUMBER_RING - 1000), 1))

    for seq in (1, 60, 2):
        record, totals = said[seq]
        [told] = far_end.hear(encode_record(record, STREET, 200), end_utc_s(60))
        assert told["slots"] == totals
    assert far_end.totals == said[60][1]


def test_totals_that_begin_anew_are_taken_as_they_are() -> None:
    far_end = introduced()
    high = LineTotals(forward={"car": 5000})
    low = LineTotals(forward={"car": 3})

    for seq, total in ((1, high), (2, low)):
        far_end.hear(encode_record(street(seq, {"north": total}, 900), STREET, 60), 2e9)

    assert far_end.totals["lines/north/total/forward/car"] == 3


def test_records_wait_for_the_layout_that_names_them() -> None:
    far_end = FarEnd()
    [(record, totals)] = days(1, 1)
    frame = encode_record(record, STREET, 120)

    assert far_end.hear(frame, end_utc_s(1)) == []
    *parts, last = encode_layout(STREET, 11)
    for part in reversed(parts):
        assert len(far_end.hear(part, end_utc_s(1))) == 1
    _, told = far_end.hear(last, end_utc_s(1))

    assert told["slots"] == totals


def test_numbers_run_on_over_the_end_of_their_ring() -> None:
    far_end = introduced()
    far_end.hear(encode_record(street(65_500, {}, 0), STREET, 40), end_utc_s(65_500))

    for seq in (65_535, 65_536, 65_600, 65_550):
        frame = encode_record(street(seq, {}, 0), STREET, 11)
        [told] = far_end.hear(frame, end_utc_s(65_600))
        assert told["seq"] == seq
        assert instant(told["end"], "end") == end_utc_s(seq)


def test_what_waits_longer_than_the_ring_of_minutes_is_dated_by_what_came_before() -> (
    None
):
    far_end = introduced()
    late_utc_s = end_utc_s(3000)
    far_end.hear(encode_record(street(1, {}, 0), STREET, 11), end_utc_s(1))

    for seq in (2, 3, 400, 2999, 3000, 1500):
        [told] = far_end.hear(encode_record(street(seq, {}, 0), STREET, 11), late_utc_s)
        assert instant(told["end"], "end") == end_utc_s(seq)


def test_intervals_that_were_cut_short_are_dated_by_what_came_before() -> None:
    far_end = introduced()
    before = street(1, {}, 0)
    far_end.hear(encode_record(before, STREET, 11), end_utc_s(1))
    minutes = replace(
        before.interval, start_utc_s=end_utc_s(1) + 39 * 60, duration_s=60.0
    )
    after = replace(before, seq=41, interval=minutes)

    month_later_utc_s = end_utc_s(3000)
    [told] = far_end.hear(encode_record(after, STREET, 11), month_later_utc_s)

    assert instant(told["end"], "end") == end_utc_s(1) + 40 * 60


def test_parts_of_two_layouts_are_never_put_together() -> None:
    far_end = FarEnd()
    *parts, last = encode_layout(STREET, 20)
    for part in parts:
        far_end.hear(part, BEGIN_UTC_S)
    foreign = bytearray(last.payload)
    foreign[-2] ^= 1

    with pytest.raises(CodecError, match="are of different layouts"):
        far_end.hear(Frame(Port.LAYOUT, bytes(foreign)), BEGIN_UTC_S)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 1, 1, 2, 3, 4, 5, 9]),
            st.binary(max_size=30) | st.sampled_from([each.payload for each in SAID]),
            st.integers(2**30, 2**33),
        ),
        max_size=12,
    )
)
def test_no_bytes_raise_anything_but_a_codec_error_nor_make_a_number_twice(
    heard: list[tuple[int, bytes, int]],
) -> None:
    far_end = introduced()

    for port, payload, received_utc_s in heard:
        with suppress(CodecError):
            far_end.hear(Frame(port, payload), received_utc_s)

    known = set(far_end.heard)
    assert known.isdisjoint(number for gap in far_end.missing() for number in gap)
    assert all(total >= 0 for total in far_end.totals.values())
