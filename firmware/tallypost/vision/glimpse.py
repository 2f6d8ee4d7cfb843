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

    Args:
        pixels: Any size, at least 1x1; may be a strided view.
    """
    height, width = pixels.shape[:2]
    side = min(-(-width // WIDTH_MAX), height)
    rows, columns = height // side, width // side
    blocks = pixels[: rows * side].reshape(rows, side, width * 3)
    sums = np.add.reduce(blocks, axis=1, dtype=np.uint16)
    strips = sums.reshape(rows, width, 3)[:, : columns * side].astype(np.float32)
    strips = strips @ (_WEIGHTS / side)
    steps = np.empty_like(strips)
    np.abs(strips[:, 1:] - strips[:, :-1], out=steps[:, 1:])
    steps[:, 0] = 0
    shape = (rows, columns, side)
    return Glimpse(
        luma=strips.reshape(shape).mean(axis=2),
        detail=steps.reshape(shape).mean(axis=2),
    )
