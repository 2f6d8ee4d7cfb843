"""What a bundle told is gone from a card once another lies there."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from tallypost_provisioning.cards.clusters import wipe
from tallypost_provisioning.cards.image import ImageCard
from tallypost_provisioning.errors import CardError
from tests.provisioning.town import Town

DEVICES = 2
"""The city has two."""
SECTOR = 512
needs_mtools = pytest.mark.skipif(
    shutil.which("mcopy") is None, reason="needs mtools; apt install mtools"
)


def mtools(tool: str, image: Path, *words: object) -> bytes:
    command = [tool, "-i", str(image), *map(str, words)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def sectors(raw: bytes) -> set[bytes]:
    """Return all whole sectors of a file that tell something."""
    whole = range(0, len(raw) - SECTOR + 1, SECTOR)
    return {raw[at : at + SECTOR] for at in whole} - {bytes(SECTOR)}


@pytest.mark.parametrize("words", [("tp-0001",), ("tp-0002", "--replace")])
def test_a_bundle_is_written_over_before_another_takes_its_place(
    town: Town, words: tuple[str, ...]
) -> None:
    town.must("write", "tp-0001", "--boot", town.boot)
    old = town.boot / "old"
    old.hardlink_to(town.card / "bundle.json")
    size = old.stat().st_size

    town.must("write", *words, "--boot", town.boot)

    assert old.read_bytes() == bytes(size)


def test_a_name_that_leads_elsewhere_is_not_written_over(town: Town) -> None:
    mine = town.boot / "mine"
    mine.write_text("of my own")
    town.card.mkdir()
    (town.card / "bundle.json").symlink_to(mine)

    assert "cannot be written" in town.refused("write", "tp-0001", "--boot", town.boot)
    assert mine.read_text() == "of my own"


@needs_mtools
@pytest.mark.parametrize("fat", ["12", "16", "32"])
def test_a_bundle_in_an_image_is_written_over_wherever_it_lies(
    town: Town, fat: str
) -> None:
    image, filling = town.boot / "card.img", town.boot / "filling"
    kinds = {"12": (4, ()), "16": (32, ()), "32": (64, ("-F",))}
    mib, words = kinds[fat]
    image.write_bytes(bytes(mib * 2**20))
    mtools("mformat", image, *words, "-v", "bootfs", "::")
    filling.write_bytes(b"\1" * SECTOR * 3)
    for name in "abc":
        mtools("mcopy", image, filling, f"::/{name}")
    mtools("mdel", image, "::/a")  # so that what comes next lies in two pieces
    town.must("write", "tp-0001", "--image", image)
    old = mtools("mtype", image, "::/tallypost/bundle.json")
    others = sectors(image.read_bytes()) & {b"\1" * SECTOR}

    town.must("write", "tp-0002", "--image", image, "--replace")

    new = mtools("mtype", image, "::/tallypost/bundle.json")
    ImageCard(image).remove("bundle.json")

    left = sectors(image.read_bytes())
    assert sectors(old) != sectors(new)
    assert not (sectors(old) | sectors(new)) & left
    assert others <= left


def test_nothing_but_what_is_meant_is_written_over() -> None:
    image = io.BytesIO(bytes(SECTOR) + b"something else")

    with pytest.raises(CardError, match="is damaged"):
        wipe(image, 0, b"::/tallypost/bundle.json <2-3>", b"a bundle")
    assert image.getvalue() == bytes(SECTOR) + b"something else"
