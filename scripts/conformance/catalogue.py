"""The Smart Data Models' own catalogue: what each model's current version has."""

import gzip
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from scripts.conformance.published import Document


def catalogued(path: Path, models: Collection[str]) -> Mapping[str, Document]:
    """Return what the catalogue says of models, each as a schema of its top level.

    The catalogue has names, types and enumerations of the versions in force, and no
    ranges; the models' schemas have all, and may be of an older version.

    Args:
        path: `smartdatamodels.json.gz` of the package pysmartdatamodels.
        models: The models' names.

    Source: its records, of which one with a `parentId` stands below another property,
    and one without `typeNGSI` is a part of a location.
    """
    found: dict[str, Document] = {
        model: {"type": "object", "properties": {}} for model in models
    }
    with gzip.open(path) as told:
        rows = json.load(told)
    for row in rows:
        schema = found.get(row["dataModel"])
        if schema is not None and "parentId" not in row and "typeNGSI" in row:
            schema["$schemaVersion"] = row["schemaVersion"]
            schema["properties"][row["property"]] = {
                key: row[key] for key in ("type", "enum") if key in row
            }
    return found
