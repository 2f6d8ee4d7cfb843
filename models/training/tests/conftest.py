"""What every test of the recipe may ask for: small pictures, drawn on the spot."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tallypost_training.pack import Packed, pack
from tallypost_training.pictures import CLASSES, Faults, SetDescription, read_split

ROOT = Path(__file__).resolve().parents[3]
WHOLE = SetDescription("street", CLASSES, 1, "drawn by a test")
Row = tuple[int, float, float, float, float]
"""One label: class, middle x and y, width, height, in 0..1 of the picture."""
Scene = tuple[Image.Image, Sequence[Row]]
MakePacked = Callable[[Sequence[Scene]], Packed]


@pytest.fixture(autouse=True)
def _same_numbers_each_time() -> None:
    torch.manual_seed(1)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real labelled pictures and public models."""
    told = os.environ.get("TALLYPOST_DATA", str(ROOT / ".." / "shared" / "data"))
    folder = Path(told)
    if not (folder / "labelled").is_dir():
        pytest.skip(f"needs labelled pictures in {folder}; name it in TALLYPOST_DATA")
    return folder.resolve()


def street(width: int = 320, height: int = 240, seed: int = 0) -> Scene:
    """Return a grey street with one bright car and one dark person."""
    random = np.random.default_rng(seed)
    pixels = random.integers(90, 120, (height, width, 3), np.uint8)
    left, top = random.uniform(0.1, 0.4, 2)
    rows = [(3, left + 0.15, top + 0.1, 0.3, 0.2), (0, 0.8, 0.6, 0.08, 0.3)]
    for row, colour in zip(rows, ((250, 240, 40), (10, 10, 60)), strict=True):
        x, y, w, h = row[1] * width, row[2] * height, row[3] * width, row[4] * height
        box = [round(v) for v in (x - w / 2, y - h / 2, x + w / 2, y + h / 2)]
        pixels[box[1] : box[3], box[0] : box[2]] = colour
    return Image.fromarray(pixels), rows


def write_set(folder: Path, scenes: Sequence[Scene]) -> None:
    """Write pictures and their labels, as a set folder holds them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (picture, rows) in enumerate(scenes):
        picture.save(folder / f"{number:03}.png")
        lines = [" ".join(str(x) for x in row) for row in rows]
        (folder / f"{number:03}.txt").write_text("\n".join(lines))


@pytest.fixture
def make_packed(tmp_path: Path) -> MakePacked:
    """Pack scenes by the recipe's own means."""

    def make(scenes: Sequence[Scene]) -> Packed:
        write_set(tmp_path / "street" / "train", scenes)
        samples = read_split(tmp_path, [WHOLE], "train", Faults())
        file = tmp_path / "packed.npz"
        pack(samples, {}, file, Faults(), quality=100)
        return Packed(file)

    return make
