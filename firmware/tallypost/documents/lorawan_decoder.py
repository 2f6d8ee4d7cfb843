"""Makes the decoder that LoRaWAN network servers load, of the firmware's own table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from tallypost.telemetry.codec.compact.bits import WIDTHS
from tallypost.telemetry.codec.compact.figures import COLLECTIONS, FIGURES
from tallypost.telemetry.codec.compact.frame import Port
from tallypost.telemetry.codec.compact.health import HEALTH
from tallypost.telemetry.codec.compact.layout import KNOWN_CLASSES, SPELLED
from tallypost.telemetry.codec.compact.table import (
    ALERT,
    ARGUMENTS,
    CLASSES_MAX,
    COMMAND,
    ELEMENTS_MAX,
    FULL,
    HEALTH_HEAD,
    LAYOUT,
    MERGED,
    NO_CLASS,
    REPLY,
    SHORT,
    SLOTS_MAX,
    Field,
)

PROGRAM = Path(__file__).with_suffix(".js")
_TOLD = {"told", "unit"}


def decoder() -> str:
    """Return the whole file, as network servers take it."""
    lines = [
        f"  {json.dumps(key)}: {_spelled(value)}" for key, value in _table().items()
    ]
    table = "var TABLE = {\n" + ",\n".join(lines) + "\n};"
    return PROGRAM.read_text("utf-8").replace("var TABLE = {};", table)


def _table() -> Mapping[str, object]:
    return {
        "record": {
            "short": _fields(SHORT),
            "merged": _fields(MERGED),
            "full": _fields(FULL),
        },
        "alert": _fields(ALERT),
        "layout": _fields(LAYOUT),
        "health_head": _fields(HEALTH_HEAD),
        "health": _fields(HEALTH),
        "reply": _fields(REPLY),
        "command": _fields(COMMAND),
        "arguments": {name: _fields(each) for name, each in ARGUMENTS.items()},
        "figures": {
            kind: [_without_defaults(figure) for figure in figures]
            for kind, figures in FIGURES.items()
        },
        "collections": COLLECTIONS,
        "classes": KNOWN_CLASSES,
        "spelled": SPELLED,
        "widths": WIDTHS,
        "classes_max": CLASSES_MAX,
        "elements_max": ELEMENTS_MAX,
        "slots_max": SLOTS_MAX,
        "no_class": NO_CLASS,
        "end_low_bits": _bits(SHORT, "end_low_min"),
        "time_low_bits": _bits(ALERT, "time_low_s"),
        "command_port": int(Port.COMMAND),
    }


def _fields(told: Sequence[Field]) -> list[dict[str, object]]:
    return [_without_defaults(field) for field in told]


def _without_defaults(word: object) -> dict[str, object]:
    """Return what a row of the table says, less its explanation."""
    assert hasattr(word, "__dataclass_fields__")
    return {
        each.name: value
        for each in fields(word)  # type: ignore[arg-type]
        if each.name not in _TOLD
        and (value := getattr(word, each.name)) != each.default
    }


def _bits(told: Sequence[Field], name: str) -> int:
    return next(field.bits for field in told if field.name == name)


def _spelled(value: object) -> str:
    """Return JSON, a row of the table on each line."""
    if isinstance(value, dict):
        inner = [f"    {json.dumps(key)}: {_rows(each)}" for key, each in value.items()]
        return "{\n" + ",\n".join(inner) + "\n  }"
    return _rows(value)


def _rows(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"      {json.dumps(row)}" for row in value) + "\n  ]"
    return json.dumps(value)
