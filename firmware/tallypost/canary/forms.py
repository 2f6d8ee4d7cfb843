"""What a canary looks like wherever the pipeline, or somebody who leaks, may put it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.canary.pattern import canary
from tallypost.domain.vision import Pixels
from tallypost.vision.aiming.edges import edges, side_of
from tallypost.vision.glimpse import glimpse, means

Bytes = NDArray[np.uint8]
PIECE_BYTES = 16
"""What of a form must be found together: no chance of 2**-128 is told as a leak."""
_LUMA = np.array([0.299, 0.587, 0.114])
"""Source: ITU-R BT.601-7, 2.5.1."""
_STUDIO_GAIN, _STUDIO_BLACK = 219 / 255, 16
"""Source: ITU-R BT.601-7, 2.5.3."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One thing that a canary may be found as.

    Attributes:
        name: What it is called in a report.
        content: Its bytes, shape (n,).
    """

    name: str
    content: Bytes


def forms(shapes: Collection[tuple[int, int, int]], seed: int) -> list[Form]:
    """Return everything that is looked for.

    Args:
        shapes: Number, height and width of every canary that was planted.
        seed: Of the canaries.
    """
    return [
        form
        for number, height, width in shapes
        for form in _forms(canary((height, width, 3), seed, number))
        if form.content.size >= PIECE_BYTES
    ]


def _forms(pixels: Pixels) -> Iterator[Form]:
    yield _bytes("pixels", pixels)
    yield _bytes("pixels, blue first", pixels[..., ::-1])
    for name, ordered in (("red", pixels), ("blue", pixels[..., ::-1])):
        for fourth in (0, 255):
            padded = np.pad(ordered, ((0, 0), (0, 0), (0, 1)), constant_values=fourth)
            yield _bytes(f"pixels of 4 bytes, {name} first", padded)
    yield _bytes("elements of int8", pixels ^ 0x80)
    for channel, colour in enumerate(("red", "green", "blue")):
        yield _bytes(f"{colour} plane", pixels[..., channel])
    luma = pixels @ _LUMA
    yield _bytes("luma plane", np.rint(luma))
    yield _bytes("luma plane, cut off", luma)
    yield _bytes("luma plane of video", np.rint(luma * _STUDIO_GAIN + _STUDIO_BLACK))
    seen = glimpse(pixels)
    yield Form("glimpse", seen.luma.reshape(-1).view(np.uint8))
    height, width = pixels.shape[:2]
    coarse = means(pixels, side_of(width, height))
    yield Form("means of a sketch's cells", coarse.reshape(-1).view(np.uint8))
    free = np.zeros(coarse.shape, np.bool_)
    yield Form("edges of one look", np.packbits(edges(pixels, free)))
    for side in (2, 4):
        smaller = _smaller(pixels, side)
        yield _bytes(f"pixels, a {side}th of the size", smaller)
        yield _bytes(f"luma, a {side}th of the size", np.rint(smaller @ _LUMA))


def _bytes(name: str, values: NDArray[np.generic]) -> Form:
    return Form(name, np.ascontiguousarray(values.astype(np.uint8)).reshape(-1))


def _smaller(pixels: Pixels, side: int) -> Pixels:
    """Return the means of square blocks, rounded; what fills none is left out."""
    rows, columns = (each // side for each in pixels.shape[:2])
    blocks = pixels[: rows * side, : columns * side]
    means = blocks.reshape(rows, side, columns, side, 3).mean(axis=(1, 3))
    return np.asarray(np.rint(means).astype(np.uint8))
