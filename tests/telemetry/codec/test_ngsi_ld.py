"""NGSI-LD: what is published, is kept to; what was not counted, is not said."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.figures.traffic import ApproachFigures
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.place import LinePlace, Place
from tests.domain.strategies import Words, names
from tests.telemetry.codec.convey import (
    APPROACH,
    CAR_PARK,
    GATE,
    PLACE,
    full,
    hole,
    record,
    spelled,
)

PUBLISHED: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "published" / "smart_data_models.json").read_text("utf-8")
)["models"]
TYPES = {"boolean", "number", "string", "array", "object"}


def schema(model: str) -> dict[str, Any]:
    """Return the published schema of a model, but with no stranger allowed."""
    told = PUBLISHED[model]
    properties: dict[str, Any] = {}
    for name, each in told["properties"].items():
        assert each["type"] in TYPES
        choice = {"enum": each["enum"]} if "enum" in each else {}
        inner = {"items": choice} if each["type"] == "array" else choice
        properties[name] = {"type": each["type"], **inner}
    properties["type"] = {"const": model}
    properties["@context"] = {"type": "array", "minItems": 1}
    return {
        "type": "object",
        "properties": properties,
        "required": told["required"],
        "additionalProperties": False,
    }


def simplified(*records: KpiRecord, place: Place = PLACE) -> Iterator[dict[str, Any]]:
    for line in spelled("ngsi-ld-simplified", *records, place=place):
        yield from json.loads(line)


def one(kind: str, name: str, made: KpiRecord, place: Place = PLACE) -> dict[str, Any]:
    [found] = [
        each
        for each in simplified(made, place=place)
        if each["id"] == f"urn:ngsi-ld:{kind}:tp-7f3a91:{name}"
    ]
    return found


def test_every_model_that_we_promise_is_made_and_is_as_published() -> None:
    made = list(simplified(full()))

    assert {each["type"] for each in made} == set(PUBLISHED)
    for each in made:
        jsonschema.validate(each, schema(each["type"]))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_a_record_holds_is_as_published(data: st.DataObject) -> None:
    words = Words()
    tell = {
        "lines": LineFigures,
        "approaches": ApproachFigures,
        "car_parks": CarParkFigures,
    }
    kinds: dict[str, Any] = {
        kind: data.draw(st.dictionaries(names, words.of(word), max_size=2))
        for kind, word in tell.items()
    }

    for each in simplified(record(**kinds)):
        jsonschema.validate(each, schema(each["type"]))
        assert urlsplit(each["id"]).scheme == "urn"
        assert " " not in each["id"]


def test_a_normalized_entity_says_of_each_attribute_what_it_is() -> None:
    [line] = spelled("ngsi-ld", full())

    for entity in json.loads(line):
        published = PUBLISHED[entity["type"]]["properties"]
        for name in set(entity) - {"id", "type", "@context"}:
            assert entity[name]["type"] == published[name]["ngsi"], name
            held = "object" if entity[name]["type"] == "Relationship" else "value"
            assert held in entity[name]
    by_id = {entity["id"]: entity for entity in json.loads(line)}
    approach = by_id["urn:ngsi-ld:TrafficFlowObserved:tp-7f3a91:approach:north"]
    assert approach["averageVehicleSpeed"] == {
        "type": "Property",
        "value": 31.5,
        "unitCode": "KMH",
        "observedAt": "2026-11-22T10:16:00Z",
    }
    assert approach["dateObservedFrom"]["value"] == {
        "@type": "DateTime",
        "@value": "2026-11-22T10:15:00Z",
    }


def test_a_hole_says_nothing_at_all() -> None:
    assert list(spelled("ngsi-ld", hole())) == []


def test_a_class_that_is_counted_and_did_not_come_is_zero() -> None:
    entity = one("TrafficFlowObserved", "gate:forward:truck", full())

    assert entity["intensity"] == 0
    assert entity["vehicleType"] == "lorry"


def test_a_class_of_which_nobody_knows_whether_it_is_counted_is_not_said() -> None:
    place = replace(PLACE, lines={"gate": LinePlace()})
    told = {each["id"] for each in simplified(full(), place=place)}

    assert not any("truck" in each for each in told)
    assert "urn:ngsi-ld:TrafficFlowObserved:tp-7f3a91:gate:backward:car" in told


def test_what_came_once_since_the_beginning_is_known_to_be_counted() -> None:
    place = replace(PLACE, lines={})
    total = LineTotals(forward={}, backward={"bus": 1})
    quiet = record(lines={"gate": LineFigures(total=total)})

    entity = one("TrafficFlowObserved", "gate:forward:bus", quiet, place)

    assert entity["intensity"] == 0


def test_people_towards_and_away_are_forward_and_backward() -> None:
    entity = one("CrowdFlowObserved", "gate", full())

    assert (entity["peopleCountTowards"], entity["peopleCountAway"]) == (3, 0)
    assert entity["peopleCount"] == 3


def test_a_lane_that_nobody_numbered_has_no_item_flow() -> None:
    place = replace(PLACE, lines={"gate": LinePlace(classes=("car",))})
    made = record(lines={"gate": GATE})

    assert {each["type"] for each in simplified(made, place=place)} == {
        "TrafficFlowObserved"
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {},
            {
                "availableSpotNumber": 1,
                "occupancy": 0.667,
                "status": ["spacesAvailable"],
            },
        ),
        ({"free": 0, "occupied": 3}, {"availableSpotNumber": 0, "status": ["full"]}),
        (
            {"free": 0, "unknown": 1},
            {"availableSpotNumber": 0, "occupancy": None, "status": None},
        ),
        (
            {"free": 0, "occupied": 0, "unknown": 3},
            {"availableSpotNumber": None, "occupiedSpotNumber": None, "status": None},
        ),
    ],
    ids=["all known", "full", "one unknown", "none known"],
)
def test_a_space_that_cannot_be_seen_is_neither_free_nor_taken(
    changes: Mapping[str, int], told: Mapping[str, object]
) -> None:
    made = record(car_parks={"market": replace(CAR_PARK, **changes)})  # type: ignore[arg-type]

    entity = one("OffStreetParking", "market", made)

    assert {key: entity.get(key) for key in told} == told


def test_a_car_park_of_no_spaces_has_no_number_of_them() -> None:
    made = record(car_parks={"market": CarParkFigures()})

    assert "totalSpotNumber" not in one("OffStreetParking", "market", made)


def test_congestion_is_said_only_where_it_is_watched_for() -> None:
    unknown = record(approaches={"north": replace(APPROACH, congested_s=None)})

    assert "congested" not in one("TrafficFlowObserved", "approach:north", unknown)
    assert one("TrafficFlowObserved", "approach:north", full())["congested"] is False


def test_a_part_of_the_time_is_told_of_no_flow_but_of_who_is_parked() -> None:
    half = record(observed_s=30.0, lines={"gate": GATE}, car_parks={"kerb": CAR_PARK})

    assert {each["type"] for each in simplified(half)} == {
        "OnStreetParking",
        "ParkingSpot",
    }
