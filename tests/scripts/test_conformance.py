"""What others published is found, followed without a network, and taken at its word."""

import gzip
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from scripts.conformance.__main__ import show
from scripts.conformance.catalogue import catalogued
from scripts.conformance.checks import CHECKS
from scripts.conformance.home_assistant import Text
from scripts.conformance.published import (
    Document,
    NotPublishedError,
    Published,
    sha256,
)
from scripts.conformance.samples import samples
from scripts.conformance.table_schema import judged_table
from scripts.conformance.verdict import judged
from scripts.conformance.xml_schema import judged_xml

COMMON = {
    "$defs": {"Named": {"properties": {"name": {"type": "string"}}}},
}
MODEL = {
    "$schemaVersion": "0.1.3",
    "allOf": [
        {"$ref": "https://example.org/common.json#/$defs/Named"},
        {"properties": {"spots": {"type": "integer", "minimum": 1}}},
    ],
    "required": ["name"],
}
XSD = """<xs:schema version="3.6" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="count" type="xs:nonNegativeInteger"/>
</xs:schema>"""
HERE = "TALLYPOST_SCHEMAS"


@pytest.fixture
def published(tmp_path: Path) -> Published:
    for name, text in {
        "a/common.json": json.dumps(COMMON),
        "a/Park/schema.json": json.dumps(MODEL),
        "b/Road/model.yaml": "Road:\n  required: [id]\n  x-version: 0.0.1\n",
        "c/count.xsd": XSD,
        "sources.json": json.dumps({"a/Park/schema.json": "example/models@0123"}),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Published(tmp_path)


def test_a_schema_is_followed_to_the_other_files_of_the_folder(
    published: Published,
) -> None:
    told: list[Document] = [
        {"name": "north", "spots": 0, "stranger": 1},
        {"name": 3, "spots": 2},
    ]

    verdict = judged("parks", told, published, "Park/schema.json")

    assert dict(verdict.faults) == {
        "$.spots: 0 is less than the minimum of 1": 1,
        "$.name: 3 is not of type 'string'": 1,
    }
    assert verdict.strangers == {"stranger"}
    assert (verdict.documents, verdict.version) == (2, "0.1.3")
    assert not verdict.good
    assert {published.named(path) for path in published.used} == {
        "a/common.json",
        "a/Park/schema.json",
    }


def test_a_model_that_is_published_as_yaml_counts_as_well(published: Published) -> None:
    verdict = judged("roads", [{}], published, "Road/schema.json", "Road/model.yaml")

    assert list(verdict.faults) == ["$: 'id' is a required property"]
    assert verdict.version == "0.0.1"


def test_a_check_of_nothing_is_not_good(published: Published) -> None:
    assert not judged("parks", [], published, "Park/schema.json").good


def test_each_file_is_told_with_its_origin_and_its_digest(published: Published) -> None:
    park, road = published.find("Park/schema.json"), published.find("Road/model.yaml")

    assert published.origin(park) == "example/models@0123"
    assert published.origin(road) == "nobody said"
    assert sha256(park) == hashlib.sha256(park.read_bytes()).hexdigest()


def test_a_file_that_is_missing_is_named(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotPublishedError, match=r"^Lot/schema\.json: is not in"):
        published.find("Lot/schema.json")

    assert not show("datex-ii", samples(1, 1), published)
    assert "datex-ii: not checked: DATEXII_3_D2Payload.xsd" in capsys.readouterr().err


def test_a_name_of_two_files_is_refused(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "schema.json").write_text("{}", "utf-8")

    with pytest.raises(NotPublishedError, match=r"may be any of new/.*, old/"):
        Published(tmp_path).find("schema.json")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotPublishedError, match="is no folder"):
        Published(tmp_path / "nowhere")


