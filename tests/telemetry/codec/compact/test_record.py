"""Records in few bytes: what is read is what was written, as far as it was told."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.figures.traffic import MovementFigures, QueueFigures
from tallypost.domain.figures.zones import HeatMapFigures, ZoneFigures
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.bits import NUMBER_MAX
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.layout import OTHER, Layout
from tallypost.telemetry.codec.compact.record import NUMBER_RING, encode_record
from tallypost.telemetry.codec.compact.slots import Slot
from tallypost.telemetry.codec.compact.table import OBSERVED_SHARES
from tallypost.telemetry.codec.flat import Flat, flat
from tests.telemetry.codec.compact.world import (
    BEGIN_UTC_S,
    INTERVAL_S,
    ROAD_USERS,
    STREET,
    line,
    records,
    sites,
    street,
)

LARGE = LineTotals(
    forward=dict.fromkeys(ROAD_USERS, NUMBER_MAX),
    backward=dict.fromkeys(ROAD_USERS, NUMBER_MAX),
)
YEAR_OLD = LineTotals(
    forward={"person": 610_000, "bicycle": 140_000, "car": 900_000, "bus": 9_000},
    backward={"person": 590_000, "bicycle": 150_000, "car": 880_000, "truck": 31_000},
)


def known(slot: Slot, figures: Flat) -> float | None:
    """What a record says of a slot, read by another part of the house."""
    path = (slot.element.collection, slot.element.name, *slot.figure.path)
    below = {
        way[-1]: float(value)
        for way, value in figures.values.items()
        if way[:-1] == path
    }
    if path not in figures.counted:
        value = figures.values.get(path)
        return None if value is None else float(value)
    if slot.label is None:
        return sum(below.values())
    if slot.label == OTHER:
        named = {*slot.element.classes} - {OTHER}
        return sum(value for label, value in below.items() if label not in named)
    return below.get(slot.label, 0.0)


def expected(layout: Layout, record: KpiRecord) -> dict[str, Any]:
    figures = flat(record.interval)
    found: dict[str, Any] = {}
    for slot in layout.slots:
        value = known(slot, figures)
        if value is None:
            continue
        steps = value * slot.figure.scale
        if slot.figure.total:
            found[slot.name] = int(steps) % NUMBER_RING
        elif steps <= NUMBER_MAX:
            found[slot.name] = round(steps) / slot.figure.scale
    return found


@settings(max_examples=200)
@given(data=st.data())
def test_with_room_a_record_is_read_whole(data: st.DataObject) -> None:
    site = data.draw(sites)
    layout, record = Layout.of(site), data.draw(records(site))

    found = decode(encode_record(record, layout, 2000), layout)

    assert found["slots"] == pytest.approx(expected(layout, record))
    assert found["form"] == "full"
    assert found["seq"] == record.seq % NUMBER_RING
    assert found["end_s"] == int(record.interval.end_utc_s)
    assert found["earlier"] == len(record.numbers) - 1
    assert found["observed_s"] == round(record.interval.quality.observed_s)


@settings(max_examples=200)
@given(data=st.data(), room_bytes=st.integers(9, 60))
def test_whatever_the_room_what_is_told_is_true(
    data: st.DataObject, room_bytes: int
) -> None:
    site = data.draw(sites)
    layout, record = Layout.of(site), data.draw(records(site))

    frame = encode_record(record, layout, room_bytes)
    found = decode(frame, layout, record.interval.end_utc_s + 60)

    assert len(frame.payload) <= room_bytes
    truth = expected(layout, record)
    slots = found["slots"]
    assert isinstance(slots, dict)
    assert slots == pytest.approx({name: truth[name] for name in slots})
    if found["form"] != "full":
        share = record.interval.quality.observed_s / INTERVAL_S
        least = found["observed_share_min"]
        assert least == max(each for each in OBSERVED_SHARES if each <= share)
        assert found["seq_low"] == record.seq % 65_536


def test_eleven_bytes_carry_the_greatest_of_totals() -> None:
    record = street(7, {"north": LARGE, "south": LARGE}, 900)

    slots = decode(encode_record(record, STREET, 11), STREET)["slots"]

    assert isinstance(slots, dict)
    assert list(slots.values()) == [NUMBER_MAX]


def test_nine_bytes_still_carry_totals_of_a_small_street() -> None:
    small = LineTotals(forward=dict.fromkeys(ROAD_USERS, 4000))
    record = street(7, {"north": small}, 900)

    assert decode(encode_record(record, STREET, 9), STREET)["slots"]


def test_seven_bytes_say_that_it_was_watched_and_six_cannot() -> None:
    record = street(7, {"north": LARGE}, 900)

    assert (
        decode(encode_record(record, STREET, 7), STREET)["observed_share_min"] == 0.99
    )
    with pytest.raises(CodecError, match="6 bytes are less than its head"):
        encode_record(record, STREET, 6)


@pytest.mark.parametrize("heard", [1, 2, 3, 5, 7, 12, 13, 14])
def test_whoever_hears_every_nth_frame_hears_of_all_figures(heard: int) -> None:
    found: set[str] = set()

    for seq in range(heard, heard * 1000, heard):
        record = street(seq, {"north": YEAR_OLD, "south": YEAR_OLD}, 900)
        told = decode(encode_record(record, STREET, 11), STREET)["slots"]
        assert isinstance(told, dict)
        found |= told.keys()

    assert found == {slot.name for slot in STREET.slots}


def test_a_year_old_street_is_told_whole_by_seventeen_frames_of_eleven_bytes() -> None:
    told: list[set[str]] = []
    for seq in range(1, 200):
        record = street(seq, {"north": YEAR_OLD, "south": YEAR_OLD}, 900)
        slots = decode(encode_record(record, STREET, 11), STREET)["slots"]
        assert isinstance(slots, dict)
        told.append({*slots})
    every = {slot.name for slot in STREET.slots}

    for place in range(len(told) - 17):
        assert set().union(*told[place : place + 17]) == every


def test_what_was_not_watched_is_untold_and_zero_is_told() -> None:
    layout = Layout.of({"lines": {"gate": ("car",), "back": ("car",)}})
    record = street(1, {"gate": LineTotals()}, 900)

    found = decode(encode_record(record, layout, 40), layout)

    assert found["slots"] == {
        "lines/gate/total/forward/car": 0,
        "lines/gate/total/backward/car": 0,
    }


def test_a_hole_says_that_nothing_was_watched_and_no_figures() -> None:
    found = decode(encode_record(street(1, {}, 0), STREET, 11), STREET)

    assert found["observed_share_min"] == 0
    assert found["slots"] == {}


def test_a_merged_record_tells_the_numbers_that_it_stands_for() -> None:
    record = replace(street(300, {"north": YEAR_OLD}, 900), first_seq=100)

    for room_bytes in (11, 60):
        found = decode(encode_record(record, STREET, room_bytes), STREET)
        assert found["earlier"] == 200


def test_the_end_is_told_whole_to_whoever_knows_when_it_arrived() -> None:
    frame = encode_record(street(1, {"north": YEAR_OLD}, 900), STREET, 11)

    days = 11.3 * 86_400
    assert "end" not in decode(frame, STREET)
    for received_utc_s in (BEGIN_UTC_S + 901, BEGIN_UTC_S + days):
        found = decode(frame, STREET, received_utc_s)
        assert found["end"] == "2026-11-22T10:30:00Z"


def test_another_site_s_layout_names_nothing() -> None:
    other = Layout.of({"lines": {"south": ROAD_USERS, "north": ROAD_USERS}})
    frame = encode_record(street(1, {"north": YEAR_OLD}, 900), STREET, 60)

    slots = decode(frame, other)["slots"]

    assert isinstance(slots, dict)
    assert slots.keys() <= {str(place) for place in range(24)}


def test_what_has_no_room_is_passed_over_and_the_rest_has_its_turn() -> None:
    layout = Layout.of({"lines": {"gate": ("person", "car", "bus")}})
    mixed = LineTotals(forward={"person": 3, "car": NUMBER_MAX, "bus": 4})
    told: set[str] = set()

    for seq in range(1, 9):
        frame = encode_record(street(seq, {"gate": mixed}, 900), layout, 8)
        slots = decode(frame, layout)["slots"]
        assert len(frame.payload) <= 8
        assert isinstance(slots, dict)
        told |= slots.keys()

    assert told == {
        f"lines/gate/total/{way}/{label}"
        for way in ("forward", "backward")
        for label in ("person", "car", "bus")
    } - {"lines/gate/total/forward/car"}


def test_what_was_not_watched_takes_no_turn() -> None:
    for seq in range(1, 50):
        record = street(seq, {"south": YEAR_OLD}, 900)

        assert decode(encode_record(record, STREET, 11), STREET)["slots"]


def test_classes_without_a_number_are_summed() -> None:
    many = tuple(f"thing {number}" for number in range(20))
    layout = Layout.of({"lines": {"gate": ("car", *many)}})
    total = LineTotals(forward={"car": 5, "thing 1": 2, "thing 9": 3, "other": 4})

    found = decode(encode_record(street(1, {"gate": total}, 900), layout, 40), layout)

    assert found["slots"] == {
        "lines/gate/total/forward/car": 5,
        "lines/gate/total/forward/other": 9,
        "lines/gate/total/backward/car": 0,
        "lines/gate/total/backward/other": 0,
    }


def test_counts_of_the_interval_stand_beside_totals_where_all_have_room() -> None:
    layout = Layout.of({"lines": {"gate": ("car",)}})
    record = street(1, {}, 900)
    interval = replace(record.interval, lines={"gate": line({"car": 3}, {"car": 90})})

    found = decode(
        encode_record(replace(record, interval=interval), layout, 51), layout
    )

    assert found["counts"] == {
        "lines/gate/forward/car": 3,
        "lines/gate/backward/car": 0,
    }


def test_what_is_withheld_or_small_tables_leave_no_trace() -> None:
    layout = Layout.of(
        {
            "lines": {"gate": ("car",)},
            "zones": {"hall": ("person",)},
            "queues": {"q": ()},
        }
    )
    open_handed = Interval(
        start_utc_s=BEGIN_UTC_S,
        duration_s=INTERVAL_S,
        lines={"gate": line({"car": 1}, {"car": 90})},
        zones={
            "hall": ZoneFigures(
                entries={"person": 1},
                exits={"person": 1},
                dwell_mean_s={"person": 41.0},
            )
        },
        queues={"q": QueueFigures(served=1)},
        car_parks={"p": CarParkFigures(stay_mean_s=55.0)},
        movements={"m": MovementFigures(trips={"a": {"b": {"car": 1}}})},
        heat_maps={"h": HeatMapFigures(objects={"1,1": 1})},
        quality=street(1, {}, 900).interval.quality,
    )
    withheld = replace(
        open_handed,
        zones={
            "hall": ZoneFigures(entries={"person": 1}, exits={"person": 1}, withheld=1)
        },
        queues={"q": QueueFigures(served=1, withheld=1)},
        car_parks={"p": CarParkFigures(withheld=1)},
        movements={"m": MovementFigures(k=3, withheld=1)},
        heat_maps={"h": HeatMapFigures(k=3, withheld=1)},
    )

    frames = [
        encode_record(KpiRecord(device="d", seq=1, interval=each), layout, 242)
        for each in (open_handed, withheld)
    ]

    assert frames[0] == frames[1]


@given(st.sampled_from([1, 2, 3, 4, 5, 6, 10]), st.binary(max_size=60))
def test_any_bytes_are_told_in_json_or_are_a_codec_error(
    port: int, payload: bytes
) -> None:
    try:
        told = decode(Frame(port, payload), STREET, BEGIN_UTC_S)
    except CodecError:
        return
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_later_version_is_refused_by_name() -> None:
    with pytest.raises(CodecError, match=r"form: 3 .* take a newer one"):
        decode(Frame(Port.RECORD, b"\xff" * 11), None)
