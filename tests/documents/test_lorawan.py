"""What network servers load keeps to what they ask for.

Source: TheThingsNetwork/lorawan-devices, README.md and schema.json (draft 1).
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tallypost.documents.lorawan_decoder import decoder
from tallypost.documents.lorawan_frames import drawing
from tallypost.telemetry.codec.compact.table import ALERT, FULL, SHORT, Field

VENDORS = Path(__file__).parents[2] / "backend" / "lorawan" / "vendor"
VENDOR = VENDORS / "tallypost"
IDENTIFIER = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,}")
FILE = re.compile(r"([a-z0-9_-]+\.)+[a-z0-9]+")
REGIONS = {"EU863-870", "US902-928", "AU915-928", "AS923", "IN865-867"}
PROFILE_NEEDS = {
    "supportsClassB",
    "supportsClassC",
    "macVersion",
    "regionalParametersVersion",
    "supportsJoin",
    "maxEIRP",
}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def test_the_vendor_is_listed_with_a_folder_of_its_name() -> None:
    [vendor] = read(VENDORS / "index.yaml")["vendors"]

    assert {"id", "name"} <= vendor.keys()
    assert (VENDORS / vendor["id"]).is_dir()
    for device in read(VENDORS / vendor["id"] / "index.yaml")["endDevices"]:
        assert IDENTIFIER.fullmatch(device)
        assert (VENDORS / vendor["id"] / f"{device}.yaml").is_file()


def test_every_region_has_a_profile_and_the_codec() -> None:
    [firmware] = read(VENDOR / "tallypost.yaml")["firmwareVersions"]

    assert firmware["profiles"].keys() == REGIONS
    assert {*firmware["features"]} <= {"remote rejoin", "transmission interval"}
    for profile in firmware["profiles"].values():
        assert IDENTIFIER.fullmatch(profile["id"])
        assert (VENDOR / f"{profile['codec']}.yaml").is_file()
        told = read(VENDOR / f"{profile['id']}.yaml")
        assert told.keys() >= PROFILE_NEEDS
        assert told["macVersion"] == "1.0.3"
        assert told["regionalParametersVersion"] == "RP001-1.0.3-RevA"


def test_the_codec_names_its_file_and_shows_examples_of_whole_bytes() -> None:
    codec = read(VENDOR / "tallypost-codec.yaml")

    assert codec.keys() == {"uplinkDecoder", "downlinkEncoder", "downlinkDecoder"}
    for script in codec.values():
        assert FILE.fullmatch(script["fileName"])
        assert (VENDOR / script["fileName"]).is_file()
        for example in script["examples"]:
            assert example.keys() == {"description", "input", "output"}
            [framed] = [
                each
                for each in (example["input"], example["output"])
                if "bytes" in each
            ]
            assert all(0 <= byte <= 255 for byte in framed["bytes"])
            assert 1 <= framed["fPort"] <= 223


def test_both_lists_of_examples_are_the_same() -> None:
    codec = read(VENDOR / "tallypost-codec.yaml")
    cases = json.loads((VENDOR / "examples.json").read_text("utf-8"))

    assert [
        {
            "description": case["description"],
            "input": case["input"],
            "output": case["output"],
        }
        for case in cases
    ] == [example for script in codec.values() for example in script["examples"]]


@pytest.mark.parametrize(
    "modern", [r"\blet\b", r"\bconst\b", "=>", "`", r"\bclass\b ", r"\.\.\."]
)
def test_the_decoder_is_written_in_the_language_of_all_servers(modern: str) -> None:
    program = re.sub(r"//.*", "", decoder())
    program = re.sub(r'"[^"]*"', '""', program)

    assert not re.search(modern, program)


@pytest.mark.parametrize("fields", [SHORT, FULL, ALERT], ids=["short", "full", "alert"])
def test_a_drawing_has_every_bit(fields: tuple[Field, ...]) -> None:
    drawn = "".join(
        line[6:] for line in drawing(fields, "").splitlines() if line[:4] != "byte"
    )

    for letter, field in zip("abcdefghijklmnopqrstuvwxyz", fields, strict=False):
        assert drawn.count(letter) == (field.bits or 1), field.name
