"""JSON Schemas of what is read and written: settings, records and alerts."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from tallypost.documents.docstring import attributes, summary
from tallypost.documents.remote_schema import (
    command_schema,
    desired_schema,
    reply_schema,
    reported_schema,
)
from tallypost.domain.alerts import ALERT_SCHEMA, Alert, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures, LinePassages, LineTotals
from tallypost.domain.records import KPI_SCHEMA, Interval, KpiRecord
from tallypost.domain.shape import WordType, by_name, words_within
from tallypost.domain.words import is_always
from tallypost.settings.device import DeviceSettings
from tallypost.settings.site import Site

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WORDS = tuple(dict.fromkeys(words_within(Interval)))
"""Every word that a record can hold, the interval first."""
SEQ_MAX = 2**63 - 1
INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$"


def device_settings_schema() -> Schema:
    """Return the schema of `tallypost.toml`."""
    return _headed("tallypost.toml", DeviceSettings.model_json_schema())


def site_schema() -> Schema:
    """Return the schema of `site.toml`."""
    return _headed("site.toml", Site.model_json_schema())


def kpi_schema() -> Schema:
    """Return the schema of a KpiRecord as JSON carries it.

    A later version may add keys anywhere, so strangers are allowed: readers pass over
    what they do not know.
    """
    plain = TypeAdapter(KpiRecord).json_schema()
    words: dict[str, Schema] = plain["$defs"]
    for word in WORDS:
        _describe(words[word.__name__], word)
    interval = words.pop("Interval")
    required = interval["required"]
    interval = interval["properties"]
    del interval["start_utc_s"]
    interval["duration_s"]["exclusiveMinimum"] = 0
    properties = {
        "schema": {
            "const": KPI_SCHEMA,
            "description": "What this is, and its version.",
        },
        "device": plain["properties"]["device"],
        "seq": plain["properties"]["seq"] | {"maximum": SEQ_MAX},
        "start": {
            "type": "string",
            "format": "date-time",
            "pattern": INSTANT,
            "description": "Where the interval begins, in UTC: a whole number of "
            "intervals since 1970.",
        },
        **interval,
    }
    for name, meaning in attributes(KpiRecord).items():
        if name in properties:
            properties[name]["description"] = meaning
    record = {
        "type": "object",
        "description": summary(KpiRecord),
        "properties": properties,
        "required": [
            name for name in properties if name not in interval or name in required
        ],
        "$defs": words,
    }
    return _headed(KPI_SCHEMA, record)


def alert_schema() -> Schema:
    """Return the schema of an AlertRecord as JSON carries it; strangers are allowed."""
    plain = TypeAdapter(AlertRecord).json_schema()
    words: dict[str, Schema] = plain["$defs"]
    alert = words.pop("Alert")
    _describe(alert, Alert)
    del alert["properties"]["time_utc_s"]
    head = plain["properties"]
    begun_seq = head["begun_seq"]["anyOf"][0]
    properties = {
        "schema": {
            "const": ALERT_SCHEMA,
            "description": "What this is, and its version.",
        },
        "device": head["device"],
        "seq": head["seq"] | {"maximum": SEQ_MAX},
        "begun_seq": begun_seq | {"maximum": SEQ_MAX},
        "time": {
            "type": "string",
            "format": "date-time",
            "pattern": INSTANT,
            "description": "When the light of the frame fell that made it certain.",
        },
        **alert["properties"],
    }
    for name, meaning in attributes(AlertRecord).items():
        if name in properties:
            properties[name]["description"] = meaning
    required = {"schema", "device", "seq", "time", *alert["required"]}
    return _headed(
        ALERT_SCHEMA,
        {
            "type": "object",
            "description": summary(AlertRecord),
            "properties": properties,
            "required": [name for name in properties if name in required],
            "if": {"properties": {"state": {"const": AlertState.ENDED}}},
            "then": {"required": ["begun_seq"]},
            "else": {"not": {"required": ["begun_seq"]}},
            "$defs": words,
        },
    )


SCHEMAS: Mapping[str, tuple[str, Callable[[], Schema]]] = {
    "settings": ("tallypost.schema.json", device_settings_schema),
    "site": ("site.schema.json", site_schema),
    "kpi": ("kpi-1.schema.json", kpi_schema),
    "alert": ("alert-1.schema.json", alert_schema),
    "command": ("command-1.schema.json", command_schema),
    "reply": ("reply-1.schema.json", reply_schema),
    "desired": ("desired-1.schema.json", desired_schema),
    "reported": ("reported-1.schema.json", reported_schema),
}
"""By the name that `tallypost schema` takes: the file in docs/schema, its content."""


def _headed(title: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "title": title, **_without_titles(schema)}


def _without_titles(node: Any) -> Any:
    """Return a schema without the titles that only repeat names in capitals."""
    if isinstance(node, dict):
        return {
            key: _without_titles(value)
            for key, value in node.items()
            if not (key == "title" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_titles(each) for each in node]
    return node


def _describe(schema: Schema, word: WordType) -> None:
    """Shape one word's schema to the wire: what is not known is absent, never null."""
    schema["description"] = summary(word)
    meanings = attributes(LineFigures if word in (LineTotals, LinePassages) else word)
    properties: dict[str, Schema] = schema["properties"]
    optional = {name for name, each in properties.items() if "anyOf" in each}
    for name, each in properties.items():
        each.pop("default", None)
        if name in optional:
            each.update(each.pop("anyOf")[0])
        if name in meanings:
            each["description"] = meanings[name]
    schema["required"] = [
        name
        for name, each in by_name(word).items()
        if is_always(each.metadata) or name == "duration_s"
    ]
