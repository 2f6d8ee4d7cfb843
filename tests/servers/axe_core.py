"""Looks with axe-core whether everybody can use a page: an eye that is not ours."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

FOLDER = Path(__file__).parent / "axe"
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
REQUIRED = "TALLYPOST_REQUIRE_AXE"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  const told = ({ target, failureSummary }) => `${target} ${failureSummary}`;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(told).join()}`);
}"""


def faults(page: Page) -> list[str]:
    """Return what axe-core finds wrong with what a page shows just now."""
    if not SCRIPT.is_file():
        missing = f"axe-core is missing; run `npm ci` in {FOLDER}"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(missing)
        pytest.skip(f"nobody looked whether all can use it: {missing}")
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text("utf-8"))
    found: list[str] = page.evaluate(LOOK, TAGS)
    return found
