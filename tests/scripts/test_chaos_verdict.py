"""The chaos run's judge sees every kind of wrong, and calls nothing else one."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from scripts.chaos_run.evidence import Done, Evidence, Made
from scripts.chaos_run.faults import Fault, Kind, plan
from scripts.chaos_run.hands import Hands, Whereabouts
from scripts.chaos_run.listener import Arrival
from scripts.chaos_run.operator import ranges
from scripts.chaos_run.places import mark
from scripts.chaos_run.verdict import Verdict, judge

Record = dict[str, Any]
EPOCH_UTC_S = 1_900_000_000
SERIALS = (1, 2, 3, None, 5, 6)
"""By place, from seq 1 on: the fourth record is a hole, the fourth interval gone."""


def record(seq: int, serial: int | None, totals: tuple[int, int]) -> Record:
    lines: Record = {}
    if serial is not None:
        forward, backward = totals
        lines["gate"] = {
            "forward": {"car": serial},
            "backward": {"bicycle": mark(serial)},
            "total": {"forward": {"car": forward}, "backward": {"bicycle": backward}},
        }
    start = datetime.fromtimestamp(EPOCH_UTC_S + seq, UTC).isoformat()
    quality = {"clock": "synced", "clock_uncertainty_s": 0.05}
    return {
        "seq": seq,
        "start": start,
        "duration_s": 1.0,
        "lines": lines,
        "quality": quality,
    }


@pytest.fixture
def records() -> list[Record]:
    cars = bicycles = 0
    made = []
    for seq, serial in enumerate(SERIALS, start=1):
        cars += serial or 0
        bicycles += mark(serial) if serial else 0
        made.append(record(seq, serial, (cars, bicycles)))
    return made


def verdict(
    records: list[Record], change: Callable[[Evidence], None] | None = None
) -> Verdict:
    """Judge what arrived of six intervals; the telemetry half was killed with one."""
    evidence = Evidence(
        made={
            serial: Made(EPOCH_UTC_S + serial + 0.1, EPOCH_UTC_S + serial + 0.6)
            for serial in range(1, 7)
        },
        handed={serial: 100.0 + serial for serial in range(1, 7)},
        kept={1, 2, 3, 4, 5, 6},
        arrivals=[
            Arrival(101.5 + place, "kpi", json.dumps(each).encode())
            for place, each in enumerate(records)
        ],
        faults=[Done(Fault(Kind.TELEMETRY, 0.0, 0.0), 104.5, 104.5)],
    )
    if change is not None:
        change(evidence)
    return judge(evidence)


def test_a_run_without_a_fault_in_it_is_sound(records: list[Record]) -> None:
    told = verdict(records)

    assert told.sound, told
    assert (told.records, told.counted, told.holes) == (6, 5, 1)
    assert told.gone == {Whereabouts.HAND: 1}
    assert told.recovery_s[Kind.TELEMETRY] == [1.0]


def test_a_record_that_comes_again_unchanged_is_no_duplicate(
    records: list[Record],
) -> None:
    told = verdict([*records, records[2]])

    assert told.sound
    assert told.repeats == 1


def test_a_number_that_never_came_is_lost(records: list[Record]) -> None:
    told = verdict([each for each in records if each["seq"] != 4])

    assert told.lost == [
        "seq 4 never came, which the device said it keeps",
        "interval 4 is missing, and no hole stands for it",
    ]


def test_numbers_that_a_merged_record_stands_for_are_not_lost(
    records: list[Record],
) -> None:
    merged = records[3] | {"first_seq": 3}
    gone = [each for each in records if each["seq"] not in (3, 4)]

    assert not [line for line in verdict([*gone, merged]).lost if "seq" in line]


def test_the_last_record_that_was_kept_is_missed_too(records: list[Record]) -> None:
    assert any("seq 6 never came" in line for line in verdict(records[:-1]).lost)


def test_an_interval_that_nobody_was_killed_with_is_lost(
    records: list[Record],
) -> None:
    told = verdict(records, lambda evidence: evidence.faults.clear())

    assert told.lost == ["interval 4 was handed over, and nobody was killed with it"]


def test_more_intervals_than_kills_are_lost(records: list[Record]) -> None:
    records[2]["lines"] = {}

    assert any(
        "2 intervals went with 1 halves" in each for each in verdict(records).lost
    )


def test_a_device_that_hardly_says_anything_loses(records: list[Record]) -> None:
    told = verdict(records[:1], lambda evidence: evidence.kept.intersection_update({1}))

    assert "5 intervals became none of 1 records" in told.lost


@pytest.mark.parametrize(
    ("faults", "where"),
    [
        pytest.param([], Whereabouts.NOWHERE, id="nothing happened"),
        pytest.param([(Kind.TELEMETRY, 9, 9)], Whereabouts.NOWHERE, id="before"),
        pytest.param([(Kind.TELEMETRY, 40, 40)], Whereabouts.NOWHERE, id="late"),
        pytest.param([(Kind.VISION, 11, 11)], Whereabouts.NOWHERE, id="the other"),
        pytest.param([(Kind.TORN, 11, 11)], Whereabouts.HAND, id="killed"),
        pytest.param(
            [(Kind.FULL, 8, 9), (Kind.TELEMETRY, 11, 11)],
            Whereabouts.HAND,
            id="the disk had room again",
        ),
        pytest.param(
            [(Kind.TELEMETRY, 11, 11), (Kind.FULL, 12, 14), (Kind.TELEMETRY, 13, 13)],
            Whereabouts.MEMORY,
            id="the next one had it in memory",
        ),
        pytest.param([(Kind.REBOOT, 11, 12)], Whereabouts.PIPE, id="all killed"),
        pytest.param(
            [(Kind.TELEMETRY, 11, 11), (Kind.REBOOT, 29, 30)],
            Whereabouts.PIPE,
            id="all killed before anybody read on",
        ),
        pytest.param(
            [(Kind.REBOOT, 31, 32)], Whereabouts.NOWHERE, id="what followed was read"
        ),
    ],
)
def test_where_a_missing_interval_was_follows_from_what_was_done(
    faults: list[tuple[Kind, float, float]], where: Whereabouts
) -> None:
    done = [Done(Fault(kind, 0.0, 0.0), begun, over) for kind, begun, over in faults]

    assert Hands(done, [9.0, 30.0]).had(10.0) is where


def test_what_the_vision_half_still_had_when_it_was_killed_must_show_as_a_hole(
    records: list[Record],
) -> None:
    def vision_had_it(evidence: Evidence) -> None:
        del evidence.handed[4]
        evidence.faults.clear()

    assert verdict(records, vision_had_it).sound
    records[3]["lines"] = deepcopy(records[2]["lines"])  # no hole any more
    assert any("no hole stands for it" in line for line in verdict(records).lost)


def test_a_hole_that_comes_later_stands_for_its_time(records: list[Record]) -> None:
    late = records.pop(3) | {"seq": 7}
    told = verdict([*records, late], lambda evidence: evidence.kept.add(7))

    assert told.lost == ["seq 4 never came, which the device said it keeps"]


def test_two_records_of_one_time_overlap(records: list[Record]) -> None:
    records[3]["duration_s"] = 1.2

    assert len(verdict(records).overlaps) == 1
    records[3]["quality"]["clock_uncertainty_s"] = 0.2
    assert verdict(records).sound


def test_one_number_with_two_contents_is_duplicated(records: list[Record]) -> None:
    other = deepcopy(records[1]) | {"duration_s": 2.0}

    assert verdict([*records, other]).duplicated == ["seq 2 came with two contents"]


def test_one_interval_under_two_numbers_is_duplicated(records: list[Record]) -> None:
    twin = deepcopy(records[5]) | {"seq": 7}

    assert verdict([*records, twin]).duplicated == [
        "interval 6 is counted in seq 6 and in seq 7"
    ]


@pytest.mark.parametrize("off_s", [-0.7, 0.4])
def test_a_date_that_is_off_by_more_than_it_says_is_misdated(
    records: list[Record], off_s: float
) -> None:
    start = EPOCH_UTC_S + 2 + off_s
    records[1]["start"] = datetime.fromtimestamp(start, UTC).isoformat()

    assert len(verdict(records).misdated) == 1
    records[1]["quality"]["clock_uncertainty_s"] = 1.0
    assert verdict(records).sound


def test_a_record_that_claims_nothing_of_its_time_is_not_misdated(
    records: list[Record],
) -> None:
    records[1]["start"] = "1970-01-01T00:00:00Z"
    records[1]["quality"] = {"clock": "unsynced"}

    told = verdict(records)
    assert told.sound
    assert told.undated == 1


def test_totals_that_are_not_the_sum_of_what_came_are_wrong_once(
    records: list[Record],
) -> None:
    for each in records[2:]:
        if each["lines"]:
            each["lines"]["gate"]["total"]["forward"]["car"] += 1

    assert len(verdict(records).wrong) == 1


def test_figures_of_two_intervals_in_one_record_are_wrong(
    records: list[Record],
) -> None:
    records[0]["lines"]["gate"]["backward"]["bicycle"] = mark(2)

    assert "seq 1 tells what was not counted" in verdict(records).wrong


def alert(seq: int, begun_seq: int | None) -> Record:
    state = {"state": "begun"} if begun_seq is None else {"state": "ended"}
    return {"seq": seq, "begun_seq": begun_seq} | state


@pytest.mark.parametrize(
    ("alerts", "lost"),
    [
        pytest.param([(1, None), (2, 1), (3, None)], [], id="one goes on at the end"),
        pytest.param(
            [(1, None), (3, None)],
            ["alert 2 never came", "alert 1 is left going on"],
            id="gone",
        ),
        pytest.param(
            [(1, None), (2, None), (3, 2)], ["alert 1 is left going on"], id="no end"
        ),
        pytest.param(
            [(2, 1), (3, None)],
            ["alert 1 never came", "alert 2 ends 1, which never began"],
            id="no beginning",
        ),
    ],
)
def test_an_alert_that_never_came_or_has_no_partner_is_lost(
    records: list[Record], alerts: list[tuple[int, int | None]], lost: list[str]
) -> None:
    def warn(evidence: Evidence) -> None:
        evidence.kept_alerts = {1, 2, 3}
        evidence.arrivals += [
            Arrival(110.0, "alert", json.dumps(alert(*each)).encode())
            for each in alerts
        ]

    assert verdict(records, warn).lost == lost


def test_an_alert_that_a_killed_broker_took_along_is_lost_all_the_same(
    records: list[Record],
) -> None:
    def warn(evidence: Evidence) -> None:
        evidence.kept_alerts = {1}
        evidence.asked_alerts = {1}
        evidence.faults.append(Done(Fault(Kind.BLIND, 0.0, 0.0), 104.0, 105.0))

    told = verdict(records, warn)
    assert told.lost == ["alert 1 never came"]
    assert told.asked_alerts == 1


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([], []),
        ([7], [(7, 7)]),
        ([3, 1, 2, 9, 11, 10], [(1, 3), (9, 11)]),
    ],
    ids=["none", "one", "two runs"],
)
def test_what_is_missing_is_asked_for_range_by_range(
    numbers: list[int], found: list[tuple[int, int]]
) -> None:
    assert list(ranges(numbers)) == found


def test_one_seed_gives_one_plan_with_every_kind_in_it() -> None:
    def drawn(seed: int) -> list[Fault]:
        return list(plan(Random(seed), 500, 300.0))

    assert drawn(1) == drawn(1) != drawn(2)
    assert {fault.kind for fault in drawn(1)} == set(Kind)
    assert sorted(fault.at_s for fault in drawn(1)) == [f.at_s for f in drawn(1)]
    assert all(fault.lasts_s <= fault.kind.lasts_s_max for fault in drawn(1))
