"""JSON Schemas of what is read and written: settings, records, alerts, health."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from tallypost.documents.asyncapi import asyncapi
from tallypost.documents.docstring import attributes, summary
from tallypost.documents.remote_schema import (
    command_schema,
    desired_schema,
    reply_schema,
    reported_schema,
)
from tallypost.domain.alerts import ALERT_SCHEMA, Alert, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures, LinePassages, LineTotals
from tallypost.domain.health import HEALTH_SCHEMA, Health, HealthRecord
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
    required = {"schema", "device", "seq", "start", *interval["required"]}
    interval = interval["properties"]
    del interval["start_utc_s"], interval["start_monotonic_s"]
    interval["duration_s"]["exclusiveMinimum"] = 0
    properties = {
        "schema": {
            "const": KPI_SCHEMA,
            "description": "What this is, and its version.",
        },
        "device": plain["properties"]["device"],
        "seq": plain["properties"]["seq"] | {"maximum": SEQ_MAX},
        "first_seq": plain["properties"]["first_seq"]["anyOf"][0]
        | {"maximum": SEQ_MAX},
        "start": {
            "type": "string",
            "format": "date-time",
            "pattern": INSTANT,
            "description": "Where the interval begins, in UTC: a whole number of "
            "intervals since 1970, but where a watch or the calendar itself begins "
            "in the middle of one.",
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
        "required": [name for name in properties if name in required],
        "$defs": words,
    }
    return _headed(KPI_SCHEMA, record)


def alert_schema() -> Schema:
    """Return the schema of an AlertRecord as JSON carries it; strangers are allowed."""
    schema = _momentary(
        ALERT_SCHEMA,
        AlertRecord,
        Alert,
        "When the light of the frame fell that made it certain.",
    )
    return schema | {
        "if": {"properties": {"state": {"const": AlertState.ENDED}}},
        "then": {"required": ["begun_seq"]},
        "else": {"not": {"required": ["begun_seq"]}},
    }


def health_schema() -> Schema:
    """Return the schema of a HealthRecord as JSON carries it; strangers are allowed."""
    return _momentary(HEALTH_SCHEMA, HealthRecord, Health, "When it was so.")


def _momentary(title: str, record: WordType, word: WordType, moment: str) -> Schema:
    """Return the schema of a record that holds one word, true at one moment.

    Args:
        title: Its name and version.
        record: The whole.
        word: What it holds; its keys stand in the record itself.
        moment: What its time is that of.
    """
    plain = TypeAdapter(record).json_schema()
    words: dict[str, Schema] = plain["$defs"]
    for each in dict.fromkeys(words_within(word)):
        _describe(words[each.__name__], each)
    inner = words.pop(word.__name__)
    del inner["properties"]["time_utc_s"]
    head = {
        name: each.get("anyOf", [each])[0]
        for name, each in plain["properties"].items()
        if name in ("device", "seq", "begun_seq")
    }
    for name in head.keys() - {"device"}:
        head[name]["maximum"] = SEQ_MAX
    for name, each in head.items():
        each["description"] = attributes(record)[name]
    properties = {
        "schema": {"const": title, "description": "What this is, and its version."},
        **head,
        "time": {
            "type": "string",
            "format": "date-time",
            "pattern": INSTANT,
            "description": moment,
        },
        **inner["properties"],
    }
    required = {"schema", "device", "seq", "time", *inner["required"]}
    return _headed(
        title,
        {
            "type": "object",
            "description": summary(record),
            "properties": properties,
            "required": [name for name in properties if name in required],
            "$defs": words,
        },
    )


SCHEMAS: Mapping[str, tuple[str, Callable[[], Schema]]] = {
    "settings": ("tallypost.schema.json", device_settings_schema),
    "site": ("site.schema.json", site_schema),
    "kpi": ("kpi-1.schema.json", kpi_schema),
    "alert": ("alert-1.schema.json", alert_schema),
    "asyncapi": ("asyncapi.json", asyncapi),
    "health": ("health-1.schema.json", health_schema),
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
    if isinstance(node, float) and node.is_integer():
        return int(node)  # 0 or 0.0: which one, the order of imports would decide
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
