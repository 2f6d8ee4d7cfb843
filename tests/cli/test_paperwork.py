"""`tallypost paperwork`: what it writes is true, and says when it is not any more."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tallypost.cli.options import LANGUAGES
from tallypost.cli.paperwork import command
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.paperwork.papers import SBOM
from tallypost.documents.paperwork.sign.words import LANGUAGES as SPOKEN

PROCESSING = "record-of-processing.md"

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
    host = '[host]\ncontroller = "City of Example"\ncontact = "privacy@example.org"\n'
    write(MQTT + host)
    told = page(tmp_path)

    for each in (
        "* City of Example",
        "* contact: privacy@example.org",
        "* lines: Lines that are crossed. `gate`",
        "* intrusions: Areas where nobody may be. `tracks`",
        "fewer than 10 are withheld (profile `strict`)",
        "The site counts for operations",
        "tell one moment at once, never who it was: intrusions",
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
        "No element tells one moment at once",
        "epsilon 1 a day",
        "What was counted is not signed",
        "## (a) Controller\n\n* _for the controller to say_",
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


def check(folder: Path) -> Result:
    settings, papers = folder / "tallypost.toml", folder / "papers"
    asked = ["--settings", str(settings), "--check", str(papers)]
    return CliRunner().invoke(command, asked)


def test_papers_hold_until_something_changes(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    assert write().exit_code == 0
    fresh = check(tmp_path)
    site = tmp_path / "site.toml"
    site.write_text(SITE.replace('"gate"', '"door"'), "utf-8")
    stale = check(tmp_path)

    assert fresh.exit_code == 0, fresh.output
    assert "every paper describes what runs" in fresh.output
    assert stale.exit_code == 1
    assert "sign.en.svg: is out of date: it describes site sha256:" in stale.output


def test_a_sign_is_written_in_every_language_that_is_asked_for(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    done = write(MQTT, SITE, "--language", "de", "--language", "nl")
    kinds = ["pdf", "svg"] if Fonts().regular.is_file() else ["svg"]

    assert sorted(each.name for each in (tmp_path / "papers").glob("sign.*")) == [
        f"sign.{language}.{kind}" for language in ("de", "nl") for kind in kinds
    ]
    assert done.exit_code == (0 if "pdf" in kinds else 1)
    assert tuple(SPOKEN) == LANGUAGES


def test_a_pdf_that_cannot_be_is_told_and_all_else_is_written(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    host = '[host]\ncontroller = "\u6771\u4eac\u90fd"\n'
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "sign.en.pdf").write_text("an older one")
    done = write(MQTT + host)

    assert done.exit_code == 1
    assert "sign.en.pdf: is not written: " in done.stderr
    assert "print the SVG" in done.stderr
    assert not (papers / "sign.en.pdf").exists()
    assert "\u6771\u4eac\u90fd" in (papers / "sign.en.svg").read_text("utf-8")
    assert check(tmp_path).exit_code == 0


def test_a_camera_that_cannot_be_locked_in_is_said(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    write()
    file = tmp_path / "tallypost.toml"
    text = file.read_text("utf-8")
    origin = 'kind = "gstreamer"\norigin = "csi"'
    file.write_text(text.replace('kind = "synthetic"', origin), "utf-8")
    asked = ["--settings", str(file), "--out", str(tmp_path / "papers")]
    done = CliRunner().invoke(command, asked)

    assert done.exit_code in {0, 1}, done.output
    assert "**The process that sees is not locked in by the kernel**" in page(tmp_path)


def test_a_font_that_is_none_is_told(
    write: Callable[..., Result], tmp_path: Path
) -> None:
    done = write(MQTT, SITE, "--font", str(tmp_path / "site.toml"))

    assert done.exit_code == 1
    assert "site.toml: is no font that can be read" in done.stderr


@pytest.mark.parametrize("words", [[], ["--out", "a", "--check", "."]])
def test_papers_are_either_written_or_checked(words: list[str]) -> None:
    done = CliRunner().invoke(command, words)

    assert done.exit_code == 2
    assert "give --out to write papers, or --check to check them" in done.stderr
