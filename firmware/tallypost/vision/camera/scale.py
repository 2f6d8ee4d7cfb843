"""Scales a decoded picture to what the detector takes: the one place that does so."""

import struct
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from tallypost.domain.vision import Pixels, Size
from tallypost.errors import FootageError

Picture = av.VideoFrame
Matrix = tuple[int, int, int, int]
"""a, b, c, d of x' = ax + cy, y' = bx + dy, which set a picture upright."""

PIXEL_ASPECT_MAX = 4
"""Pixels four times as wide as high are a fault of the header; so is the reverse."""

# Measured on 768x576 -> 320x240 against true area averages: AREA 40 dB in 0.6 ms,
# BICUBIC 38.5 dB in 1.2, BILINEAR 38 dB in 0.8; FAST_BILINEAR (25 dB) and POINT (30)
# skip pixels, and what is far off flickers. When it enlarges, AREA is bilinear.
SCALING = Interpolation.AREA | Interpolation.ACCURATE_RND

QUARTER_TURNS = ((1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0))
"""Display matrices of 0, 90, 180 and 270 degrees counterclockwise."""
ABORTING_KINDS = frozenset(("yaf32be", "yaf32le"))
"""swscale 9 ends the whole process over these (an assertion of its own)."""


def fit_within(scene: Size, fit: Size) -> Size:
    """Return the largest size of the scene's own shape that fits, at least 1x1.

    Small scenes are enlarged: the result touches `fit` in width, in height, or in both.
    """
    share = min(fit.width / scene.width, fit.height / scene.height)
    width, height = (round(side * share) for side in scene)
    return Size(max(1, min(width, fit.width)), max(1, min(height, fit.height)))


class Scaler:
    """Turns decoded pictures of any size and kind into RGB that fits.

    Args:
        fit: The size to fit into.
        place: How messages call the footage.
    """

    def __init__(self, fit: Size, place: str) -> None:
        self._fit = fit
        self._place = place
        self._reformatter = VideoReformatter()
        self._rotation: int | None = None
        self._matrix: Matrix | None = None

    def scale(
        self, picture: Picture, pixel_aspect: Fraction | None, *, spare: bool
    ) -> tuple[Pixels, Size]:
        """Return the pixels, upright and scaled, and the size of the scene.

        The scene is what a person would see: turned as the footage asks, with square
        pixels. The pixels may be a strided view; they may be written to.

        Args:
            picture: What the decoder gave.
            pixel_aspect: Width of a pixel over its height; None where nobody says.
            spare: Whether the decoder needs the picture no more: it is overwritten.

        Raises:
            FootageError: These pictures cannot be turned into RGB.
        """
        matrix = self._orientation(picture)
        turned = matrix is not None and abs(matrix[1]) > abs(matrix[0])
        shown = _with_square_pixels(Size(picture.width, picture.height), pixel_aspect)
        fit = Size(self._fit.height, self._fit.width) if turned else self._fit
        scaled = self._reformat(picture, fit_within(shown, fit))
        if spare and scaled is not picture:
            overwrite(picture)
        pixels = _turned(_view(scaled), matrix)
        return pixels, Size(shown.height, shown.width) if turned else shown

    def _orientation(self, picture: Picture) -> Matrix | None:
        """Return the display matrix; a mirror is noticed when the rotation changes.

        PyAV never lets go of a picture whose side data was looked at: so it is looked
        at once, and then only when the footage turns.
        """
        if picture.rotation != self._rotation:
            self._rotation = picture.rotation
            self._matrix = _display_matrix(picture)
        return self._matrix

    def _reformat(self, picture: Picture, size: Size) -> Picture:
        failure = ""
        try:
            if picture.format.name in ABORTING_KINDS:
                raise ValueError  # noqa: TRY301  as swscale should say
            scaled = self._reformatter.reformat(
                picture,
                *size,
                "rgb24",
                interpolation=SCALING,
                threads=1,  # the other cores look at the picture before
            )
            # Nothing to do gives the decoder's own buffer, which it may need again.
            if scaled is picture:
                scaled.make_writable()
        except (av.FFmpegError, ValueError) as error:
            failure = type(error).__name__
        if failure:
            raise FootageError(
                f"{self._place}: pictures of the kind {picture.format.name} at "
                f"{picture.width}x{picture.height} cannot be scaled ({failure}); "
                "give footage of a common kind"
            )
        return scaled


def overwrite(picture: Picture) -> None:
    """Overwrite a picture that the decoder needs no more."""
    for plane in picture.planes:
        np.frombuffer(memoryview(plane), np.uint8)[...] = 0


def _with_square_pixels(coded: Size, pixel_aspect: Fraction | None) -> Size:
    if not pixel_aspect or not (
        1 / PIXEL_ASPECT_MAX <= pixel_aspect <= PIXEL_ASPECT_MAX
    ):
        return coded
    return Size(max(1, round(coded.width * pixel_aspect)), coded.height)


def _view(scaled: Picture) -> Pixels:
    """Return the picture's own buffer, its rows' padding left out: no copy."""
    plane = scaled.planes[0]
    return np.ndarray(
        (scaled.height, scaled.width, 3),
        np.uint8,
        buffer=memoryview(plane),
        strides=(plane.line_size, 3, 1),
    )


def _display_matrix(picture: Picture) -> Matrix | None:
    """Return a, b, c, d of x' = ax + cy, y' = bx + dy, which set a picture upright.

    Source: FFmpeg, libavutil/display.h, "The display transformation matrix".
    """
    try:
        side_data: Any = picture.side_data  # the stubs describe something else
        kinds = [data.type.name for data in side_data]
    except ValueError:
        # PyAV has no name for some of FFmpeg's side data, such as EXIF, and then gives
        # none of them: what is left is the angle, without a mirror.
        return QUARTER_TURNS[round(picture.rotation / 90) % 4]
    if "DISPLAYMATRIX" not in kinds:
        return None
    a, b, _, c, d = struct.unpack_from("=5i", memoryview(side_data["DISPLAYMATRIX"]))
    return a, b, c, d


def _turned(pixels: Pixels, matrix: Matrix | None) -> Pixels:
    """Return a view that stands upright: turned by quarters, mirrored, or both."""
    if matrix is None:
        return pixels
    a, b, c, d = matrix
    if abs(b) > abs(a):
        pixels, rightward, downward = pixels.transpose(1, 0, 2), c, b
    else:
        rightward, downward = a, d
    return pixels[:: -1 if downward < 0 else 1, :: -1 if rightward < 0 else 1]
