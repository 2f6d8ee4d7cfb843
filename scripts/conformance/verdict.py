"""What came of holding documents of ours against one published file."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from scripts.conformance.published import Document, Published

FAULTS_SHOWN_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it.

    Attributes:
        ours: What was checked.
        theirs: The published file.
        version: The version that the file claims; empty where it claims none.
        documents: How many were checked; a check of none proves nothing.
        faults: What breaks the schema, by how often.
        strangers: Names in ours that the file does not know.
    """

    ours: str
    theirs: str
    version: str
    documents: int
    faults: Counter[str]
    strangers: frozenset[str] = frozenset()

    @property
    def good(self) -> bool:
        """Whether something was checked, and nothing was wrong."""
        return self.documents > 0 and not self.faults

    def row(self) -> str:
        """Return the line of the table."""
        faults = "; ".join(
            f"{fault} ({times})"
            for fault, times in self.faults.most_common(FAULTS_SHOWN_MAX)
        )
        told = (
            self.ours,
            self.theirs,
            self.version,
            str(self.documents),
            faults.replace("|", r"\|") or "none",
            ", ".join(sorted(self.strangers)) or "none",
        )
        return f"| {' | '.join(told)} |"


def judged(
    ours: str, documents: Iterable[Document], published: Published, *names: str
) -> Verdict:
    """Return what a published JSON Schema says of documents.

    Args:
        ours: What the documents are.
        documents: In the plain form, keys and values.
        published: Where the schema is.
        names: What it is called; the first that there is.

    Raises:
        NotPublishedError: The folder has none of these.
    """
    theirs = published.find(*names)
    schema = published.schema(*names)
    return judged_by(schema, theirs, ours, documents, published)


def judged_by(
    schema: Document,
    theirs: Path,
    ours: str,
    documents: Iterable[Document],
    published: Published,
) -> Verdict:
    """Return what a schema says of documents, as strictly as its draft allows.

    Args:
        schema: A JSON Schema.
        theirs: The file that it was read from.
        ours: What the documents are.
        documents: In the plain form, keys and values.
        published: Where the schema's references lead.
    """
    newest = jsonschema.Draft202012Validator
    draft = jsonschema.validators.validator_for(schema, default=newest)
    validator = draft(
        schema, registry=published.registry, format_checker=draft.FORMAT_CHECKER
    )
    known = set(_properties(schema, published))
    faults: Counter[str] = Counter()
    strangers: set[str] = set()
    count = 0
    for document in documents:
        count += 1
        faults.update(map(_told, validator.iter_errors(document)))
        strangers |= document.keys() - known
    return Verdict(
        ours=ours,
        theirs=published.named(theirs),
        version=_version(schema),
        documents=count,
        faults=faults,
        strangers=frozenset(strangers - {"@context"} if known else ()),
    )


def _told(error: Any) -> str:
    """Return one fault: where it is, and what the schema says of it."""
    return f"{error.json_path}: {error.message[:200]}"


def _version(schema: Document) -> str:
    for name in ("$schemaVersion", "schemaVersion", "x-version", "version"):
        if schema.get(name):
            return str(schema[name])
    return ""


def _properties(schema: Document, published: Published) -> Iterable[str]:
    """Yield the names that a schema knows at its top, through what it is made of."""
    yield from schema.get("properties", {})
    for part in schema.get("allOf", ()):
        address, _, pointer = part.get("$ref", "").partition("#/")
        if not address:
            yield from _properties(part, published)
            continue
        inner = published.schema(address.rpartition("/")[2])
        for step in pointer.split("/"):
            inner = inner[step]
        yield from _properties(inner, published)
