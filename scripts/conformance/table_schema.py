"""Tables of CSV against a published Table Schema of Frictionless Data.

Source: specs.frictionlessdata.io/table-schema, version 1: types, formats, constraints.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from scripts.conformance.published import Document, Published
from scripts.conformance.verdict import Verdict

_SPELT = {
    "string": r".*",
    "number": r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?",
    "integer": r"[+-]?\d+",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
}
"""How the default format of each type that these schemas have is spelt."""


def judged_table(
    ours: str, tables: Iterable[Iterable[str]], published: Published, name: str
) -> Verdict:
    """Return what a Table Schema says of tables.

    Args:
        ours: What the tables are.
        tables: The lines of each, the first of which names the columns.
        published: Where the schema is.
        name: What it is called.

    Raises:
        NotPublishedError: The folder has no such file.
    """
    theirs = published.find(name)
    schema = published.schema(name)
    fields: list[Document] = schema["fields"]
    faults: Counter[str] = Counter()
    count = 0
    for table in tables:
        columns, *rows = csv.reader(table)
        if columns != [field["name"] for field in fields]:
            faults[f"columns: {', '.join(columns)}"] += 1
            continue
        for row in rows:
            count += 1
            for field, cell in zip(fields, row, strict=True):
                faults.update(_faults(field, cell))
    return Verdict(
        ours=ours,
        theirs=published.named(theirs),
        version=str(schema.get("version", "")),
        documents=count,
        faults=faults,
    )


def _faults(field: Document, cell: str) -> Iterator[str]:
    name, asked = field["name"], field.get("constraints", {})
    if not cell:
        if asked.get("required"):
            yield f"{name}: is empty"
        return
    if not re.fullmatch(_SPELT[field["type"]], cell, re.DOTALL):
        yield f"{name}: {cell[:80]!r} is no {field['type']}"
    yield from _unlike(name, asked, cell)


def _unlike(name: str, asked: dict[str, Any], cell: str) -> Iterator[str]:
    """Yield where a cell is none of the words, or not of the pattern, asked for."""
    if cell not in asked.get("enum", [cell]):
        yield f"{name}: {cell[:80]!r} is none of {asked['enum']}"
    if "pattern" in asked and not re.match(asked["pattern"], cell):
        yield f"{name}: {cell[:80]!r} does not match {asked['pattern']}"
