"""The page that backend teams read shows a program: it finds what is missing."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.merging import merged
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.domain.totals import with_totals
from tallypost.telemetry.codec import json_v1

PAGE = Path(__file__).parents[2] / "docs/telemetry.md"


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """What the page's program defines."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)  # our own page
    return names


@pytest.fixture
def records() -> list[KpiRecord]:
    """Twenty records of one device, the seventh a hole."""
    told: list[KpiRecord] = []
    totals: dict[str, LineTotals] = {}
    for seq in range(1, 21):
        cars = {} if seq == 7 else {"gate": LineFigures(forward={"car": seq % 3})}
        interval = Interval(
            start_utc_s=seq * 60.0,
            duration_s=60.0,
            lines=cars,
            zones={},
            quality=Quality(
                observed_s=60.0,
                frames=60,
                frames_dropped=0,
                clock=ClockTrust.SYNCED,
            ),
        )
        interval, totals = with_totals(interval, totals)
        told.append(KpiRecord(device="tp-1", seq=seq, interval=interval))
    return told


def seqs(kept: list[dict[str, Any]]) -> list[int]:
    return [record["seq"] for record in kept]


def payloads(records: list[KpiRecord]) -> list[bytes]:
    return [json_v1.encode(record) for record in records]


def test_all_that_arrived_twice_and_in_no_order_is_complete(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    came = payloads(records) * 2
    random.Random(1).shuffle(came)

    kept, missing, twice = shown["settle"](came)["tp-1"]
    assert not twice
    assert seqs(kept) == list(range(1, 21))
    assert not missing
    assert not shown["unexplained"](kept)


def test_missing_numbers_are_named_and_totals_tell_the_same(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    came = payloads([record for record in records if record.seq not in (4, 5, 11)])

    kept, missing, twice = shown["settle"](came)["tp-1"]
    assert not twice
    assert missing == [(4, 5), (11, 11)]
    assert [seq for seq, _, _ in shown["unexplained"](kept)] == [6, 12]


def test_a_merged_record_stands_for_all_its_numbers(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    """Also where one of them had arrived before it was merged."""
    came = payloads([*records[:3], records[4], merged(records[3:9]), *records[9:]])

    kept, missing, twice = shown["settle"](came)["tp-1"]
    assert not twice
    assert seqs(kept) == [1, 2, 3, 9, *range(10, 21)]
    assert not missing
    assert not shown["unexplained"](kept)


def test_a_count_that_was_changed_on_the_way_is_noticed(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    changed = records[9]
    gate = replace(changed.interval.lines["gate"], forward={"car": 40})
    interval = replace(changed.interval, lines={"gate": gate})
    records[9] = replace(changed, interval=interval)

    kept, _, _ = shown["settle"](payloads(records))["tp-1"]
    assert shown["unexplained"](kept) == [(10, "gate", "forward")]


def test_two_records_of_one_number_are_named(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    """A new card counts from 1 again."""
    interval = replace(records[1].interval, start_utc_s=86_400.0)
    another = replace(records[1], interval=interval)

    _, missing, twice = shown["settle"](payloads([*records, another]))["tp-1"]
    assert (missing, twice) == ([], [2])


def test_totals_that_fall_are_noticed(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    gate = replace(records[9].interval.lines["gate"], total=LineTotals())
    interval = replace(records[9].interval, lines={"gate": gate})
    records[9] = replace(records[9], interval=interval)

    kept, _, _ = shown["settle"](payloads(records))["tp-1"]
    assert (10, "gate", "forward") in shown["unexplained"](kept)


def test_other_devices_and_other_kinds_of_records_are_told_apart(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    others = [replace(record, device="tp-2") for record in records[2:4]]
    alert = json.dumps({"schema": "tallypost.alert/1", "device": "tp-1", "seq": 99})

    settled = shown["settle"]([*payloads([*records, *others]), alert.encode()])
    assert settled.keys() == {"tp-1", "tp-2"}
    assert seqs(settled["tp-2"][0]) == [3, 4]
