"""Keeps measured tables in pages of docs/, each between two marks."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
DATA = Path(os.environ.get("TALLYPOST_DATA", ROOT / ".." / "shared" / "data"))


def put(name: str, text: str, place: Path = PAGE) -> None:
    """Print a part of a page, and write it there in place of the one before."""
    print(text, flush=True)
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    page = place.read_text("utf-8")
    part = f"{begin}\n{text.strip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"{place}: has no marks for {name}")
    place.write_text(pattern.sub(lambda _: part, page), "utf-8")


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def machine() -> str:
    """Return on what this is measured."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores of {cpu}, {platform.machine()}"


def today() -> str:
    """Return the date."""
    return datetime.now(tz=UTC).date().isoformat()


def where() -> str:
    """Return on what, and when, this was measured."""
    return f"Measured {today()} on {machine()}."
