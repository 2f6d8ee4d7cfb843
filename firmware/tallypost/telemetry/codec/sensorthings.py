"""Records as OGC SensorThings 1.1: the thing once, then its observations.

Source: OGC 18-088, 8 "Sensing Entities", 13 "Data Array Extension".
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from tallypost.domain.document import to_document
from tallypost.domain.fields import instant_text
from tallypost.domain.json_text import spell
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.flat import Figure, figures
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.place import Place

Entity = dict[str, Any]
COMPONENTS = ("phenomenonTime", "resultTime", "result", "resultQuality")
_OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_"
_QUALITY = ("observed_s", "clock", "clock_uncertainty_s")
"""What of the quality every observation carries: how far it may be believed."""
UNITS: Mapping[str, tuple[str, str, str]] = {
    "_ms_p99": ("millisecond", "ms", "MilliSEC"),
    "_s": ("second", "s", "SEC"),
    "_kmh": ("kilometre per hour", "km/h", "KiloM-PER-HR"),
    "_per_km": ("per kilometre", "1/km", "PER-KiloM"),
    "_per_m2": ("per square metre", "1/m2", "PER-M2"),
    "_m": ("metre", "m", "M"),
}
"""By the last part of a key: name, symbol, and the word of QUDT's vocabulary."""


def thing(device: str, streams: Mapping[str, Figure], place: Place) -> Entity:
    """Return a device with its location and its datastreams, to be posted once.

    Args:
        device: Its name, which is its id.
        streams: A figure of each datastream, by the datastream's id.
        place: Where it is; its location must be known.
    """
    assert place.location is not None, "the schema wants a location"
    point = [place.location.longitude_deg, place.location.latitude_deg]
    return {
        "@iot.id": device,
        "name": place.name or device,
        "description": "A Tallypost: counts what passes, keeps no picture.",
        "properties": {"device": device},
        "Locations": [
            {
                "@iot.id": device,
                "name": place.name or device,
                "description": "Where the device is.",
                "encodingType": "application/geo+json",
                "location": {"type": "Point", "coordinates": point},
            }
        ],
        "Datastreams": [
            _datastream(device, stream, figure) for stream, figure in streams.items()
        ],
    }


def _datastream(device: str, stream: str, figure: Figure) -> Entity:
    words = ".".join(figure.fields)
    return {
        "@iot.id": stream,
        "name": "/".join(figure.path),
        "description": f"{words} of {', '.join(key for _, key in figure.keys)}",
        "observationType": _OM + _type(figure),
        "unitOfMeasurement": _unit(figure),
        "Sensor": {
            "@iot.id": device,
            "name": device,
            "description": "A camera whose pictures are forgotten at once.",
            "encodingType": "text/html",
            "metadata": "Tallypost",
        },
        "ObservedProperty": {
            "@iot.id": words,
            "name": words,
            "description": f"{words}, as records of tallypost.kpi/1 define it",
            "definition": f"urn:tallypost:kpi:1:{words}",
        },
    }


def _type(figure: Figure) -> str:
    match figure.value:
        case bool():
            return "TruthObservation"
        case int():
            return "CountObservation"
        case float():
            return "Measurement"
        case str():
            return "CategoryObservation"


def _unit(figure: Figure) -> Entity:
    """Return a unit; a count, a word and a share have none, which the schema spells."""
    for ending, (name, symbol, word) in UNITS.items():
        if figure.fields[-1].endswith(ending):
            definition = f"http://qudt.org/vocab/unit/{word}"
            return {"name": name, "symbol": symbol, "definition": definition}
    return {"name": None, "symbol": None, "definition": None}


def told(record: KpiRecord, place: Place) -> Iterator[tuple[str, Figure]]:
    """Yield the figures that a record tells, each with its datastream's id.

    A class that a line counts and that did not come is 0; what was not counted is not
    there at all.
    """
    found = {
        each.path: each
        for each in figures(record.interval)
        if each.fields[0] != "quality"
    }
    for name, line in record.interval.lines.items():
        classes = place.line(name).counted(line)
        for way, label in product(("forward", "backward"), classes):
            keys = (("name", name), ("class", label))
            none = Figure(("lines", name, way, label), ("lines", way), keys, 0)
            found.setdefault(none.path, none)
    for path, figure in found.items():
        yield "/".join((record.device, *path)), figure


def observations(record: KpiRecord, place: Place) -> list[Entity]:
    """Return a record as the data arrays of one request to `CreateObservations`."""
    interval = record.interval
    begin, end = instant_text(interval.start_utc_s), instant_text(interval.end_utc_s)
    document = to_document(interval.quality)
    quality = {key: document[key] for key in _QUALITY if key in document}
    return [
        {
            "Datastream": {"@iot.id": stream},
            "components": list(COMPONENTS),
            "dataArray@iot.count": 1,
            "dataArray": [[f"{begin}/{end}", end, figure.value, quality]],
        }
        for stream, figure in told(record, place)
    ]


def _things(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    devices: dict[str, dict[str, Figure]] = {}
    for record in records:
        devices.setdefault(record.device, {}).update(told(record, place))
    for device, streams in devices.items():
        yield spell(thing(device, streams, place)).decode()


def _observations(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    for record in records:
        if made := observations(record, place):
            yield spell(made).decode()


THINGS = Format(
    told="the thing and its datastreams, to be posted once to /v1.1/Things",
    convert=_things,
    needs_location=True,
)
OBSERVATIONS = Format(
    told="a record's observations a line, for /v1.1/CreateObservations",
    convert=_observations,
)
