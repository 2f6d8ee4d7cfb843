"""Car parks as a parking status publication of DATEX II, version 3.

Source: CEN/TS 16157-6; the order of elements is that of ParkingRecordStatus,
ParkingSiteStatus and ParkingOccupancy in the reference schema.
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
        f' xmlns:com="{SCHEMA}/common" xmlns:prk="{SCHEMA}/parking"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:type="prk:ParkingStatusPublication" lang="en" modelBaseVersion="3">'
    ),
)


def publication(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    """Yield the lines of one publication: the latest that is known of each car park.

    Raises:
        RecordError: Nobody says in which country it is, and a publication must.
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
            # One that nobody can see has no status, and must not keep an old one.
            latest[record.device, name] = end_s, figures
    yield from _HEAD
    yield f"  <com:publicationTime>{instant_text(published_s)}</com:publicationTime>"
    yield "  <com:publicationCreator>"
    yield f"    <com:country>{country}</com:country>"
    yield "    <com:nationalIdentifier>tallypost</com:nationalIdentifier>"
    yield "  </com:publicationCreator>"
    for (device, name), (end_s, figures) in latest.items():
        if figures.unknown < figures.spaces:
            yield from _status(f"{device}:{name}", end_s, figures)
    yield "</d2:payload>"


def _status(name: str, end_s: float, figures: CarParkFigures) -> Iterator[str]:
    reference = quote(name, safe=":")
    yield '  <prk:parkingRecordStatus xsi:type="prk:ParkingSiteStatus">'
    yield (
        '    <prk:parkingRecordReference targetClass="prk:ParkingRecord"'
        f' id="{reference}" version="1"/>'
    )
    yield _element(4, "parkingStatusOriginTime", instant_text(end_s))
    yield "    <prk:parkingOccupancy>"
    for element, value in _occupancy(figures):
        yield _element(6, element, value)
    yield "    </prk:parkingOccupancy>"
    if figures.free > 0:
        yield _element(4, "parkingSiteStatus", "spacesAvailable")
    elif figures.unknown == 0:
        yield _element(4, "parkingSiteStatus", "full")
    yield "  </prk:parkingRecordStatus>"


def _occupancy(figures: CarParkFigures) -> Iterator[tuple[str, object]]:
    """Yield how many spaces are vacant: at least so many, where some cannot be seen."""
    yield "parkingNumberOfSpacesOverride", figures.spaces
    if figures.unknown == 0:
        yield "parkingNumberOfVacantSpaces", figures.free
        yield "parkingNumberOfOccupiedSpaces", figures.occupied
        yield "parkingOccupancy", round(100 * figures.occupied / figures.spaces, 1)
    elif figures.free > 0:
        yield "parkingNumberOfVacantSpacesHigherThan", figures.free - 1


def _element(indent: int, name: str, value: object) -> str:
    return f"{' ' * indent}<prk:{name}>{value}</prk:{name}>"


DATEX = Format(
    told="a parking status publication, XML",
    convert=publication,
    needs_location=True,
)
