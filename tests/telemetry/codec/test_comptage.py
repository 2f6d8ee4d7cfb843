"""The French tables: 0 is "nobody passed", empty is "not counting"."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.place import LinePlace, Place
from tests.telemetry.codec.convey import GATE, PLACE, full, hole, record, spelled

MEASURE: Mapping[str, str] = {
    "channel_id": r".+",
    "counter_id": r".+",
    "start_datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "end_datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "count": r"\d*",
}
CHANNEL: Mapping[str, str] = {
    "channel_id": r".+",
    "channel_provider_id": "",
    "site_provider_id": "",
    "site_id": r".+",
    "mobility_type": r"(?:(?:^|,)(BIKE|TWO WHEELS MOTORIZED|PEDESTRIAN|E\-SCOOTER"
    r"|HORSE\-RIDER|CAR|BUS|MINIBUS|TRUCK|VAN|TRAMWAY|CANOE|UNDEFINED))+",
    "comment": "",
    "counter_transmission_type": "REMOTE TRANSMISSION|MANUAL",
    "publication_transmission_type": "(API|MANUAL)?",
    "counter_type": "VIDEO SENSOR",
    "direction": "(N|NW|NE|W|SW|S|SE|E)?",
    "provider_direction_code": "forward|backward",
    "provider_direction_name": "",
    "data_provider_name": "",
    "temporality": "TEMPORARY|PERMANENT",
    "started_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "ended_at": "",
    "last_updated_at": "",
    "time_step": r"\d+(\.\d+)?",
    "provider_portal_url": "",
}
SITE: Mapping[str, str] = {
    "site_id": r".+",
    "parent_site_id": "",
    "site_name": r".+",
    "fr_insee_code": r"(([013-9]\d|2[AB1-9])\d{3})?",
    "xlong": r"-?\d{1,3}\.\d{4,}",
    "ylat": r"-?\d{1,2}\.\d{4,}",
    "external_ids": "",
    "infrastructure_type": "",
}
"""The columns in the schemas' order, with what each may hold (versions 0.2.2, whose
columns 1.0.0 kept)."""
GATE_FORWARD_CAR = "tp-7f3a91:gate:forward:CAR"


def rows(
    table: str, *records: KpiRecord, place: Place = PLACE
) -> Sequence[dict[str, str]]:
    lines = list(spelled(f"comptage-{table}", *records, place=place))
    return list(csv.DictReader(lines, strict=True))


def counts(channel: str, *records: KpiRecord, place: Place = PLACE) -> list[str]:
    return [
        row["count"]
        for row in rows("measure", *records, place=place)
        if row["channel_id"] == channel
    ]


@pytest.mark.parametrize(
    ("table", "columns"),
    [("measure", MEASURE), ("channel", CHANNEL), ("site", SITE)],
    ids=["measure", "channel", "site"],
)
def test_the_columns_are_the_schemas_and_so_is_what_they_hold(
    table: str, columns: Mapping[str, str]
) -> None:
    header, *_ = spelled(f"comptage-{table}", full())

    assert header == ",".join(columns)
    for row in rows(table, full(1), hole(2)):
        for name, pattern in columns.items():
            assert re.fullmatch(pattern, row[name]), (name, row[name])


def test_nobody_is_0_and_not_counting_is_empty() -> None:
    quiet = record(3, lines={"gate": LineFigures()})

    assert counts(GATE_FORWARD_CAR, full(1), hole(2), quiet) == ["2", "", "0"]


def test_a_hole_before_all_else_is_told_where_the_site_names_its_classes() -> None:
    assert counts(GATE_FORWARD_CAR, hole(1), full(2)) == ["", "2"]
    nameless = replace(PLACE, lines={"gate": LinePlace()})
    assert counts(GATE_FORWARD_CAR, hole(1), full(2), place=nameless) == ["2"]


def test_a_count_of_a_part_of_the_time_does_not_pass_for_a_whole_one() -> None:
    almost = record(1, observed_s=54.0, lines={"gate": GATE})
    half = record(2, observed_s=30.0, lines={"gate": GATE})

    assert counts(GATE_FORWARD_CAR, almost, half) == ["2", ""]


def test_a_watch_that_was_interrupted_is_added_up() -> None:
    first = record(1, observed_s=30.0, lines={"gate": GATE})
    second = record(1, observed_s=29.0, lines={"gate": GATE})

    assert counts(GATE_FORWARD_CAR, first, replace(second, seq=2)) == ["4"]


def test_classes_that_the_schema_has_no_word_for_are_added_up() -> None:
    pets = LineTotals(forward={"cat": 3, "dog": 2})
    made = record(lines={"gate": LineFigures(forward={"cat": 1, "dog": 2}, total=pets)})
    place = replace(PLACE, lines={})

    assert counts("tp-7f3a91:gate:forward:UNDEFINED", made, place=place) == ["3"]


def test_each_channel_is_told_once_and_every_measure_has_one() -> None:
    made = (full(1), hole(2), full(3))
    channels = [row["channel_id"] for row in rows("channel", *made)]

    assert len(channels) == len(set(channels))
    assert {row["channel_id"] for row in rows("measure", *made)} == set(channels)


def test_backward_heads_where_forward_comes_from() -> None:
    headings = {
        (row["provider_direction_code"], row["direction"])
        for row in rows("channel", full())
    }

    assert headings == {("forward", "NE"), ("backward", "SW")}


def test_a_line_whose_name_would_break_a_table_does_not() -> None:
    nasty = 'a,"b"\r\n=1+1'
    made = record(lines={nasty: GATE})

    channels = {row["channel_id"] for row in rows("measure", made)}

    assert "tp-7f3a91:a%2C%22b%22%0D%0A%3D1%2B1:forward:CAR" in channels


def test_a_moment_between_seconds_is_told_to_the_nearest() -> None:
    told = full(1)
    late = replace(told.interval, start_utc_s=told.interval.start_utc_s + 0.75)

    first, *_ = rows("measure", replace(told, interval=late))

    assert first["start_datetime"] == "2026-11-22T10:15:01Z"
    assert first["end_datetime"] == "2026-11-22T10:16:01Z"
