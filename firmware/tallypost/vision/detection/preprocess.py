"""Writes a picture into a model's input: letterbox, colour, quantization at once."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Pixels
from tallypost.errors import ModelError
from tallypost.vision.detection.manifest import (
    Colour,
    InputDescription,
    Layout,
    Placement,
)
from tallypost.vision.detection.tensors import Tensor, TensorFacts

CHANNELS = 3
SIGN_BIT = 0x80
"""Flipped, it makes of 0..255 the int8 elements -128..127."""

Convert = Callable[[Pixels, Tensor], None]
"""Writes pixels, shape (h, w, 3), into a view of the input of the same shape."""


class Placed(NamedTuple):
    """Where the picture lies in the input, in pixels."""

    left: int
    top: int
    width: int
    height: int


class InputWriter:
    """Puts pictures into one input tensor, and takes them out again.

    What the picture leaves free is filled when its size changes, not for each picture:
    an interpreter never writes to its own input.

    Args:
        description: How a picture becomes the tensor.
        facts: What the file says of the tensor; its shape has been checked.
    """

    def __init__(self, description: InputDescription, facts: TensorFacts) -> None:
        self._description = description
        table = element_table(description, facts)
        self._convert = _conversion(description, table)
        grey = table[description.pad]
        # One number fills a picture many times as fast as three in turn.
        self._grey = grey[0] if (grey == grey[0]).all() else grey
        self._padded: Placed | None = None

    def place(self, pixels: Pixels) -> Placed:
        """Return where a picture will lie.

        Raises:
            ModelError: It is larger than the input, empty, or no colour picture.
        """
        height, width = pixels.shape[:2]
        size = self._description.size
        if pixels.shape != (height, width, CHANNELS) or pixels.dtype != np.uint8:
            raise ModelError(
                f"a picture of shape {pixels.shape} and type {pixels.dtype} came; the "
                f"detector wants (height, width, 3) of uint8"
            )
        if not (1 <= width <= size.width and 1 <= height <= size.height):
            raise ModelError(
                f"a picture of {width}x{height} came; the detector wants it scaled to "
                f"fit into {size}"
            )
        if self._description.placement is Placement.TOP_LEFT:
            return Placed(0, 0, width, height)
        left, top = (size.width - width) // 2, (size.height - height) // 2
        return Placed(left, top, width, height)

    def write(self, pixels: Pixels, tensor: Tensor) -> Placed:
        """Write a picture into the tensor and return where it lies.

        Args:
            pixels: Shape (h, w, 3), red green blue, not larger than the input.
            tensor: The input tensor, batch first; written in place.

        Raises:
            ModelError: As `place`.
        """
        placed = self.place(pixels)
        picture = self._as_picture(tensor)
        if placed != self._padded:
            picture[...] = self._grey
            self._padded = placed
        self._convert(pixels, _part(picture, placed))
        return placed

    def wipe(self, tensor: Tensor) -> None:
        """Overwrite what was last written with the grey of the padding."""
        if self._padded is not None:
            part = _part(self._as_picture(tensor), self._padded)
            part[...] = self._grey

    def _as_picture(self, tensor: Tensor) -> Tensor:
        """Return the tensor as height, width, channel, whatever its layout."""
        if self._description.layout is Layout.NCHW:
            return np.moveaxis(tensor[0], 0, -1)
        return np.asarray(tensor[0])


def _part(picture: Tensor, placed: Placed) -> Tensor:
    """Return the view of the input that the picture fills."""
    left, top, width, height = placed
    return picture[top : top + height, left : left + width]


def element_table(description: InputDescription, facts: TensorFacts) -> Tensor:
    """Return what each of 256 brightnesses becomes: shape (256, 3), the tensor's type.

    Source: TensorFlow Lite 8-bit quantization specification, "Specification summary":
    real = (element - zero_point) * scale.
    """
    brightness = np.arange(256, dtype=np.float64)[:, None]
    real = (brightness - np.array(description.mean)) / np.array(description.std)
    if not np.issubdtype(facts.dtype, np.integer):
        return np.asarray(real.astype(facts.dtype))
    steps = real / facts.scale + facts.zero_point if facts.scale else real
    limits = np.iinfo(facts.dtype)
    clipped = np.clip(np.rint(steps), limits.min, limits.max)
    return np.asarray(clipped.astype(facts.dtype))


def _conversion(description: InputDescription, table: Tensor) -> Convert:
    """Return the quickest way that gives what the table says."""
    plain = description.colour is Colour.RGB and description.layout is Layout.NHWC
    same = bool((table == table[:, :1]).all())
    ladder = np.arange(256)
    if plain and same and table.dtype == np.uint8 and (table[:, 0] == ladder).all():
        return _copy
    if (
        plain
        and same
        and table.dtype == np.int8
        and (table[:, 0] == ladder - 128).all()
    ):
        return _flip_sign
    turn = -1 if description.colour is Colour.BGR else 1
    if table.dtype == np.float32:
        return _affine(table, turn)
    if plain and same:
        return _look_up(np.ascontiguousarray(table[:, 0]))
    return _look_up_by_channel(table, turn)


def _copy(pixels: Pixels, part: Tensor) -> None:
    part[...] = pixels


def _flip_sign(pixels: Pixels, part: Tensor) -> None:
    np.bitwise_xor(pixels, SIGN_BIT, out=part.view(np.uint8))


def _look_up(table: NDArray[np.integer]) -> Convert:
    def convert(pixels: Pixels, part: Tensor) -> None:
        # mode="clip" spares the buffer that "raise" needs; no index is out of range
        np.take(table, pixels, out=part, mode="clip")

    return convert


def _look_up_by_channel(table: NDArray[np.integer], turn: int) -> Convert:
    columns = [np.ascontiguousarray(table[:, channel]) for channel in range(CHANNELS)]

    def convert(pixels: Pixels, part: Tensor) -> None:
        for channel, source in enumerate(range(CHANNELS)[::turn]):
            part[..., channel] = columns[channel][pixels[..., source]]

    return convert


def _affine(table: NDArray[np.float32], turn: int) -> Convert:
    """Return gain and offset by channel: four times quicker than looking floats up."""
    gains = (table[255] - table[0]) / np.float32(255)

    def convert(pixels: Pixels, part: Tensor) -> None:
        for channel, source in enumerate(range(CHANNELS)[::turn]):
            plane = part[..., channel]
            np.multiply(pixels[..., source], gains[channel], out=plane)
            if table[0, channel]:
                plane += table[0, channel]

    return convert
