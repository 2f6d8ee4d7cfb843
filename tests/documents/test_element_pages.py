"""What the pages of elements tell technicians to write is accepted as it stands."""

import re
from pathlib import Path

import pytest

from tallypost.settings.reading import read_site

PAGES = sorted((Path(__file__).parents[2] / "docs" / "elements").glob("*.md"))
DRAWINGS = [
    pytest.param(block, id=f"{page.stem} {place}")
    for page in PAGES
    for place, block in enumerate(
        re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_drawing_on_a_page_is_accepted(tmp_path: Path, drawing: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(drawing, "utf-8")

    assert any(read_site(path).drawn().values())
