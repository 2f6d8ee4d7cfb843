"""Draws small labelled pictures of a street."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tallypost_training.pack import Packed
from tallypost_training.pictures import CLASSES, SetDescription

WHOLE = SetDescription("street", CLASSES, 1, "drawn by a test")
Row = tuple[int, float, float, float, float]
"""One label: class, middle x and y, width, height, in 0..1 of the picture."""
Scene = tuple[Image.Image, Sequence[Row]]
MakePacked = Callable[[Sequence[Scene]], Packed]


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
