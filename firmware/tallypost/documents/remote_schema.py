"""JSON Schemas of what operators send and hear back."""

from typing import Any

from pydantic import TypeAdapter

from tallypost.documents.docstring import attributes, summary
from tallypost.domain.commands import (
    COMMAND_SCHEMA,
    COMMANDS,
    COUNTER_MAX,
    REPLY_SCHEMA,
    Command,
    Reply,
)
from tallypost.domain.desired import (
    DESIRED_SCHEMA,
    REPORTED_SCHEMA,
    REVISION_MAX,
    Refusal,
    Reported,
    Standing,
)

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOMENT = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$",
}
DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
NAME = {"type": "string", "minLength": 1, "maxLength": 64}


def command_schema() -> Schema:
    """Return the schema of a command's body: what is signed, and nothing else."""
    head = {
        "schema": {"const": COMMAND_SCHEMA},
        "device": NAME | {"description": "Who shall heed it; `*` is everybody."},
        "counter": _number(COUNTER_MAX)
        | {"description": "Above that of every command this key has signed before."},
        "issued": MOMENT | {"description": "When it was signed."},
        "expires": MOMENT | {"description": "From when on it must not be done."},
        "command": {"enum": list(COMMANDS)},
        "arguments": {"type": "object"},
    }
    return _closed(COMMAND_SCHEMA, "What a device is to do once.", head) | {
        "oneOf": [
            {
                "properties": {"command": {"const": name}, "arguments": _inner(kind)},
            }
            for name, kind in COMMANDS.items()
        ]
    }


def reply_schema() -> Schema:
    """Return the schema of an answer; a later version may add keys."""
    inner = _inner(Reply)
    properties = {"schema": {"const": REPLY_SCHEMA}, **inner["properties"]}
    return _open(REPLY_SCHEMA, inner["description"], properties, inner["required"])


def desired_schema() -> Schema:
    """Return the schema of settings from afar: what is signed, and nothing else."""
    head = {
        "schema": {"const": DESIRED_SCHEMA},
        "device": NAME | {"description": "Whose they are."},
        "revision": _number(REVISION_MAX)
        | {"description": "Above that of all settings sent to it before."},
        "site": {"type": "string", "description": "A whole `site.toml`."},
        "settings": {"type": "string", "description": "A part of `tallypost.toml`."},
    }
    told = "What a device is to be set to; the rest is as its own files say."
    optional = ("site", "settings")
    schema = _closed(DESIRED_SCHEMA, told, head)
    return schema | {"required": [name for name in head if name not in optional]}


def reported_schema() -> Schema:
    """Return the schema of what a device says of its settings."""
    number = _number(REVISION_MAX)
    meaning = attributes(Reported)
    told = attributes(Refusal)
    claims: dict[str, Schema] = {
        "reason": {"type": "string"},
        "revision": number,
        "digest": DIGEST,
    }
    plain: dict[str, Schema] = {
        "device": NAME,
        "revision": number,
        "digest": DIGEST,
        "in_force": number,
        "identity": number,
        "identity_state": {"enum": list(Standing)},
        "identity_fault": {"type": "string"},
        "site": DIGEST,
        "faults": {"type": "array", "items": {"type": "string"}},
        "refused": {
            "type": "object",
            "properties": {
                name: each | {"description": told[name]}
                for name, each in claims.items()
            },
            "required": ["reason"],
        },
    }
    properties = {
        "schema": {"const": REPORTED_SCHEMA},
        "state": {"enum": list(Standing), "description": meaning["standing"]},
        **{name: each | {"description": meaning[name]} for name, each in plain.items()},
    }
    return _open(REPORTED_SCHEMA, summary(Reported), properties, ["device", "state"])


def _number(most: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most}


def _inner(word: type[Command] | type[Reply]) -> Schema:
    """Return the schema of one word's own fields, none beside them."""
    made = TypeAdapter(word).json_schema(ref_template="{model}")
    definitions = made.pop("$defs", {})
    meanings = attributes(word)
    properties: dict[str, Schema] = {}
    for name, each in made.get("properties", {}).items():
        plain = each.get("anyOf", [each])[0]
        plain = definitions.get(plain.get("$ref"), plain)
        kept = ("type", "enum", "minimum", "maximum", "minLength", "maxLength")
        properties[name] = {key: plain[key] for key in kept if key in plain}
        properties[name]["description"] = meanings[name]
    return {
        "type": "object",
        "description": summary(word),
        "properties": properties,
        "required": made.get("required", []),
        "additionalProperties": False,
    }


def _closed(title: str, told: str, properties: Schema) -> Schema:
    return _open(title, told, properties, list(properties)) | {
        "additionalProperties": False
    }


def _open(title: str, told: str, properties: Schema, required: list[str]) -> Schema:
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "description": told,
        "properties": properties,
        "required": list(dict.fromkeys(["schema", *required])),
    }
