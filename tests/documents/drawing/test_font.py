"""Fonts that are none."""

import random
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from tallypost.documents.drawing.font import Fonts, face
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
        face(file, ["abc"])


def test_a_font_of_countless_tables_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "crowded.ttf"
    tables = b"".join(struct.pack(">IIII", tag, 0, 12, 0) for tag in range(300))
    file.write_bytes(struct.pack(">IHHHH", 0x10000, 300, 0, 0, 0) + tables)

    with pytest.raises(PaperError, match="more tables than any font"):
        face(file, ["abc"])


def test_a_font_that_is_not_there_is_told_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=r"cannot be read .*fonts-dejavu-core"):
        face(tmp_path / "none.ttf", ["abc"])


@pytest.mark.parametrize("seed", range(40))
def test_a_font_whose_bytes_are_spoilt_is_cut_or_refused(
    tmp_path: Path, seed: int
) -> None:
    good = Fonts().bold
    if not good.is_file():
        pytest.skip("needs the package fonts-dejavu-core")
    chance = random.Random(seed)
    raw = bytearray(good.read_bytes())
    for _ in range(8):
        raw[chance.randrange(chance.choice((300, len(raw))))] = chance.randrange(256)
    file = tmp_path / "spoilt.ttf"
    file.write_bytes(raw)

    with suppress(PaperError):
        assert face(file, ["Hello"]).encoded("Hello")
