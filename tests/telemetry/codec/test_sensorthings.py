"""SensorThings 1.1: every entity has what 18-088 makes mandatory."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tallypost.documents.table import UNITS
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import Interval, KpiRecord
from tallypost.domain.shape import Hint, hints
from tallypost.telemetry.codec.flat import Figure
from tallypost.telemetry.codec.sensorthings import _unit
from tests.telemetry.codec.convey import full, hole, record, spelled

MANDATORY = {
    "Thing": {"name", "description"},
    "Locations": {"name", "description", "encodingType", "location"},
    "Datastreams": {"name", "description", "unitOfMeasurement", "observationType"},
    "Sensor": {"name", "description", "encodingType", "metadata"},
    "ObservedProperty": {"name", "definition", "description"},
}
"""Tables 5, 6, 10, 12 and 14 of OGC 18-088."""
TYPES = {
    "CountObservation": int,
    "Measurement": float,
    "TruthObservation": bool,
    "CategoryObservation": str,
}


def thing(*records: KpiRecord) -> dict[str, Any]:
    [line] = spelled("sensorthings-things", *records)
    found: dict[str, Any] = json.loads(line)
    return found


def results(told: KpiRecord) -> dict[str, Any]:
    """Return the result of each observation by its datastream."""
    return {
        each["Datastream"]["@iot.id"]: each["dataArray"][0][2]
        for line in spelled("sensorthings", told)
        for each in json.loads(line)
    }


def test_every_entity_has_what_it_must_have() -> None:
    made = thing(full())

    assert set(made) >= MANDATORY["Thing"]
    assert all(set(each) >= MANDATORY["Locations"] for each in made["Locations"])
    for stream in made["Datastreams"]:
        assert set(stream) >= MANDATORY["Datastreams"]
        assert set(stream["Sensor"]) >= MANDATORY["Sensor"]
        assert set(stream["ObservedProperty"]) >= MANDATORY["ObservedProperty"]
        assert set(stream["unitOfMeasurement"]) == {"name", "symbol", "definition"}
    assert made["Locations"][0]["location"]["coordinates"] == [-4.49008, 48.38594]


def test_every_observation_is_of_a_datastream_and_of_its_type() -> None:
    streams = {
        each["@iot.id"]: each["observationType"].rpartition("OM_")[2]
        for each in thing(full())["Datastreams"]
    }

    found = results(full())

    assert set(found) == set(streams)
    for stream, result in found.items():
        assert type(result) is TYPES[streams[stream]], stream


def test_an_observation_says_when_and_how_well() -> None:
    [line] = spelled("sensorthings", full())

    for each in json.loads(line):
        assert each["components"] == [
            "phenomenonTime",
            "resultTime",
            "result",
            "resultQuality",
        ]
        [[phenomenon, time, _, quality]] = each["dataArray"]
        assert phenomenon == "2026-11-22T10:15:00Z/2026-11-22T10:16:00Z"
        assert time == "2026-11-22T10:16:00Z"
        assert quality == {"observed_s": 60.0, "clock": "synced"}


def test_what_was_not_counted_is_not_observed() -> None:
    assert list(spelled("sensorthings", hole())) == []


@pytest.mark.parametrize("label", ["car", "truck", "person", "bicycle"])
def test_a_class_that_is_counted_and_did_not_come_is_zero(label: str) -> None:
    found = results(record(lines={"gate": LineFigures()}))

    assert found[f"tp-7f3a91/lines/gate/forward/{label}"] == 0


def names(hint: Hint) -> Iterator[str]:
    """Yield what a record calls its figures, however deep they lie."""
    if hint.mapping is not None:
        yield from names(hint.mapping[1])
    elif hint.is_word:
        for name, inner in hints(hint.plain).items():
            yield name
            yield from names(inner)


def test_every_figure_that_is_named_by_a_unit_has_it() -> None:
    named = {name for hint in hints(Interval).values() for name in names(hint)}
    measured = {name for name in named if name.endswith(tuple(UNITS))}
    assert {"density_per_km", "density_mean_per_m2", "wait_max_s"} <= measured
    units = {
        name: _unit(Figure((name,), (name,), (), 1.0))["symbol"] for name in measured
    }
    assert None not in units.values(), units


def test_a_unit_is_one_of_qudt() -> None:
    [speed] = [
        each
        for each in thing(full())["Datastreams"]
        if each["name"] == "approaches/north/speed_mean_kmh"
    ]

    assert speed["unitOfMeasurement"] == {
        "name": "kilometre per hour",
        "symbol": "km/h",
        "definition": "http://qudt.org/vocab/unit/KiloM-PER-HR",
    }
