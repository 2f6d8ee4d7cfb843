"""The Smart Data Models' own catalogue: what each model's current version has."""

import gzip
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from scripts.conformance.published import Document

ATTRIBUTES = "smartdatamodels.json.gz"
METADATA = "datamodels_metadata.json"


def catalogued(
    attributes: Path, metadata: Path, models: Collection[str]
) -> Mapping[str, Document]:
    """Return what the catalogue says of models, each as a schema of its top level.

    The catalogue has the names, types, formats and enumerations of the versions in
    force, and which names must be; no ranges. The models' schemas have all, and may be
    of an older version.

    Args:
        attributes: `smartdatamodels.json.gz` of the package pysmartdatamodels.
        metadata: `datamodels_metadata.json` of the same.
        models: The models' names.

    Source: its records, of which one with a `parentId` stands below another property,
    and one without `typeNGSI` is a part of a location.
    """
    found: dict[str, Document] = {
        row["dataModel"]: {
            "$schemaVersion": row["version"],
            "type": "object",
            "properties": {},
            "required": row["required"],
        }
        for row in json.loads(metadata.read_text("utf-8"))
        if row["dataModel"] in models
    }
    with gzip.open(attributes) as told:
        rows = json.load(told)
    for row in rows:
        schema = found.get(row["dataModel"])
        if schema is not None and "parentId" not in row and "typeNGSI" in row:
            schema["properties"][row["property"]] = {
                key: row[key] for key in ("type", "format", "enum") if key in row
            }
    return found
