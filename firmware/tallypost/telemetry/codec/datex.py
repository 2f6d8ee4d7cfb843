"""Car parks as a parking status publication of DATEX II, version 3.

Source: CEN/TS 16157-6; names and their order are those of the reference schema 3.6:
FacilityObjectStatus, ParkingStatusInformation, PlaceStatus and Occupancy.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from tallypost.domain.fields import instant_text
from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.place import Place

SCHEMA = "http://datex2.eu/schema/3"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    (
        f'<d2:payload xmlns:d2="{SCHEMA}/d2Payload"'
        f' xmlns:com="{SCHEMA}/common" xmlns:fac="{SCHEMA}/facilities"'
        f' xmlns:prk="{SCHEMA}/parking"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:type="prk:ParkingStatusPublication" lang="en" modelBaseVersion="3">'
    ),
)


def publication(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    """Yield the lines of one publication: the latest that is known of each car park.

    Raises:
        RecordError: No record tells of a car park, or nobody says in which country it
            is: a publication must.
    """
    country = None if place.location is None else place.location.country
    if country is None:
        raise RecordError(
            "place.country: is missing; DATEX II must say whose publication it is"
        )
    latest: dict[tuple[str, str], tuple[float, CarParkFigures]] = {}
    published_s = 0.0
    for record in records:
        end_s = record.interval.end_utc_s
        published_s = max(published_s, end_s)
        for name, figures in record.interval.car_parks.items():
            latest[record.device, name] = end_s, figures
    if not latest:
        raise RecordError(
            "car_parks: no record tells of one; DATEX II cannot publish nothing"
        )
    yield from _HEAD
    yield f"  <com:publicationTime>{instant_text(published_s)}</com:publicationTime>"
    yield "  <com:publicationCreator>"
    yield f"    <com:country>{country}</com:country>"
    yield "    <com:nationalIdentifier>tallypost</com:nationalIdentifier>"
    yield "  </com:publicationCreator>"
    for (device, name), (end_s, figures) in latest.items():
        yield from _status(f"{device}:{name}", end_s, figures)
    yield "</d2:payload>"


def _status(name: str, end_s: float, figures: CarParkFigures) -> Iterator[str]:
    """Yield what is known of a car park: of one that nobody can see, that it is not."""
    reference = quote(name, safe=":")
    yield '  <prk:parkingStatusInformation xsi:type="prk:PlaceStatus">'
    yield (
        '    <fac:reference targetClass="fac:FacilityObject"'
        f' id="{reference}" version="1"/>'
    )
    yield f"    <fac:lastUpdated>{instant_text(end_s)}</fac:lastUpdated>"
    if figures.unknown >= figures.spaces:
        yield _element(4, "parkingFault", "noParkingInformationAvailable")
    yield "    <prk:occupancy>"
    for element, value in _occupancy(figures):
        yield _element(6, element, value)
    yield "    </prk:occupancy>"
    yield _element(4, "status", _state(figures))
    yield "  </prk:parkingStatusInformation>"


def _state(figures: CarParkFigures) -> str:
    """Return a word of ParkingPlaceStatusEnum: full only where all can be seen."""
    if figures.free > 0:
        return "spacesAvailable"
    return "full" if _all_seen(figures) else "unknown"


def _all_seen(figures: CarParkFigures) -> bool:
    return figures.unknown == 0 < figures.spaces


def _occupancy(figures: CarParkFigures) -> Iterator[tuple[str, object]]:
    """Yield how many spaces are vacant: at least so many, where some cannot be seen."""
    yield "numberOfSpacesOverride", figures.spaces
    if _all_seen(figures):
        yield "numberOfVacantSpaces", figures.free
        yield "numberOfOccupiedSpaces", figures.occupied
        yield "occupancy", round(100 * figures.occupied / figures.spaces, 1)
    elif figures.free > 0:
        yield "numberOfVacantSpacesHigherThan", figures.free - 1


def _element(indent: int, name: str, value: object) -> str:
    return f"{' ' * indent}<prk:{name}>{value}</prk:{name}>"


DATEX = Format(
    told="a parking status publication, XML",
    convert=publication,
    needs_location=True,
)
