"""The labels on the page."""

from pathlib import Path

from tallypost_provisioning.labels.pictures import pictures

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_shows_labels_as_they_are_made() -> None:
    page = (DOCS / "labels.md").read_text("utf-8")

    for name, told in pictures().items():
        assert (DOCS / name).read_text("utf-8") == told, "run scripts/documents"
        assert f"({name})" in page
