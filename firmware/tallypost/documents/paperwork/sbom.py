"""What a device runs, as a software bill of materials: its Python packages, its model.

Source: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/. The operating system's own
packages are on the image's bill, not here, and the bill says that it is not complete.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tallypost.domain.fields import instant_text

Document = dict[str, Any]
ROOT = "tallypost"
LICENCE_CHARACTERS_MAX = 100
"""What is longer is the licence's text, not its name."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OPTIONAL = re.compile(r"\bextra\s*==")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a bill says of the detector's model.

    Attributes:
        name: As `tallypost models list` tells it.
        sha256: Of its file, hexadecimal digits.
        licence: Its name; None where nobody has told it.
    """

    name: str
    sha256: str
    licence: str | None


def bill_of_materials(model: ModelFacts, made_utc_s: float, mark: str) -> Document:
    """Return the bill of this interpreter's packages that tallypost needs, and a model.

    Args:
        model: The detector's.
        made_utc_s: When, in seconds since 1970.
        mark: What it describes, as `stamp` tells it.
    """
    found = dict(sorted(_closure(ROOT).items()))
    components = [_library(each) for name, each in found.items() if name != ROOT]
    components.append(_model(model))
    described = json.dumps(components, sort_keys=True)
    root = _reference(found[ROOT])
    needs = {
        _reference(each): sorted(
            {_reference(found[name]) for name in _needed(each) if name in found}
        )
        for each in found.values()
    }
    needs[root].append(_model(model)["bom-ref"])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, described)}",
        "version": 1,
        "metadata": {
            "timestamp": instant_text(int(made_utc_s)),
            "component": _library(found[ROOT]) | {"type": "firmware"},
            "properties": [_property(mark)],
        },
        "components": components,
        "dependencies": [
            {"ref": reference, "dependsOn": others}
            for reference, others in needs.items()
        ],
        "compositions": [{"aggregate": "incomplete", "assemblies": [root]}],
    }


def _property(mark: str) -> Document:
    name, _, value = mark.partition(" ")
    return {"name": name, "value": f"{name} {value}"}


def _closure(name: str) -> dict[str, Distribution]:
    """Return a package and all that are installed and that it needs, by their names."""
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in found:
            continue
        try:
            found[each] = distribution(each)
        except PackageNotFoundError:
            continue  # a condition that does not hold here: another system or Python
        waiting += _needed(found[each])
    return found


def _needed(package: Distribution) -> Iterator[str]:
    for line in package.requires or ():
        _, _, condition = line.partition(";")
        name = _NAME.match(line)
        if name and not _OPTIONAL.search(condition):
            yield _canonical(name[0])


def _canonical(name: str) -> str:
    """Return the one spelling of a package's name; source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _reference(package: Distribution) -> str:
    """Return a package's address; source: the purl specification, type pypi."""
    return f"pkg:pypi/{_canonical(package.metadata['Name'])}@{package.version}"


def _library(package: Distribution) -> Document:
    record = package.read_text("RECORD") or ""
    properties = [
        {
            "name": "tallypost:record-sha256",
            "value": hashlib.sha256(record.encode()).hexdigest(),
        }
    ]
    return {
        "type": "library",
        "bom-ref": _reference(package),
        "name": _canonical(package.metadata["Name"]),
        "version": package.version,
        "purl": _reference(package),
        "licenses": _licences(package),
        "properties": properties,
    }


def _licences(package: Distribution) -> list[Document]:
    """Return what a package says of its licence, the most exact word first."""

    def told(key: str) -> list[str]:
        return package.metadata.get_all(key) or []

    for expression in told("License-Expression"):
        return [{"expression": expression}]
    for name in told("License"):
        if name and "\n" not in name and len(name) <= LICENCE_CHARACTERS_MAX:
            return [{"license": {"name": name}}]
    return [
        {"license": {"name": each.rpartition(" :: ")[2]}}
        for each in told("Classifier")
        if each.startswith("License :: ")
    ]


def _model(model: ModelFacts) -> Document:
    licences = [{"license": {"name": model.licence}}] if model.licence else []
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{model.sha256}",
        "name": model.name,
        "hashes": [{"alg": "SHA-256", "content": model.sha256}],
        "licenses": licences,
    }
