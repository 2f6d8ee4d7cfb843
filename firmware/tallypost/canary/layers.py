"""Undoes what bytes may be wrapped in: texts, compression, numbers one by one."""

import binascii
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Literal

DEPTH_MAX = 3
INFLATED_BYTES_MAX = 1 << 24
INNER_BYTES_MIN = 16
GAP = bytes(16)
"""Between what was unwrapped here and there: no find goes over it."""
ZLIB_OR_GZIP = 47
"""Source: zlib.h, inflateInit2: 15 bits of window, and 32 to tell the header."""
NUMBERS_BYTES_MAX = 1 << 22
"""Of larger texts the numbers are not joined."""
NUMBER_BYTES_MAX = 8

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{22,}")
_HEX = re.compile(rb"(?:[0-9a-f]{2}){16,}|(?:[0-9A-F]{2}){16,}")
_DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
"""Source: RFC 1950, 2.2 (with the window of 32 KiB); RFC 1952, 2.3.1."""
_NUMBER = re.compile(rb"(?<![\w.])\d{1,20}(?![\w.])")
_QUOTED = re.compile(rb'"[^"\\]*"')
_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")

PICTURES = {
    "a JPEG": re.compile(rb"\xff\xd8\xff(?:\xe0..JFIF|\xe1..Exif|\xdb)", re.DOTALL),
    "a PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "a GIF": re.compile(rb"GIF8[79]a"),
    "a WebP": re.compile(rb"RIFF....WEBPVP8", re.DOTALL),
    "an AVIF or HEIF": re.compile(rb"ftyp(?:avif|heic|mif1)"),
}
"""How files of pictures begin. We make none: where one begins, something has leaked."""


def layers(content: bytes, depth: int = DEPTH_MAX) -> Iterator[tuple[str, bytes]]:
    """Yield bytes as they are, and what they are when they are unwrapped.

    Args:
        content: From anywhere.
        depth: How many wrappings within each other are undone.

    Yields:
        What was undone, as in "base64: deflated: "; empty where nothing was.
    """
    yield "", content
    if depth == DEPTH_MAX and len(content) <= NUMBERS_BYTES_MAX:
        # Also without texts: names of elements may hold numbers of their own.
        for text in (content, _QUOTED.sub(b"", content)):
            yield "numbers: ", joined([int(each) for each in _NUMBER.findall(text)])
    if depth:
        for name, unwrap in _WRAPPINGS.items():
            inner = GAP.join(unwrap(content))
            if len(inner) >= INNER_BYTES_MIN:
                for within, deepest in layers(inner, depth - 1):
                    yield f"{name}: {within}", deepest


def joined(numbers: Sequence[int]) -> bytes:
    """Return the low bytes of numbers, one after another, as somebody may hide bytes.

    So many of each as there may be, and from either end.

    Args:
        numbers: In the order in which they were told, not below 0.
    """
    return GAP.join(
        b"".join(
            (number & (1 << 8 * width) - 1).to_bytes(width, order) for number in numbers
        )
        for width in range(1, NUMBER_BYTES_MAX + 1)
        for order in _ORDERS
    )


def pictures(content: bytes) -> Iterator[tuple[str, int]]:
    """Yield which files of pictures begin in some bytes, and where."""
    for name, beginning in PICTURES.items():
        for found in beginning.finditer(content):
            yield name, found.start()


def _of_base64(content: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(content):
        text = run.translate(_URL_SAFE)
        # What we find may begin in the middle of somebody's text.
        for start in range(4):
            whole = text[start : start + (len(text) - start) // 4 * 4]
            yield binascii.a2b_base64(whole)


def _of_hexadecimal(content: bytes) -> Iterator[bytes]:
    return (binascii.unhexlify(run) for run in _HEX.findall(content))


def _deflated(content: bytes) -> Iterator[bytes]:
    for found in _DEFLATED.finditer(content):
        inflating = zlib.decompressobj(wbits=ZLIB_OR_GZIP)
        with suppress(zlib.error):
            yield inflating.decompress(content[found.start() :], INFLATED_BYTES_MAX)


_WRAPPINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "base64": _of_base64,
    "hexadecimal": _of_hexadecimal,
    "deflated": _deflated,
}
