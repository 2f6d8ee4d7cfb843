"""Tables in Markdown, made from the words that they explain."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from tallypost.documents.schema import (
    Schema,
    alert_schema,
    health_schema,
    kpi_schema,
)
from tallypost.documents.told import told, value
from tallypost.domain.health import Health
from tallypost.domain.records import Interval
from tallypost.domain.shape import WordType, hints
from tallypost.settings.explanation import tag, unfold

UNITS = {
    "_s": "s",
    "_ms_p99": "ms",
    "_kmh": "km/h",
    "_m": "m",
    "_per_km": "1/km",
    "_per_m2": "1/m²",
    "_c": "°C",
    "_mb": "MB",
    "_bytes": "bytes",
    "_days": "days",
}
"""A unit is the name's last part."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what would break a cell is escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
        for line in lines
    )


def settings_tables(model: type[BaseModel]) -> str:
    """Return what a file of settings may say: one section for each of its tables."""
    sections = []
    for heading, each in _tables(model):
        meaning = (each.__doc__ or "").partition("\n\n")[0]
        sections.append(f"### {heading}\n\n{meaning}\n\n{_settings_table(each)}")
    return "\n\n".join(sections)


def _tables(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Tell a file's tables with their headings, in the order of the file."""
    yield "At the top", model
    yield from _inner_tables(model, "")


def _inner_tables(
    model: type[BaseModel], path: str
) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for hint in unfold(field.annotation)[0]:
            inner = hint if isinstance(hint, type) else get_args(hint)[0]
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                place = f"{path}{name}"
                yield _heading(place, inner, is_list=inner is not hint), inner
                yield from _inner_tables(inner, f"{place}.")


def _heading(name: str, model: type[BaseModel], *, is_list: bool) -> str:
    if is_list:
        return f"`[[{name}]]`"
    kind = f' with `kind = "{tag(model)}"`' if "kind" in model.model_fields else ""
    return f"`[{name}]`{kind}"


def _settings_table(model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    words = schema.get("$defs", {})
    rows = [
        (
            f"`{name}`",
            told(node, words),
            _default(model, name, node),
            str(model.model_fields[name].description),
        )
        for name, node in schema["properties"].items()
    ]
    return table(("key", "value", "default", "meaning"), rows)


def _default(model: type[BaseModel], name: str, node: Schema) -> str:
    if model.model_fields[name].is_required():
        return "**needed**"
    default: Any = node.get("default")
    return "" if default in (None, []) else f"`{value(default)}`"


def record_tables() -> str:
    """Return what a record says: one section for each of its objects."""
    return _tables_of(kpi_schema(), Interval, "The record")


def health_tables() -> str:
    """Return what a device says of its health: one section for each of its objects."""
    return _tables_of(health_schema(), Health, "The whole")


def _tables_of(schema: Schema, word: WordType, heading: str) -> str:
    words = schema["$defs"]
    places: dict[str, list[str]] = {}
    for place, name in _objects(word, ""):
        places.setdefault(name, []).append(f"`{place}`")
    sections = [(heading, schema)]
    sections += [(", ".join(each), words[name]) for name, each in places.items()]
    return "\n\n".join(
        f"### {heading}\n\n{node['description']}\n\n{_record_table(node, words)}"
        for heading, node in sections
    )


def alert_table() -> str:
    """Return what an alert says."""
    schema = alert_schema()
    return f"{schema['description']}\n\n{_record_table(schema, schema['$defs'])}"


def _objects(word: WordType, path: str) -> Iterator[tuple[str, str]]:
    """Yield where each object of a record stands, and the name of its word."""
    for name, hint in hints(word).items():
        place = f"{path}.{name}" if path else name
        inner = hint
        while inner.mapping is not None:
            key, inner = inner.mapping
            place += f".<{key.vocabulary.value if key.vocabulary else 'name'}>"
        if inner.is_word:
            yield place, inner.plain.__name__
            yield from _objects(inner.plain, place)


def _record_table(node: Schema, words: dict[str, Schema]) -> str:
    rows = [
        (
            f"`{name}`",
            told(each, words),
            "".join(unit for end, unit in UNITS.items() if name.endswith(end)),
            "always" if name in node["required"] else "where known",
            each.get("description", ""),
        )
        for name, each in node["properties"].items()
    ]
    return table(("key", "value", "unit", "there", "meaning"), rows)
