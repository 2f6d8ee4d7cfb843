"""The AsyncAPI document: what a device publishes, for generators and catalogues.

Source: AsyncAPI 3.0.0; its MQTT binding 0.2.0.
"""

from typing import Any, NamedTuple

from tallypost.domain.alerts import ALERT_SCHEMA
from tallypost.domain.records import KPI_SCHEMA
from tallypost.telemetry.uplink.topics import STATUS_SCHEMA

Document = dict[str, Any]
SCHEMA_FORMAT = "application/schema+json;version=2020-12"


class Channel(NamedTuple):
    """One topic of a device.

    Attributes:
        level: The topic's last level.
        told: What it carries.
        schema: The schema of its payload, or where that stands.
        retained: Whether the broker keeps the latest.
    """

    level: str
    told: str
    schema: Document
    retained: bool = False


STATUS: Document = {
    "type": "object",
    "properties": {
        "schema": {"const": STATUS_SCHEMA},
        "state": {"enum": ["online", "offline"]},
        "since": {"type": "string", "format": "date-time"},
        "reason": {"enum": ["closed", "lost"]},
    },
    "required": ["schema", "state"],
}
CHANNELS = (
    Channel(
        "kpi", f"One record an interval: {KPI_SCHEMA}.", {"$ref": "kpi-1.schema.json"}
    ),
    Channel(
        "alert", f"One alert, at once: {ALERT_SCHEMA}.", {"$ref": "alert-1.schema.json"}
    ),
    Channel(
        "status",
        "Whether the device is connected; the broker's will too.",
        STATUS,
        retained=True,
    ),
)
"""What a device publishes, in the order of docs/telemetry.md."""


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
        "channels": {each.level: _channel(each) for each in CHANNELS},
        "operations": {f"tell_{each.level}": _operation(each) for each in CHANNELS},
        "components": {
            "messages": {each.level: _message(each) for each in CHANNELS},
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
        "address": f"{{prefix}}/{{device}}/{channel.level}",
        "description": channel.told,
        "parameters": {
            name: {"$ref": f"#/components/parameters/{name}"}
            for name in ("prefix", "device")
        },
        "messages": {channel.level: {"$ref": f"#/components/messages/{channel.level}"}},
    }


def _operation(channel: Channel) -> Document:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel.level}"},
        "summary": channel.told,
        "bindings": {
            "mqtt": {"qos": 1, "retain": channel.retained, "bindingVersion": "0.2.0"}
        },
        "messages": [{"$ref": f"#/channels/{channel.level}/messages/{channel.level}"}],
    }


def _message(channel: Channel) -> Document:
    return {
        "name": channel.level,
        "summary": channel.told,
        "contentType": "application/json",
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": channel.schema},
    }
