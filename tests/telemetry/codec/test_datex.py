"""DATEX II: in the schema's order, and no space that cannot be seen is told."""

from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec.place import Location, Place
from tests.telemetry.codec.convey import CAR_PARK, PLACE, full, hole, record, spelled

PRK = "{http://datex2.eu/schema/3/parking}"
COM = "{http://datex2.eu/schema/3/common}"
FAC = "{http://datex2.eu/schema/3/facilities}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
STATUS_ORDER = [
    f"{FAC}reference",
    f"{FAC}lastUpdated",
    f"{PRK}parkingFault",
    f"{PRK}occupancy",
    f"{PRK}status",
]
OCCUPANCY_ORDER = [
    "numberOfSpacesOverride",
    "numberOfVacantSpaces",
    "numberOfVacantSpacesHigherThan",
    "numberOfOccupiedSpaces",
    "occupancy",
]
"""As the sequences of the reference schema 3.6 have them."""
BLIND = replace(CAR_PARK, free=0, occupied=0, unknown=3)


def document(*records: KpiRecord, place: Place = PLACE) -> ET.Element:
    text = "\n".join(spelled("datex-ii", *records, place=place))
    return ET.fromstring(text)


def statuses(*records: KpiRecord) -> dict[str | None, ET.Element]:
    """Return what is said of each car park, by its reference."""
    found = {}
    for each in document(*records).findall(f"{PRK}parkingStatusInformation"):
        reference = each.find(f"{FAC}reference")
        assert reference is not None
        found[reference.get("id")] = each
    return found


def occupancy(told: KpiRecord) -> dict[str, str | None]:
    found = document(told).find(f".//{PRK}occupancy")
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
    parks = {"seen": CAR_PARK, "blind": BLIND}
    told = statuses(record(car_parks=parks))

    assert len(told) == 2
    for status in told.values():
        assert status.get(f"{XSI}type") == "prk:PlaceStatus"
        order = [STATUS_ORDER.index(each.tag) for each in status]
        assert order == sorted(order)
        inner = status.find(f"{PRK}occupancy")
        assert inner is not None
        order = [OCCUPANCY_ORDER.index(each.tag.removeprefix(PRK)) for each in inner]
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {},
            {
                "numberOfSpacesOverride": "3",
                "numberOfVacantSpaces": "1",
                "numberOfOccupiedSpaces": "2",
                "occupancy": "66.7",
            },
        ),
        (
            {"occupied": 1, "unknown": 1},
            {
                "numberOfSpacesOverride": "3",
                "numberOfVacantSpacesHigherThan": "0",
            },
        ),
        ({"free": 0, "unknown": 1}, {"numberOfSpacesOverride": "3"}),
    ],
    ids=["all known", "at least one vacant", "perhaps one vacant"],
)
def test_a_space_that_cannot_be_seen_is_neither_vacant_nor_taken(
    changes: Mapping[str, int], told: Mapping[str, str]
) -> None:
    park = replace(CAR_PARK, **changes)  # type: ignore[arg-type]

    assert occupancy(record(car_parks={"market": park})) == told


def test_of_a_car_park_that_nobody_can_see_it_is_said_that_nothing_is_known() -> None:
    told = statuses(full(1), record(2, car_parks={"market": BLIND}))

    market, kerb = told["tp-7f3a91:market"], told["tp-7f3a91:kerb"]

    assert market.findtext(f"{FAC}lastUpdated") == "2026-11-22T10:17:00Z"
    assert market.findtext(f"{PRK}parkingFault") == "noParkingInformationAvailable"
    assert market.findtext(f"{PRK}status") == "unknown"
    assert market.find(f".//{PRK}numberOfVacantSpaces") is None
    assert kerb.find(f"{PRK}parkingFault") is None
    assert kerb.findtext(f"{PRK}status") == "spacesAvailable"


def test_a_car_park_without_spaces_is_not_known_rather_than_full() -> None:
    told = statuses(record(car_parks={"none": CarParkFigures()}))

    assert told["tp-7f3a91:none"].findtext(f"{PRK}status") == "unknown"


def test_full_is_said_only_of_what_is_seen_to_be_full() -> None:
    taken = replace(CAR_PARK, free=0, occupied=3)
    half = replace(CAR_PARK, free=0, unknown=1)
    told = statuses(record(car_parks={"taken": taken, "half": half}))

    assert {name: each.findtext(f"{PRK}status") for name, each in told.items()} == {
        "tp-7f3a91:taken": "full",
        "tp-7f3a91:half": "unknown",
    }


def test_a_name_cannot_break_out_of_its_attribute() -> None:
    [reference] = statuses(record(car_parks={'a"/><b>\0': CAR_PARK}))

    assert reference == "tp-7f3a91:a%22%2F%3E%3Cb%3E%00"


def test_a_publication_of_no_car_park_is_refused() -> None:
    with pytest.raises(RecordError, match=r"^car_parks: no record tells of one"):
        list(spelled("datex-ii", hole()))


def test_a_publication_of_no_country_is_refused() -> None:
    place = Place(location=Location(latitude_deg=1.0, longitude_deg=2.0))

    with pytest.raises(RecordError, match=r"^place\.country"):
        list(spelled("datex-ii", full(), place=place))
