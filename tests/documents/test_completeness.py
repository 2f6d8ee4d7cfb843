"""The page that backend teams read shows a program: it finds what is missing."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.health import Health, HealthRecord, OutboxHealth, Vitals
from tallypost.domain.merging import merged
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.domain.totals import with_totals
from tallypost.telemetry.codec import json_v1

PAGE = Path(__file__).parents[2] / "docs/telemetry.md"


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    """What the page's programs define."""
    programs = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec("\n".join(programs), names)  # our own page
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


def alert(seq: int, device: str = "tp-1") -> bytes:
    told = Alert(
        kind=AlertKind.INTRUSION, state=AlertState.BEGUN, time_utc_s=seq * 60.0
    )
    return json_v1.encode_alert(AlertRecord(device=device, seq=seq, alert=told))


def health(last_alert_seq: int | None) -> bytes:
    told = Health(
        time_utc_s=0.0,
        running_s=0.0,
        outbox=OutboxHealth(
            records=0, alerts=0, refused=0, last_alert_seq=last_alert_seq
        ),
        board=Vitals(),
        firmware="0.1.0",
        site="sha256:1",
    )
    return json_v1.encode_health(HealthRecord(device="tp-1", health=told))


def test_missing_alerts_are_named_by_device(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    came = [alert(seq) for seq in (2, 7, 1, 4, 7)] + payloads(records)

    missing = shown["missing_alerts"]([*came, alert(1, "tp-2"), alert(3, "tp-2")])
    assert missing == {"tp-1": [(3, 3), (5, 6)], "tp-2": [(2, 2)]}


@pytest.mark.parametrize(
    ("last_seq", "missing"),
    [(None, []), (2, []), (3, [(3, 3)]), (9, [(3, 9)])],
    ids=["none told", "all came", "the last is missing", "several are"],
)
def test_the_last_alert_is_missed_too(
    shown: dict[str, Any], last_seq: int | None, missing: list[tuple[int, int]]
) -> None:
    came = [] if last_seq is None else [alert(1), alert(2)]

    assert shown["missing_alerts"]([*came, health(last_seq)]) == {"tp-1": missing}


def test_alerts_of_before_somebody_listened_are_not_missed(
    shown: dict[str, Any],
) -> None:
    came = [health(40), alert(38), alert(41), alert(43)]

    assert shown["missing_alerts"](came, {"tp-1": 40}) == {"tp-1": [(42, 42)]}
    assert shown["missing_alerts"](came[:2], {"tp-1": 41}) == {"tp-1": []}
    assert shown["missing_alerts"](came[:1]) == {"tp-1": [(1, 40)]}


def test_whatever_else_comes_on_the_devices_topics_is_passed_over(
    shown: dict[str, Any], records: list[KpiRecord]
) -> None:
    envelope, status = b'{"protected": "e30"}', b'{"schema": "tallypost.status/1"}'
    others = [envelope, status, b'{"nonce": "1"}']

    ((kept, missing, twice),) = shown["settle"](others + payloads(records)).values()
    assert (len(kept), missing, twice) == (20, [], [])
    assert shown["missing_alerts"]([*others, alert(2)]) == {"tp-1": [(1, 1)]}
