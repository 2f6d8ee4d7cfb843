"""The pages in docs/ say what the code says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.documents.docstring import attributes, summary
from tallypost.documents.page import filled, pages
from tallypost.documents.table import table
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import read_device_settings, read_site
from tallypost.settings.site import Site

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(path, text, id=str(path.relative_to(ROOT)))
        for path, text in pages(DOCS).items()
    ],
)
def test_generated_files_are_up_to_date(path: Path, text: str) -> None:
    assert path.read_text("utf-8") == text, "run scripts/documents"


def test_the_script_says_what_is_due_and_then_does_it(tmp_path: Path) -> None:
    copy = tmp_path / "scripts" / "documents"
    copy.parent.mkdir()
    shutil.copy(ROOT / "scripts" / "documents", copy)
    shutil.copytree(DOCS, tmp_path / "docs")
    lorawan = Path("backend") / "lorawan"
    shutil.copytree(ROOT / lorawan, tmp_path / lorawan)
    page = tmp_path / "docs" / "settings.md"
    page.write_text(page.read_text("utf-8").replace("| `interval_s` |", "| `x` |"))
    schema = tmp_path / "docs" / "schema" / "site.schema.json"
    schema.unlink()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, copy, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    due = run("--check")
    assert due.returncode == 1
    assert due.stdout.splitlines() == [f"{page}: out of date", f"{schema}: out of date"]
    assert not schema.exists()
    assert run().returncode == 0
    assert page.read_text("utf-8") == (DOCS / "settings.md").read_text("utf-8")
    assert run("--check").stdout == ""


def test_what_people_wrote_on_a_page_stays() -> None:
    page = "before\n<!-- begin x -->\nold\n<!-- end x -->\nafter\n"

    made = filled(page, {"x": "new \\1"})

    assert made == ("before\n<!-- begin x -->\n\nnew \\1\n\n<!-- end x -->\nafter\n")
    assert filled(made, {"x": "new \\1"}) == made


def test_a_block_that_nobody_makes_is_no_silent_gap() -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled("<!-- begin nobody -->\n<!-- end nobody -->\n", {})


@pytest.mark.parametrize("model", [DeviceSettings, Site])
def test_every_key_is_on_the_page_with_its_meaning(
    model: type[DeviceSettings | Site],
) -> None:
    page = (DOCS / "settings.md").read_text("utf-8")
    schema = model.model_json_schema()
    for each in (schema, *schema["$defs"].values()):
        for key, node in each["properties"].items():
            row = re.search(rf"^\| `{key}` \|.*\|$", page, re.MULTILINE)
            assert row, key
            assert node.get("description"), key


def test_the_examples_are_accepted() -> None:
    settings = read_device_settings(DOCS / "examples" / "tallypost.toml")
    site = read_site(DOCS / "examples" / "site.toml")

    assert settings.site == DOCS / "examples" / "site.toml"
    assert [line.name for line in site.lines] == ["gate", "street"]


def test_what_an_example_offers_in_comments_is_accepted_too(tmp_path: Path) -> None:
    """A technician takes the marks away and expects it to work."""
    text = (DOCS / "examples" / "tallypost.toml").read_text("utf-8")
    path = tmp_path / "tallypost.toml"
    offers = [
        block.replace("\n# ", "\n").removeprefix("# ")
        for block in re.findall(r"(?:^# [\[a-z_]+(?:\]| = ).*\n)+", text, re.MULTILINE)
    ]
    tables = [offer for offer in offers if offer.startswith("[camera]")]

    assert len(tables) == 3
    for offer in tables:
        path.write_text(offer, "utf-8")
        read_device_settings(path)
    keys = "".join(offer for offer in offers if offer.startswith("certificate_file"))
    path.write_text(f'[uplink]\nkind = "mqtt"\nhost = "a"\n{keys}', "utf-8")
    read_device_settings(path)


def test_a_docstring_is_read_as_it_is_written() -> None:
    class Described:
        """First line.

        Attributes:
            one: Short.
            two: Long and
                folded: with a colon.
        """

    assert summary(Described) == "First line."
    assert attributes(Described) == {
        "one": "Short.",
        "two": "Long and folded: with a colon.",
    }


def test_a_cell_cannot_break_its_table() -> None:
    assert table(["a"], [["x|y"]]) == "| a |\n| --- |\n| x\\|y |"
