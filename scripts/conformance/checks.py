"""What is checked against what: each format by the schema of its own authors."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from scripts.conformance import home_assistant
from scripts.conformance.catalogue import ATTRIBUTES, METADATA, catalogued
from scripts.conformance.published import Document, Published
from scripts.conformance.samples import PLACES
from scripts.conformance.table_schema import judged_table
from scripts.conformance.verdict import Verdict, judged, judged_by
from scripts.conformance.xml_schema import judged_xml
from tallypost.documents.asyncapi import asyncapi
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.formats import FORMATS

MODELS = (
    "OffStreetParking",
    "OnStreetParking",
    "ParkingSpot",
    "TrafficFlowObserved",
    "CrowdFlowObserved",
    "ItemFlowObserved",
)
Check = Callable[[Sequence[KpiRecord], Published], Iterator[Verdict]]


def _spelled(name: str, records: Sequence[KpiRecord]) -> Iterator[str]:
    for place in PLACES:
        yield from FORMATS[name].convert(records, place)


def _entities(records: Sequence[KpiRecord]) -> list[Document]:
    batches = map(json.loads, _spelled("ngsi-ld-simplified", records))
    return [each for batch in batches for each in batch]


def _ngsi_ld(records: Sequence[KpiRecord], published: Published) -> Iterator[Verdict]:
    """Hold the simplified form, which the schemas describe, against each model."""
    entities = _entities(records)
    for model in MODELS:
        told = (each for each in entities if each["type"] == model)
        files = (f"{model}/schema.json", f"{model}/model.yaml")
        yield judged(f"ngsi-ld {model}", told, published, *files)


def _catalogue(records: Sequence[KpiRecord], published: Published) -> Iterator[Verdict]:
    """Hold the same entities against the catalogue of the versions in force."""
    theirs, metadata = published.find(ATTRIBUTES), published.find(METADATA)
    entities = _entities(records)
    for model, schema in catalogued(theirs, metadata, MODELS).items():
        told = (each for each in entities if each["type"] == model)
        yield judged_by(schema, theirs, f"ngsi-ld {model}", told, published)


def _datex(records: Sequence[KpiRecord], published: Published) -> Iterator[Verdict]:
    """Hold a publication of each record with a car park against the XML Schema."""
    told = (
        "\n".join(FORMATS["datex-ii"].convert([each], PLACES[0]))
        for each in records
        if each.interval.car_parks
    )
    yield judged_xml("datex-ii", told, published, "DATEXII_3_D2Payload.xsd")


def _comptage(records: Sequence[KpiRecord], published: Published) -> Iterator[Verdict]:
    """Hold two tables against their schemas; that of sites is published as a draft."""
    for table in ("measure", "channel"):
        told = (FORMATS[f"comptage-{table}"].convert(records, each) for each in PLACES)
        name = f"schema-comptage-mobilites-{table}/schema.json"
        yield judged_table(f"comptage-{table}", told, published, name)


def _cloudevents(
    records: Sequence[KpiRecord], published: Published
) -> Iterator[Verdict]:
    told = map(json.loads, FORMATS["cloudevents"].convert(records, PLACES[0]))
    yield judged("cloudevents", told, published, "cloudevents.json")


def _asyncapi(_: Sequence[KpiRecord], published: Published) -> Iterator[Verdict]:
    document = asyncapi()
    name = f"asyncapi/{document['asyncapi']}.json"
    yield judged("docs/schema/asyncapi.json", [document], published, name)


def _home_assistant(
    records: Sequence[KpiRecord], published: Published
) -> Iterator[Verdict]:
    """Hold discovery messages, and their components with what the device gives them."""
    told = map(json.loads, _spelled("home-assistant", records))
    messages: list[Document] = [each["payload"] for each in told]
    theirs = published.find(home_assistant.SCHEMAS)
    schema = home_assistant.message_schema(published)
    yield judged_by(schema, theirs, "home-assistant", messages, published)
    given = set(home_assistant.shared(published))
    components = [
        {key: message[key] for key in given & message.keys()} | component
        for message in messages
        for component in message["components"].values()
    ]
    for platform in ("sensor", "event"):
        each = (one for one in components if one["platform"] == platform)
        schema = home_assistant.component_schema(published, platform)
        path = published.find(f"{home_assistant.MQTT}/{platform}.py")
        yield judged_by(schema, path, f"home-assistant {platform}", each, published)


CHECKS: Mapping[str, Check] = {
    "ngsi-ld": _ngsi_ld,
    "ngsi-ld-catalogue": _catalogue,
    "datex-ii": _datex,
    "comptage": _comptage,
    "cloudevents": _cloudevents,
    "home-assistant": _home_assistant,
    "asyncapi": _asyncapi,
}
