"""OpenMetrics: read back by the parser of the Prometheus project."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.figures.lines import (
    LineFigures,
    LineSpeeds,
    LineTotals,
    SpeedFigures,
)
from tallypost.domain.figures.traffic import MovementFigures
from tallypost.domain.records import KpiRecord, collections
from tests.domain.strategies import Words, names
from tests.telemetry.codec.convey import BEGIN_UTC_S, full, hole, record, spelled

parser = pytest.importorskip("prometheus_client.openmetrics.parser")


def families(*records: KpiRecord) -> dict[str, Any]:
    text = "\n".join(spelled("openmetrics", *records)) + "\n"
    return {each.name: each for each in parser.text_string_to_metric_families(text)}


def value(sample_name: str, *records: KpiRecord, **labels: str) -> float | None:
    """Return the sample with these labels besides the device; None where none is."""
    wanted = {"device": "tp-7f3a91"} | {k.rstrip("_"): v for k, v in labels.items()}
    for family in families(*records).values():
        for sample in family.samples:
            if sample.name == sample_name and sample.labels == wanted:
                return float(sample.value)
    return None


def test_totals_are_counters_and_all_else_is_a_gauge() -> None:
    found = families(full())

    assert found["tallypost_lines_forward"].type == "counter"
    assert {each.type for each in found.values()} == {"counter", "gauge"}
    forward = value("tallypost_lines_forward_total", full(), name="gate", class_="car")
    assert forward == 912


def test_a_unit_is_spelled_out_and_scaled() -> None:
    approach = "tallypost_approaches_speed_mean_kilometers_per_hour"
    told = full()
    quality = replace(told.interval.quality, frame_lifetime_ms_p99=41.0)
    told = replace(told, interval=replace(told.interval, quality=quality))

    assert families(told)[approach].unit == "kilometers_per_hour"
    assert value(approach, told, name="north") == 31.5
    assert value("tallypost_quality_frame_lifetime_p99_seconds", told) == 0.041
    assert value("tallypost_quality_observed_seconds", told) == 60.0


def test_what_was_not_counted_has_no_sample() -> None:
    found = families(full(1), hole(2))

    assert not any("lines" in name or "car_parks" in name for name in found)
    assert value("tallypost_quality_observed_seconds", full(1), hole(2)) == 0


def test_the_latest_record_is_told_and_says_of_when_it_is() -> None:
    end = value("tallypost_interval_end_seconds", full(1), full(3))

    assert end == BEGIN_UTC_S + 180


def test_keys_of_one_kind_are_told_apart() -> None:
    trips = {"north": {"south": {"car": 4}}}
    made = record(movements={"junction": MovementFigures(trips=trips)})
    labels = {"name": "junction", "part": "north", "part2": "south", "class_": "car"}

    assert value("tallypost_movements_trips", made, **labels) == 4


def test_a_name_cannot_break_out_of_its_label() -> None:
    nasty = 'a"} 1\nb\\'
    total = LineTotals(forward={nasty: 5})
    made = record(lines={nasty: LineFigures(total=total)})

    found = value("tallypost_lines_forward_total", made, name=nasty, class_=nasty)

    assert found == 5


def test_speeds_stand_by_class() -> None:
    speeds = LineSpeeds(forward={"car": SpeedFigures(count=3, p85_kmh=48.2)})
    made = record(lines={"gate": LineFigures(speeds=speeds)})
    family = "tallypost_lines_speeds_forward_p85_kilometers_per_hour"

    assert value(family, made, name="gate", class_="car") == 48.2


@pytest.mark.parametrize("collection", collections())
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_a_record_holds_a_scraper_reads(
    collection: str, data: st.DataObject
) -> None:
    word = collections()[collection]
    kinds: dict[str, Any] = {
        collection: data.draw(st.dictionaries(names, Words().of(word), max_size=2))
    }

    found = families(record(**kinds))

    assert "tallypost_interval_end" in "".join(found)
