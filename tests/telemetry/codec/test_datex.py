"""DATEX II: in the schema's order, and no space that cannot be seen is told."""

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec.place import Location, Place
from tests.telemetry.codec.convey import CAR_PARK, PLACE, full, hole, record, spelled

PRK = "{http://datex2.eu/schema/3/parking}"
COM = "{http://datex2.eu/schema/3/common}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
STATUS_ORDER = [
    "parkingRecordReference",
    "parkingStatusOriginTime",
    "parkingOccupancy",
    "parkingSiteStatus",
]
OCCUPANCY_ORDER = [
    "parkingNumberOfSpacesOverride",
    "parkingNumberOfVacantSpaces",
    "parkingNumberOfVacantSpacesHigherThan",
    "parkingNumberOfOccupiedSpaces",
    "parkingOccupancy",
]
"""As the sequences of the reference schema have them."""


def document(*records: KpiRecord, place: Place = PLACE) -> ET.Element:
    text = "\n".join(spelled("datex-ii", *records, place=place))
    return ET.fromstring(text)


def names(element: ET.Element) -> list[str]:
    return [each.tag.removeprefix(PRK) for each in element]


def occupancy(told: KpiRecord) -> dict[str, str | None]:
    found = document(told).find(f".//{PRK}parkingOccupancy")
    assert found is not None
    return {each.tag.removeprefix(PRK): each.text for each in found}


def test_a_publication_says_whose_it_is_and_of_when() -> None:
    made = document(full(1), hole(2))

    assert made.get(f"{XSI}type") == "prk:ParkingStatusPublication"
    assert made.findtext(f"{COM}publicationTime") == "2026-11-22T10:17:00Z"
    creator = made.find(f"{COM}publicationCreator")
    assert creator is not None
    assert creator.findtext(f"{COM}country") == "FR"


def test_elements_stand_in_the_schemas_order() -> None:
    made = document(full())

    statuses = made.findall(f"{PRK}parkingRecordStatus")
    assert len(statuses) == 2
    for status in statuses:
        assert status.get(f"{XSI}type") == "prk:ParkingSiteStatus"
        assert names(status) == STATUS_ORDER
        inner = status.find(f"{PRK}parkingOccupancy")
        assert inner is not None
        order = [OCCUPANCY_ORDER.index(name) for name in names(inner)]
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {},
            {
                "parkingNumberOfSpacesOverride": "3",
                "parkingNumberOfVacantSpaces": "1",
                "parkingNumberOfOccupiedSpaces": "2",
                "parkingOccupancy": "66.7",
            },
        ),
        (
            {"occupied": 1, "unknown": 1},
            {
                "parkingNumberOfSpacesOverride": "3",
                "parkingNumberOfVacantSpacesHigherThan": "0",
            },
        ),
        ({"free": 0, "unknown": 1}, {"parkingNumberOfSpacesOverride": "3"}),
    ],
    ids=["all known", "at least one vacant", "perhaps one vacant"],
)
def test_a_space_that_cannot_be_seen_is_neither_vacant_nor_taken(
    changes: Mapping[str, int], told: Mapping[str, str]
) -> None:
    park = replace(CAR_PARK, **changes)  # type: ignore[arg-type]

    assert occupancy(record(car_parks={"market": park})) == told


def test_a_car_park_that_nobody_can_see_has_no_status_any_more() -> None:
    blind = replace(CAR_PARK, free=0, occupied=0, unknown=3)
    made = document(full(1), record(2, car_parks={"market": blind}))

    references = [each.get("id") for each in made.iter(f"{PRK}parkingRecordReference")]

    assert references == ["tp-7f3a91:kerb"]


def test_full_is_said_only_of_what_is_seen_to_be_full() -> None:
    taken = replace(CAR_PARK, free=0, occupied=3)
    half = replace(CAR_PARK, free=0, unknown=1)
    made = document(record(car_parks={"taken": taken, "half": half}))

    statuses = {
        each.find(f"{PRK}parkingRecordReference").get("id"): each.findtext(  # type: ignore[union-attr]
            f"{PRK}parkingSiteStatus"
        )
        for each in made.findall(f"{PRK}parkingRecordStatus")
    }

    assert statuses == {"tp-7f3a91:taken": "full", "tp-7f3a91:half": None}


def test_a_name_cannot_break_out_of_its_attribute() -> None:
    made = document(record(car_parks={'a"/><b>\0': CAR_PARK}))

    [reference] = made.iter(f"{PRK}parkingRecordReference")

    assert reference.get("id") == "tp-7f3a91:a%22%2F%3E%3Cb%3E%00"


def test_a_publication_of_no_country_is_refused() -> None:
    place = Place(location=Location(latitude_deg=1.0, longitude_deg=2.0))

    with pytest.raises(RecordError, match=r"^place\.country"):
        list(spelled("datex-ii", full(), place=place))
