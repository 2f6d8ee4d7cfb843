"""Scales a decoded picture to what the detector takes: the one place that does so."""

import struct
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Upright:
    """How a picture stands.

    Attributes:
        matrix: Sets it upright; None where it stands so.
        shown: Its size with square pixels, before it is turned.
    """

    matrix: Matrix | None
    shown: Size

    @property
    def is_turned(self) -> bool:
        """Whether its width becomes its height."""
        return self.matrix is not None and abs(self.matrix[1]) > abs(self.matrix[0])

    @property
    def scene(self) -> Size:
        """Its size as a person sees it."""
        width, height = self.shown
        return Size(height, width) if self.is_turned else self.shown


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
        upright = self.upright(picture, pixel_aspect)
        fit = self._fit
        if upright.is_turned:
            fit = Size(fit.height, fit.width)
        scaled = self._reformat(picture, fit_within(upright.shown, fit))
        if spare and scaled is not picture:
            overwrite(picture)
        return turned(view(scaled), upright.matrix), upright.scene

    def upright(self, picture: Picture, pixel_aspect: Fraction | None) -> Upright:
        """Return how a picture stands.

        Args:
            picture: What the decoder gave.
            pixel_aspect: Width of a pixel over its height; None where nobody says.
        """
        coded = Size(picture.width, picture.height)
        return Upright(
            self._orientation(picture), _with_square_pixels(coded, pixel_aspect)
        )

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
            raise refused(self._place, picture, failure)
        return scaled


def refused(place: str, picture: Picture, failure: str) -> FootageError:
    """Return the error that says which kind of picture swscale will not have."""
    return FootageError(
        f"{place}: pictures of the kind {picture.format.name} at {picture.width}x"
        f"{picture.height} cannot be scaled ({failure}); give footage of a common kind"
    )


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


def view(scaled: Picture) -> Pixels:
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


def turned(pixels: Pixels, matrix: Matrix | None) -> Pixels:
    """Return a view that stands upright: turned by quarters, mirrored, or both."""
    if matrix is None:
        return pixels
    a, b, c, d = matrix
    if abs(b) > abs(a):
        pixels, rightward, downward = pixels.transpose(1, 0, 2), c, b
    else:
        rightward, downward = a, d
    return pixels[:: -1 if downward < 0 else 1, :: -1 if rightward < 0 else 1]
