"""The canary: pictures of noise that nobody has seen before, made of one number."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Pixels

SEED_BITS = 63
STREAM_BITS = 40
"""How far apart, in words of 8 bytes, two pictures begin."""

# Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014),
# figure 17: SplitMix64, of which this is the output for state after state.
_GAMMA = 0x9E3779B97F4A7C15
_MIXES = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31
_WORD = 2**64


def fill(pixels: Pixels, seed: int, number: int) -> None:
    """Overwrite a picture with one of the canaries; no copy of it stays behind.

    Args:
        pixels: Any shape; may be a strided view.
        seed: Below 2**63: what tells this test's canaries from all others.
        number: Which of them.
    """
    words, scratch = _words(pixels.size, seed, number)
    pixels[...] = words.view(np.uint8)[: pixels.size].reshape(pixels.shape)
    words.fill(0)
    scratch.fill(0)


def canary(shape: tuple[int, int, int], seed: int, number: int) -> Pixels:
    """Return one of the canaries, for whoever looks for it.

    Args:
        shape: Of the picture.
        seed: As for `fill`.
        number: Likewise.
    """
    pixels = np.empty(shape, np.uint8)
    fill(pixels, seed, number)
    return pixels


def _words(
    size: int, seed: int, number: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return noise of at least so many bytes, and memory that shows some of it."""
    words = np.arange(-(-size // 8), dtype=np.uint64)
    scratch = np.empty_like(words)
    words += np.uint64((seed + (number << STREAM_BITS)) % _WORD)
    words *= np.uint64(_GAMMA)
    for shift, factor in _MIXES:
        np.right_shift(words, np.uint64(shift), out=scratch)
        np.bitwise_xor(words, scratch, out=words)
        words *= np.uint64(factor)
    np.right_shift(words, np.uint64(_LAST_SHIFT), out=scratch)
    np.bitwise_xor(words, scratch, out=words)
    return words, scratch
