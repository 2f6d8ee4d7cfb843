"""Fonts that are none."""

from pathlib import Path

import pytest

from tallypost.documents.drawing.font import Face
from tallypost.errors import PaperError


@pytest.mark.parametrize(
    "content",
    [b"", b"no font", b"\x00\x01\x00\x00" + b"\xff" * 64, b"OTTO" + b"\x00" * 200],
    ids=["empty", "text", "torn", "outlines"],
)
def test_a_file_that_is_no_font_is_told_by_its_name(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "evil.ttf"
    file.write_bytes(content)

    with pytest.raises(PaperError, match=r"evil\.ttf: .*font"):
        Face(file, ["abc"])


def test_a_font_that_is_not_there_is_told_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=r"cannot be read .*fonts-dejavu-core"):
        Face(tmp_path / "none.ttf", ["abc"])
