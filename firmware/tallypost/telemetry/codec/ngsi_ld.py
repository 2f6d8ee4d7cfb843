"""Records as NGSI-LD entities, one batch a record: ready for a context broker.

Source: ETSI GS CIM 009 V1.8.1, 4.5 "NGSI-LD data representation".
"""

from collections.abc import Iterable, Iterator, Mapping

from tallypost.domain.fields import instant_text
from tallypost.domain.json_text import spell
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.place import Place
from tallypost.telemetry.codec.smart_data_models import Entity, entities

CONTEXT = (
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld",
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Transportation/master/context.jsonld",
)
UNITS: Mapping[str, str] = {
    "averageVehicleSpeed": "KMH",
    "measuresPeriod": "SEC",
}
"""UN/CEFACT common codes; a count has none."""
_MOMENTS = (
    "accessModified",
    "dateObserved",
    "dateObservedFrom",
    "dateObservedTo",
    "observationDateTime",
    "occupancyModified",
    "timeInstant",
)


def normalized(entity: Entity, observed_at: str) -> Entity:
    """Return an entity with the kind, the time and the unit of each of its values.

    Args:
        entity: In the simplified form.
        observed_at: When it was so.
    """
    head = {"id": entity["id"], "type": entity["type"]}
    attributes = {
        name: _attribute(name, value, observed_at)
        for name, value in entity.items()
        if name not in head
    }
    return head | attributes | {"@context": list(CONTEXT)}


def _attribute(name: str, value: object, observed_at: str) -> Entity:
    if name == "location":
        return {"type": "GeoProperty", "value": value}
    if name.startswith("ref"):
        return {"type": "Relationship", "object": value}
    if name in _MOMENTS:
        value = {"@type": "DateTime", "@value": value}
    attribute: Entity = {"type": "Property", "value": value}
    if name in UNITS:
        attribute["unitCode"] = UNITS[name]
    if isinstance(value, bool | int | float):
        attribute["observedAt"] = observed_at
    return attribute


def _normalized(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    for record in records:
        end = instant_text(record.interval.end_utc_s)
        yield from _line([normalized(each, end) for each in entities(record, place)])


def _simplified(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    for record in records:
        context = {"@context": list(CONTEXT)}
        yield from _line([each | context for each in entities(record, place)])


def _line(batch: list[Entity]) -> Iterator[str]:
    """Yield a batch as one line; nothing where nothing was counted."""
    if batch:
        yield spell(batch).decode()


NGSI_LD = Format(
    told="a batch of Smart Data Models' entities a line, for a context broker",
    convert=_normalized,
    needs_location=True,
)
NGSI_LD_SIMPLIFIED = Format(
    told="the same entities as plain keys and values",
    convert=_simplified,
    needs_location=True,
)
