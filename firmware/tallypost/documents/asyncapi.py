"""The AsyncAPI document: what a device publishes, for generators and catalogues.

Source: AsyncAPI 3.0.0; its MQTT binding 0.2.0.
"""

from typing import Any, NamedTuple

from tallypost.domain.alerts import ALERT_SCHEMA
from tallypost.domain.records import KPI_SCHEMA
from tallypost.telemetry.codec.batch import SCHEMA as BATCH_SCHEMA
from tallypost.telemetry.uplink.topics import STATUS_SCHEMA, Farewell

Document = dict[str, Any]
SCHEMA_FORMAT = "application/schema+json;version=2020-12"


class Channel(NamedTuple):
    """One topic of a device.

    Attributes:
        levels: What stands behind prefix and device.
        told: What it carries.
        schema: The schema of its payload, or where that stands.
        retained: Whether the broker keeps the latest.
        heard: Whether the device listens there, rather than speaks.
    """

    levels: str
    told: str
    schema: Document
    retained: bool = False
    heard: bool = False

    @property
    def key(self) -> str:
        """What the document calls it."""
        return self.levels.replace("/", "_")


def _at(name: str) -> Document:
    """Return where a schema stands: beside this document."""
    return {"$ref": f"{name}.schema.json"}


def _sealed(name: str) -> Document:
    """Return the schema of a signed envelope around a document: RFC 7515, 7.2.2."""
    parts: Document = {
        part: {"type": "string"} for part in ("protected", "payload", "signature")
    }
    parts["payload"] |= {
        "contentEncoding": "base64url",
        "contentMediaType": "application/json",
        "contentSchema": _at(name),
    }
    return {"type": "object", "properties": parts, "required": list(parts)}


STATUS: Document = {
    "type": "object",
    "properties": {
        "schema": {"const": STATUS_SCHEMA},
        "state": {"enum": ["online", "offline"]},
        "since": {"type": "string", "format": "date-time"},
        "firmware": {"type": "string"},
        "site": {"type": "string"},
        "schemas": {"type": "array", "items": {"type": "string"}},
        "reason": {"enum": list(Farewell)},
    },
    "required": ["schema", "state"],
}
BATCH: Document = {
    "type": "object",
    "properties": {
        "schema": {"const": BATCH_SCHEMA},
        "device": {"type": "string"},
        "cose": {
            "type": "string",
            "contentEncoding": "base64",
            "contentMediaType": "application/cose; cose-type=cose-sign1",
        },
    },
    "required": ["schema", "device", "cose"],
    "additionalProperties": False,
}
NONCE: Document = {
    "type": "object",
    "properties": {"nonce": {"type": "string"}},
    "required": ["nonce"],
}
UTC: Document = {
    "type": "object",
    "properties": {
        "nonce": {"type": "string"},
        "utc": {"type": "string", "format": "date-time"},
    },
    "required": ["nonce", "utc"],
}
CHANNELS = (
    Channel("kpi", f"One record an interval: {KPI_SCHEMA}.", _at("kpi-1")),
    Channel("alert", f"One alert, at once: {ALERT_SCHEMA}.", _at("alert-1")),
    Channel("batch", "Which records were made, signed, hourly.", BATCH),
    Channel("status", "Whether the device is connected.", STATUS, retained=True),
    Channel("health", "How the device is, hourly.", _at("health-1"), retained=True),
    Channel("reply", "What became of a command.", _at("reply-1")),
    Channel("reported", "The settings in force.", _at("reported-1"), retained=True),
    Channel("time/request", "What time is it?", NONCE),
    Channel("command", "What to do once, signed.", _sealed("command-1"), heard=True),
    Channel(
        "desired",
        "Settings that the device is to have, signed.",
        _sealed("desired-1"),
        retained=True,
        heard=True,
    ),
    Channel("time", "What time it is.", UTC, heard=True),
)
"""Where a device speaks, and then where it listens."""


def asyncapi() -> Document:
    """Return the document; schemas stand in files beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tallypost",
            "version": "1.0.0",
            "description": "What a device publishes over MQTT: counts, never pictures. "
            "At least once: (device, seq) is the key; no data is never zero.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {each.key: _channel(each) for each in CHANNELS},
        "operations": {_verb(each): _operation(each) for each in CHANNELS},
        "components": {
            "messages": {each.key: _message(each) for each in CHANNELS},
            "parameters": {
                "prefix": {
                    "description": "The setting `uplink.topic_prefix`; it may have "
                    "levels of its own.",
                    "default": "tallypost",
                },
                "device": {"description": "Who measures.", "examples": ["tp-7f3a91"]},
            },
        },
    }


def _channel(channel: Channel) -> Document:
    return {
        "address": f"{{prefix}}/{{device}}/{channel.levels}",
        "description": channel.told,
        "parameters": {
            name: {"$ref": f"#/components/parameters/{name}"}
            for name in ("prefix", "device")
        },
        "messages": {channel.key: {"$ref": f"#/components/messages/{channel.key}"}},
    }


def _verb(channel: Channel) -> str:
    return f"{'hear' if channel.heard else 'tell'}_{channel.key}"


def _operation(channel: Channel) -> Document:
    return {
        "action": "receive" if channel.heard else "send",
        "channel": {"$ref": f"#/channels/{channel.key}"},
        "summary": channel.told,
        "bindings": {
            "mqtt": {"qos": 1, "retain": channel.retained, "bindingVersion": "0.2.0"}
        },
        "messages": [{"$ref": f"#/channels/{channel.key}/messages/{channel.key}"}],
    }


def _message(channel: Channel) -> Document:
    return {
        "name": channel.key,
        "summary": channel.told,
        "contentType": "application/json",
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": channel.schema},
    }
