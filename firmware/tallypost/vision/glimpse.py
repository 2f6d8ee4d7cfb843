"""Makes the small grey picture by which the camera is watched and motion is noticed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Pixels

Luma = NDArray[np.float32]
"""Shape (rows, columns), 0..255."""

WIDTH_MAX = 96
_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
"""Red, green and blue's part in luma. Source: ITU-R BT.601-7, 2.5.1."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """What a picture looks like from afar; as short-lived as the picture.

    Attributes:
        luma: Means of square blocks of pixels, at most `WIDTH_MAX` in a row.
        detail: Of the same shape: by how much neighbouring pixels differ within each
            block, from left to right, as the mean of absolute differences; the noise of
            single pixels is averaged out over the block's height first.
    """

    luma: Luma
    detail: Luma

    def erase(self) -> None:
        """Overwrite it; it is gone."""
        self.luma[...] = 0
        self.detail[...] = 0


def glimpse(pixels: Pixels) -> Glimpse:
    """Return a picture's glimpse; what does not fill a block is left out.

    What it makes on the way is overwritten: memory that is merely freed shows the
    picture to whoever gets it next.

    Args:
        pixels: Any size, at least 1x1; may be a strided view.
    """
    height, width = pixels.shape[:2]
    side = min(-(-width // WIDTH_MAX), height)
    strips = strips_of(pixels, side)
    steps = steps_across(strips)
    np.abs(steps, out=steps)
    seen = Glimpse(luma=_blocks(strips, side), detail=_blocks(steps, side))
    for each in (strips, steps):
        each.fill(0)
    return seen


def means(pixels: Pixels, side: int) -> Luma:
    """Return means of square blocks of pixels; what does not fill a block is left out.

    Args:
        pixels: At least one block; may be a strided view.
        side: Of a block.
    """
    strips = strips_of(pixels, side)
    found = _blocks(strips, side)
    strips.fill(0)
    return found


def strips_of(pixels: Pixels, height: int) -> Luma:
    """Return luma averaged over so many rows, column by column.

    It shows the picture: whoever asks for it overwrites it.

    Args:
        pixels: At least so many rows; may be a strided view.
        height: Of a strip; what is left at the right to fill a square is left out.
    """
    rows, columns = (each // height for each in pixels.shape[:2])
    blocks = pixels[: rows * height, : columns * height]
    sums = _sums(blocks.reshape(rows, height, columns * height, 3))
    strips = _weighted(sums, _WEIGHTS / np.float32(height))
    sums.fill(0)
    return strips


def _blocks(strips: Luma, side: int) -> Luma:
    rows, columns = strips.shape
    return _means(strips.reshape(rows, columns // side, side))


def steps_across(light: Luma) -> Luma:
    """Return differences to the left-hand neighbour, 0 in the first column.

    Row after row in one go: of a part of an array numpy would keep a copy.

    Args:
        light: Contiguous.
    """
    steps = np.zeros_like(light)
    flat = light.reshape(-1)
    np.subtract(flat[1:], flat[:-1], out=steps.reshape(-1)[1:])
    steps[:, 0] = 0
    return steps


def _means(values: NDArray[np.float32]) -> Luma:
    """Return means of the last axis; numpy's own divides in memory of its own."""
    means = np.zeros(values.shape[:-1], np.float32)
    np.add.reduce(values, axis=2, out=means)
    means *= np.float32(1 / values.shape[2])
    return means


def _sums(blocks: Pixels) -> NDArray[np.uint16]:
    """Return sums along axis 1; numpy's own would cast in memory that nobody erases."""
    sums = np.zeros((len(blocks), *blocks.shape[2:]), np.uint16)
    line = np.empty_like(sums)
    for row in range(blocks.shape[1]):
        line[...] = blocks[:, row]
        sums += line
    line.fill(0)
    return sums


def _weighted(sums: NDArray[np.uint16], weights: NDArray[np.float32]) -> Luma:
    """Return sums of the last axis, weighted."""
    total = np.zeros(sums.shape[:-1], np.float32)
    part = np.empty_like(total)
    for channel, weight in enumerate(weights):
        part[...] = sums[..., channel]
        part *= weight
        total += part
    part.fill(0)
    return total