def test_the_catalogue_is_read_for_the_top_of_a_model(tmp_path: Path) -> None:
    row = {"dataModel": "Park", "typeNGSI": "Property"}
    rows = [
        row | {"property": "status", "type": "string", "enum": ["free"]},
        row | {"property": "at", "type": "string", "format": "date-time"},
        row | {"property": "street", "type": "string", "parentId": "address"},
        {"dataModel": "Park", "property": "bbox"},
        row | {"dataModel": "Road", "property": "lanes", "type": "number"},
    ]
    told = [
        {"dataModel": name, "version": "0.2", "required": ["status"]}
        for name in ("Park", "Road")
    ]
    attributes, metadata = tmp_path / "a.json.gz", tmp_path / "m.json"
    attributes.write_bytes(gzip.compress(json.dumps(rows).encode()))
    metadata.write_text(json.dumps(told), "utf-8")

    assert catalogued(attributes, metadata, ["Park"]) == {
        "Park": {
            "$schemaVersion": "0.2",
            "type": "object",
            "properties": {
                "status": {"type": "string", "enum": ["free"]},
                "at": {"type": "string", "format": "date-time"},
            },
            "required": ["status"],
        }
    }


def test_what_home_assistant_takes_is_read_from_its_text_alone(tmp_path: Path) -> None:
    path = tmp_path / "sensor.py"
    path.write_text(
        """
import no_such_module
CONF_NAME: Final = "name"
CONF_CLASS = "device_class"
CONF_LABEL = CONF_NAME
SHARED = [CONF_CLASS]
class Unit(StrEnum):
    METRES = "m"
    FEET = "ft"
class Kind(StrEnum):
    HEIGHT = "height"
DEVICE_CLASS_UNITS: dict[Kind, set[str | None]] = {Kind.HEIGHT: {*Unit, None}}
BASE = no_such_module.Schema({no_such_module.Required(CONF_LABEL): cv.string})
SCHEMA = All(BASE.extend({x.Optional(CONF_CLASS, default=1): x.Any(Kind)}), validated)
""",
        "utf-8",
    )
    text = Text([path])

    assert text.schema("SCHEMA") == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "device_class": {}},
        "required": ["name"],
        "additionalProperties": False,
    }
    assert text.units() == {"height": ["m", "ft"]}
    assert text.names("SHARED") == ["device_class"]


@pytest.mark.skipif(not shutil.which("xmllint"), reason="xmllint is not installed")
def test_xml_is_taken_at_the_word_of_its_schema(published: Published) -> None:
    told = ["<count>3</count>", "<count>-1</count>", "<counts/>"]

    verdict = judged_xml("counts", told, published, "count.xsd")

    assert verdict.documents == 3
    assert verdict.version == "3.6"
    assert sum(verdict.faults.values()) == 2
    assert any("'-1' is not a valid value" in fault for fault in verdict.faults)
    assert judged_xml("counts", told[:1], published, "count.xsd").good


def test_a_table_is_taken_at_the_word_of_its_schema(tmp_path: Path) -> None:
    fields = [
        {"name": "at", "type": "datetime", "constraints": {"required": True}},
        {"name": "way", "type": "string", "constraints": {"enum": ["N", "S"]}},
        {"name": "who", "type": "string", "constraints": {"pattern": "(CAR|BUS)$"}},
        {"name": "count", "type": "number"},
    ]
    told = json.dumps({"version": "1.0.0", "fields": fields})
    (tmp_path / "table.json").write_text(told, "utf-8")
    head, good = "at,way,who,count", "2026-11-22T10:15:00Z,N,CAR,3"
    bad = [",,,", "2026-11-22T10:15:00.5Z,E,CARS,many"]

    verdict = judged_table(
        "counts", [[head, good, *bad], ["who,at"]], Published(tmp_path), "table.json"
    )

    assert verdict.documents == 3
    assert dict(verdict.faults) == {
        "at: is empty": 1,
        "at: '2026-11-22T10:15:00.5Z' is no datetime": 1,
        "way: 'E' is none of ['N', 'S']": 1,
        "who: 'CARS' does not match (CAR|BUS)$": 1,
        "count: 'many' is no number": 1,
        "columns: who, at": 1,
    }


def test_samples_are_the_same_for_the_same_seed() -> None:
    assert samples(4, 7) == samples(4, 7)
    assert samples(4, 7) != samples(4, 8)
    assert len(samples(4, 7)) == 7


@pytest.mark.slow
@pytest.mark.skipif(
    HERE not in os.environ,
    reason=f"{HERE} names no folder of published schemas: docs/formats/published.md",
)
@pytest.mark.parametrize("name", CHECKS)
def test_what_we_write_is_as_its_authors_published(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    published = Published(Path(os.environ[HERE]))

    good = show(name, samples(60, 1), published)

    assert good, capsys.readouterr()
