"""Writes a page as PNG, black and white: what printers of labels take.

Source: W3C, Portable Network Graphics (second edition), 11.2 and 11.3.5.3 "pHYs".
"""

import struct
import zlib

import numpy as np

from tallypost.documents.drawing.dots import Dots, fill
from tallypost.documents.drawing.drawing import Drawing, Shape, Words
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.letters import Lettering

MM_PER_PT = 25.4 / 72
LUMA = (0.299, 0.587, 0.114)
"""How bright red, green and blue look. Source: ITU-R BT.601."""
DOTS_MAX = 64_000_000
"""An A4 page has 35 million at 600 dpi."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _BITS = 0, 1
_METRE = 1


def png(drawing: Drawing, fonts: Fonts, dots_per_mm: float) -> bytes:
    """Return the page as a file of its own, each dot black or white.

    Args:
        drawing: What is on it; what is darker than half is black.
        fonts: Where its letters come from.
        dots_per_mm: 8 is what label printers call 203 dpi; at most 64 million dots in
            all.

    Raises:
        PaperError: The fonts have not all the letters, or cannot be read.
    """
    return _file(dots(drawing, fonts, dots_per_mm), dots_per_mm)


def dots(drawing: Drawing, fonts: Fonts, dots_per_mm: float) -> Dots:
    """Return which dots of the page are black, as `png` does."""
    dots_per_pt = dots_per_mm * MM_PER_PT
    width, height = (max(1, round(each * dots_per_pt)) for each in drawing.size_pt)
    assert width * height <= DOTS_MAX
    lettering = Lettering(
        [part for part in drawing.parts if isinstance(part, Words)], fonts
    )
    black = np.zeros((height, width), np.bool_)
    for part in drawing.parts:
        drawn = isinstance(part, Shape)
        shape = part if isinstance(part, Shape) else lettering.shape(part)
        dark = _is_dark(part.colour)
        fill(black, shape, dots_per_pt, even_odd=drawn, dark=dark)
    return black


def _is_dark(colour: str) -> bool:
    levels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return sum(map(float.__mul__, LUMA, levels)) < 1 / 2


def _file(black: Dots, dots_per_mm: float) -> bytes:
    height, width = black.shape
    rows = np.packbits(~black, axis=1)
    unfiltered = np.zeros((height, 1), np.uint8)
    per_metre = round(dots_per_mm * 1000)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(
                b"IHDR", struct.pack(">IIBBBBB", width, height, _BITS, _GREY, 0, 0, 0)
            ),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, _METRE)),
            _chunk(b"IDAT", zlib.compress(np.hstack((unfiltered, rows)).tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return b"".join(
        (
            struct.pack(">I", len(data)),
            name,
            data,
            struct.pack(">I", zlib.crc32(name + data)),
        )
    )
