"""Says in words what a JSON Schema allows."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tallypost.documents.schema import Schema

Definitions = Mapping[str, Schema]


def told(node: Schema, words: Definitions) -> str:
    """Return what a schema allows, in a few words.

    Args:
        node: The schema of one value.
        words: What its references stand for.
    """
    for key, tell in _SHAPES.items():
        if key in node:
            return tell(node, words)
    return _PLAIN[node["type"]](node, words)


def value(given: Any) -> str:
    """Return a value as TOML and JSON both write it."""
    return json.dumps(given, ensure_ascii=False)


def _either(node: Schema, words: Definitions) -> str:
    kinds = [each for each in node["anyOf"] if each.get("type") != "null"]
    return " or ".join(told(each, words) for each in kinds)


def _reference(node: Schema, words: Definitions) -> str:
    target = words[str(node["$ref"]).rpartition("/")[2]]
    return told(target, words)


def _choice(node: Schema, words: Definitions) -> str:
    del words
    choices = node["enum"] if "enum" in node else [node["const"]]
    return ", ".join(f"`{value(each)}`" for each in choices)


def _table(node: Schema, words: Definitions) -> str:
    del node, words
    return "table, below"


def _truth(node: Schema, words: Definitions) -> str:
    del node, words
    return "true or false"


def _text(node: Schema, words: Definitions) -> str:
    del words
    if node.get("format") == "path":
        return "path"
    if node.get("format") == "date-time":
        return "UTC time, as `2026-11-22T10:15:00Z`"
    if "pattern" in node:
        return f"text `{node['pattern']}`"
    return "text" + _range(node.get("minLength"), node.get("maxLength"), " letters")


def _number(node: Schema, words: Definitions) -> str:
    del words
    noun = "whole number" if node["type"] == "integer" else "number"
    if "exclusiveMinimum" in node:
        most = f", at most {node['maximum']:g}" if "maximum" in node else ""
        return f"{noun} above {node['exclusiveMinimum']:g}{most}"
    return noun + _range(node.get("minimum"), node.get("maximum"), "")


def _range(low: float | None, high: float | None, noun: str) -> str:
    """Return bounds, both allowed, as they stand behind a noun."""
    if low is None:
        return "" if high is None else f", up to {high}{noun}"
    return f", {low:g}{noun} or more" if high is None else f", {low}..{high}{noun}"


def _list(node: Schema, words: Definitions) -> str:
    if "prefixItems" in node:
        items = node["prefixItems"]
        first = told(items[0], words)
        if "prefixItems" in items[0]:
            return f"{len(items)} of: {first}"
        return f"[x, y]: {first} each"
    inner = told(node["items"], words)
    if inner == "table, below":
        return f"tables, below{_range(None, node.get('maxItems'), '')}"
    bounds = _range(node.get("minItems"), node.get("maxItems"), "")
    return f"list{bounds}, of: {inner}"


def _object(node: Schema, words: Definitions) -> str:
    inner = node.get("additionalProperties")
    if not inner:
        return _table(node, words)
    within = told(inner, words)
    by_name = within == _table(inner, words)
    return "tables by name, below" if by_name else f"by class: {within}"


_Tell = Callable[[Schema, Definitions], str]
_SHAPES: Mapping[str, _Tell] = {
    "anyOf": _either,
    "$ref": _reference,
    "const": _choice,
    "enum": _choice,
    "oneOf": _table,
}
_PLAIN: Mapping[str, _Tell] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": _truth,
    "array": _list,
    "object": _object,
}
