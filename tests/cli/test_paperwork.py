"""`tallypost paperwork`: what it writes is true, and says when it is not any more."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tallypost.cli.paperwork import PROCESSING, SBOM, command

SITE = """\
[privacy]
profile = "strict"

[[lines]]
name = "gate"
start = [0.5, 0.0]
end = [0.5, 1.0]

[[intrusions]]
name = "tracks"
polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
"""
MQTT = """\
[uplink]
kind = "mqtt"
host = "broker.example.org"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Result]:
    """Write settings, and the papers for them."""

    def wrote(settings: str = MQTT, site: str = SITE, *words: str) -> Result:
        file = tmp_path / "tallypost.toml"
        own = 'device = "tp-1"\n[camera]\nkind = "synthetic"\n[outbox]\npath = "o.db"\n'
        file.write_text(own + settings, "utf-8")
        (tmp_path / "site.toml").write_text(site, "utf-8")
        asked = ["--settings", str(file), "--out", str(tmp_path / "papers"), *words]
        return CliRunner().invoke(command, asked)

    return wrote


def bill(folder: Path) -> Any:
    return json.loads((folder / "papers" / SBOM).read_text("utf-8"))


def page(folder: Path) -> str:
    return (folder / "papers" / PROCESSING).read_text("utf-8")


def test_the_bill_is_one_by_another_tools_measure(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    done = write()
    assert done.exit_code == 0, done.output
    text = (tmp_path / "papers" / SBOM).read_text("utf-8")

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_bill_names_what_runs_and_what_needs_what(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    write()
    told = bill(tmp_path)
    names = {each["name"]: each for each in told["components"]}
    needs = {each["ref"]: each["dependsOn"] for each in told["dependencies"]}
    root = told["metadata"]["component"]["bom-ref"]

    assert {"numpy", "cryptography", "cffi", "pydantic-core"} <= set(names)
    assert "pytest" not in names
    assert names["cryptography"]["bom-ref"] in needs[root]
    assert names["cffi"]["bom-ref"] in needs[names["cryptography"]["bom-ref"]]
    [model] = [
        each for each in told["components"] if each["type"] == "machine-learning-model"
    ]
    assert model["licenses"]
    assert model["hashes"][0]["content"] in page(tmp_path)


def test_the_same_machine_has_the_same_bill(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    write()
    first = bill(tmp_path)
    write()

    assert bill(tmp_path)["serialNumber"] == first["serialNumber"]


def test_the_record_says_what_is_counted_and_who_hears_of_it(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    write(MQTT, SITE, "--controller", "City of Example, privacy@example.org")
    told = page(tmp_path)

    for each in (
        "City of Example, privacy@example.org",
        "* lines: Lines that are crossed. `gate`",
        "* intrusions: Areas where nobody may be. `tracks`",
        "fewer than 10 are withheld (profile `strict`)",
        "The site counts for operations",
        "may tell one moment at once, never who it was: intrusions",
        "the broker broker.example.org (MQTT)",
        "The link is encrypted",
        "nobody is heeded",
        "signed every hour",
    ):
        assert each in told


def test_what_is_not_so_is_not_said(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    site = SITE[: SITE.index("[[intrusions]]")].replace(
        'profile = "strict"', "epsilon_per_day = 1.0"
    )
    write("[signing]\nenabled = false\n", site)
    told = page(tmp_path)

    for each in (
        "None: there is no link",
        "No element is drawn that could tell one moment at once",
        "epsilon 1 a day",
        "What was counted is not signed",
        "## (a) Controller\n\n_for the controller to say_",
    ):
        assert each in told
    assert "encrypted" not in told


def test_a_link_in_the_clear_is_said_loudly(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    write(MQTT + "tls = false\n")

    assert "**The link is not encrypted.**" in page(tmp_path)


@pytest.mark.parametrize(
    ("settings", "site", "differs"),
    [
        (MQTT + "keepalive_s = 60\n", SITE, "* settings "),
        (MQTT, SITE.replace('"gate"', '"door"'), "* site "),
    ],
    ids=["settings", "site"],
)
def test_whatever_changes_shows_in_the_hashes(
    write: Callable[..., Result],
    tmp_path: Path,
    settings: str,
    site: str,
    differs: str,
) -> None:
    def hashes() -> dict[str, str]:
        lines = page(tmp_path).splitlines()
        return {line.partition("`")[0]: line for line in lines if "`sha256:" in line}

    write()
    before = hashes()
    write(settings, site)
    after = hashes()

    assert [key for key in before if before[key] != after[key]] == [differs]


def test_a_folder_that_cannot_be_written_is_told(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "papers").write_text("a file")
    done = write()

    assert done.exit_code == 2
    assert "papers" in done.stderr
