"""The AsyncAPI document says what a device really publishes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.documents.asyncapi import CHANNELS, STATUS, asyncapi
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.codec.signed import Purpose, seal
from tallypost.telemetry.uplink.manner import MANNERS
from tallypost.telemetry.uplink.topics import Topics, status

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"


def followed(document: dict[str, Any], reference: str) -> Any:
    """Return what a reference stands for; a file stands beside the document."""
    if not reference.startswith("#/"):
        return json.loads((SCHEMAS / reference).read_text("utf-8"))
    found: Any = document
    for step in reference[2:].split("/"):
        found = found[step]
    return found


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if "$ref" in node else []
        return here + [each for value in node.values() for each in references(value)]
    if isinstance(node, list):
        return [each for value in node for each in references(value)]
    return []


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi()

    found = references(document)

    assert found
    assert all(followed(document, each) for each in found)


def test_addresses_are_the_topics_where_a_device_speaks_and_listens() -> None:
    topics = Topics("tallypost", "tp-1")
    document = asyncapi()
    told: dict[str, set[str]] = {"send": set(), "receive": set()}

    for operation in document["operations"].values():
        channel = followed(document, operation["channel"]["$ref"])
        address = channel["address"].format(prefix="tallypost", device="tp-1")
        told[operation["action"]].add(address)

    assert told == {
        "send": {topics.of(subject) for subject in Subject} | {topics.status},
        "receive": set(topics.downlinks()),
    }


def test_each_channel_is_sent_by_an_operation_with_its_message() -> None:
    document = asyncapi()

    for operation in document["operations"].values():
        channel = followed(document, operation["channel"]["$ref"])
        [message] = operation["messages"]
        assert followed(document, message["$ref"])["$ref"] in references(channel)
        assert set(channel["parameters"]) == {"prefix", "device"}
    kept = {subject.value for subject, how in MANNERS.items() if how.retain}
    retained = {each.levels for each in CHANNELS if each.retained and not each.heard}
    assert retained == kept | {"status"}


def test_what_a_device_says_of_itself_fits_its_schema() -> None:
    for said in (
        status("online", since="2026-11-22T10:15:00Z"),
        *(status("offline", reason=each) for each in ("closed", "moved", "lost")),
    ):
        assert jsonschema.Draft202012Validator(STATUS).is_valid(json.loads(said))


def test_what_an_operator_seals_fits_the_schema_of_its_envelope() -> None:
    sealed = seal(b"{}", Purpose.COMMAND, Ed25519PrivateKey.generate())
    [command] = [each for each in CHANNELS if each.levels == "command"]

    jsonschema.validate(json.loads(sealed), command.schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "tallypost.command/1"}, command.schema)
