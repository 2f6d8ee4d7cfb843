"""Several records as one: sums stay whole, what cannot be known is absent."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.document import to_document
from tallypost.domain.figures.lines import (
    HeadwayFigures,
    LineFigures,
    LineHeadways,
    LineTotals,
)
from tallypost.domain.figures.parking import CarParkFigures, SpaceFigures, SpaceState
from tallypost.domain.figures.zones import CrowdFigures, ZoneFigures
from tallypost.domain.merging import follows, merged
from tallypost.domain.records import (
    ClockTrust,
    Interval,
    KpiRecord,
    Quality,
    collections,
)
from tallypost.domain.shape import Hint, Kind, hints, words_within
from tallypost.domain.words import Grade, Light
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tests.domain.strategies import Words


def record(
    seq: int, quality: dict[str, Any] | None = None, **figures: Any
) -> KpiRecord:
    told = {"observed_s": 60.0, "frames": 600, "frames_dropped": 0} | (quality or {})
    return KpiRecord(
        device="tp-1",
        seq=seq,
        interval=Interval(
            start_utc_s=seq * 60.0,
            duration_s=60.0,
            **({"lines": {}, "zones": {}} | figures),
            quality=Quality(**told),
        ),
    )


def line(cars: int, total: int) -> dict[str, LineFigures]:
    totals = LineTotals(forward={"car": total})
    return {"gate": LineFigures(forward={"car": cars}, total=totals)}


def test_a_merged_record_covers_the_time_and_the_numbers_of_all() -> None:
    one = merged([record(7), record(8), record(9)])

    assert (one.first_seq, one.seq, one.numbers) == (7, 9, range(7, 10))
    assert one.interval.start_utc_s == 420
    assert one.interval.duration_s == 180
    assert one.interval.quality.observed_s == 180


def test_one_alone_stays_as_it_is() -> None:
    alone = record(7, lines=line(2, 9))

    assert merged([alone]) == alone


def test_counts_are_summed_and_running_totals_are_the_last() -> None:
    gate = merged(
        [record(1, lines=line(2, 12)), record(2), record(3, lines=line(3, 15))]
    ).interval.lines["gate"]

    assert gate.forward == {"car": 5}
    assert gate.total == LineTotals(forward={"car": 15})


def test_means_are_weighted_by_the_time_that_was_watched() -> None:
    busy = {"platform": ZoneFigures(occupancy_mean={"person": 4.0})}
    empty = {"platform": ZoneFigures()}
    one = merged(
        [
            record(1, {"observed_s": 60.0}, zones=busy),
            record(2, {"observed_s": 20.0}, zones=empty),
        ]
    )

    assert one.interval.zones["platform"].occupancy_mean == {"person": 3.0}


def test_a_mean_over_people_is_weighted_by_how_many_they_were() -> None:
    def headways(count: int, mean_s: float) -> dict[str, LineFigures]:
        told = HeadwayFigures(count=count, mean_s=mean_s, p50_s=mean_s)
        return {"gate": LineFigures(headways=LineHeadways(forward=told))}

    gate = merged(
        [record(1, lines=headways(3, 2.0)), record(2, lines=headways(1, 6.0))]
    )
    told = gate.interval.lines["gate"].headways

    assert told is not None
    assert told.forward == HeadwayFigures(count=4, mean_s=3.0)


def test_what_tells_of_an_end_is_the_last_and_levels_are_the_worst() -> None:
    def figures(free: int, state: SpaceState, level: Grade) -> dict[str, Any]:
        space = {"a": SpaceFigures(state=state, arrivals=1)}
        park = CarParkFigures(spaces=2, free=free, by_space=space)
        return {
            "car_parks": {"north": park},
            "crowds": {"hall": CrowdFigures(level=level)},
        }

    one = merged(
        [
            record(1, **figures(2, SpaceState.FREE, Grade.E)),
            record(2, **figures(1, SpaceState.OCCUPIED, Grade.B)),
        ]
    ).interval

    park = one.car_parks["north"]
    assert (park.spaces, park.free) == (2, 1)
    assert park.by_space["a"] == SpaceFigures(state=SpaceState.OCCUPIED, arrivals=2)
    assert one.crowds["hall"].level is Grade.E


def test_a_clock_is_as_bad_as_its_worst_moment() -> None:
    sure = {"clock": ClockTrust.SYNCED, "clock_uncertainty_s": 0.1, "light": Light.DAY}
    less = {"clock": ClockTrust.HOLDOVER, "clock_uncertainty_s": 2.0}
    lost = {"clock": ClockTrust.UNSYNCED}

    quality = merged([record(1, sure), record(2, less)]).interval.quality
    assert (quality.clock, quality.clock_uncertainty_s) == (ClockTrust.HOLDOVER, 2.0)
    assert quality.light is Light.DAY
    quality = merged([record(1, sure), record(2, lost)]).interval.quality
    assert (quality.clock, quality.clock_uncertainty_s) == (ClockTrust.UNSYNCED, None)


@pytest.mark.parametrize(
    "next_one",
    [
        record(9),
        replace(record(8), device="tp-2"),
        record(8, {"site": "sha256:other"}),
        record(8, {"model": "sha256:other"}),
        replace(record(8), interval=replace(record(8).interval, start_utc_s=450.0)),
    ],
    ids=["a number between", "another device", "site", "model", "overlap"],
)
def test_only_what_follows_is_merged(next_one: KpiRecord) -> None:
    assert follows(record(8), record(7))
    assert not follows(next_one, record(7))
    with pytest.raises(RecordError, match="does not follow seq 7"):
        merged([record(7), next_one])


def test_of_none_nothing_is_made() -> None:
    with pytest.raises(RecordError, match="one or more"):
        merged([])


def test_a_number_that_stands_for_earlier_ones_names_an_earlier_one() -> None:
    with pytest.raises(RecordError, match="first_seq: 5 is not below seq 5"):
        replace(record(5), first_seq=5)


KNOWN = Words(classes=st.sampled_from("ab"), parts=st.sampled_from("xy"))


def numbered(intervals: list[Interval]) -> list[KpiRecord]:
    """Return records that follow each other."""
    same: dict[str, Any] = dict.fromkeys(
        ("model", "site", "firmware", "privacy_epsilon_per_day")
    ) | {"accuracy": {}}
    return [
        KpiRecord(
            device="tp-1",
            seq=seq,
            interval=replace(
                each, start_utc_s=seq * 60.0, quality=replace(each.quality, **same)
            ),
        )
        for seq, each in enumerate(intervals, start=1)
    ]


@pytest.mark.parametrize("collection", collections())
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_in_two_steps_the_same_is_counted_as_in_one_and_it_can_be_told(
    collection: str, data: st.DataObject
) -> None:
    named = st.dictionaries(
        st.just("it"), KNOWN.of(collections()[collection]), max_size=1
    )
    interval = KNOWN.interval(collection, named)
    records = numbered([data.draw(interval) for _ in range(3)])

    at_once = merged(records)
    assert json_v1.decode(json_v1.encode(at_once)).numbers == range(1, 4)
    stepwise = merged([merged(records[:2]), records[2]])
    assert whole_numbers(stepwise) == whole_numbers(at_once)


def whole_numbers(told: KpiRecord) -> dict[str, int]:
    """Return what was counted, by the way to it."""
    found: dict[str, int] = {}

    def walk(value: object, way: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{way}.{key}")
        elif type(value) is int:
            found[way] = value

    walk(to_document(told.interval), "")
    return found


def test_only_quantiles_and_means_over_unknown_numbers_are_lost() -> None:
    lost = {
        name
        for word in words_within(Interval)
        for name, hint in hints(word).items()
        if (inner := innermost(hint)).kind not in (Kind.COUNT, None)
        and hint.merge is inner.merge is None
    }
    means = {"dwell_mean_s", "waiting_mean_s", "speed_mean_kmh"}
    times = {"start_utc_s", "duration_s"}

    assert {name for name in lost if not re.search(r"_?p\d\d_", name)} == means | times


def innermost(hint: Hint) -> Hint:
    return innermost(hint.mapping[1]) if hint.mapping is not None else hint
