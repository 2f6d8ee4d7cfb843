"""Reads larger elements of arrays as the pixels that they may once have been."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallypost.canary.forms import Bytes

BLOCK = 1024
IN_BLOCK_MIN = 32
"""A block of fewer elements that could be pixels holds no row of a picture."""
LIGHTEST = 255
DARKEST_FLOAT = 1e-3
ROUNDED = 0.01
FLOATS = {
    "floats 0 to 255": (1.0, 0.0),
    "floats 0 to 1": (255.0, 0.0),
    "floats -1 to 1": (127.5, 127.5),
}
"""By what and with what a float becomes 0 to 255."""
WORDS = {"words of 2 bytes": "<u2", "words of 4 bytes": "<u4"}


def elements(content: bytes) -> Iterator[tuple[str, Bytes]]:
    """Yield what larger elements of an array are, where they may be a picture's.

    Args:
        content: From memory, aligned as elements are.

    Yields:
        What they were, and 0 to 255 for each, 0 for what is no pixel; blocks in which
        nearly none is one are left out.
    """
    size = BLOCK * 4
    aligned = content[: len(content) // size * size]
    for name, kind in WORDS.items():
        words = np.frombuffer(aligned, kind).reshape(-1, BLOCK)
        found = _dense(words, (words > 0) & (words <= LIGHTEST))
        yield name, np.where(found <= LIGHTEST, found, 0).astype(np.uint8)
    floats = np.frombuffer(aligned, "<f4").reshape(-1, BLOCK)
    size_of = np.abs(floats)
    some = (size_of > DARKEST_FLOAT) & (size_of < LIGHTEST + ROUNDED)
    dense = np.where(some, floats, 0).astype(np.float32)
    dense = _dense(dense, some)
    for name, (gain, zero) in FLOATS.items():
        yield name, _pixels(dense * np.float32(gain) + np.float32(zero))


def _dense(values: NDArray[Any], some: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the blocks in which there are enough, one after another."""
    enough = np.count_nonzero(some, axis=1) >= IN_BLOCK_MIN
    return np.asarray(values[enough].reshape(-1))


def _pixels(light: NDArray[np.float32]) -> Bytes:
    nearest = np.rint(light)
    true = (nearest >= 0) & (nearest <= LIGHTEST) & (abs(light - nearest) < ROUNDED)
    return np.where(true, nearest, 0).astype(np.uint8)
