"""Finds pieces of a canary in any bytes, wherever in them they begin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.canary.forms import PIECE_BYTES, Bytes, Form

WORD = 8
STRIDE, STEP = 4, 3
"""Words are compared that begin at every fourth byte here and at every third byte of a
form: wherever a piece of 19 bytes begins, two of them meet, for 3 and 4 have no common
divisor (Chinese remainder theorem). A find may be shorter, as `PIECE_BYTES` tells."""
SIEVE_BITS = 24
PART_BYTES = 1 << 22
OVERLAP_BYTES = 1 << 12
"""What of the next part a find may need; a longer one is told in parts."""
ALIKE_BYTES = 4096
"""So much is compared at once."""


@dataclass(frozen=True, slots=True)
class Find:
    """A piece of a canary.

    Attributes:
        form: What it was found as.
        place: At which byte it begins.
        size_bytes: How long it is.
    """

    form: str
    place: int
    size_bytes: int


class Finder:
    """Looks for every form of the canaries at once.

    Words of the forms are kept in a sorted table; two sieves of one bit for each
    value of 24 bits spare nearly all that is looked at from being looked up.

    Args:
        wanted: What to look for.
    """

    def __init__(self, wanted: Sequence[Form]) -> None:
        self._forms = wanted
        words, owners, places = [], [], []
        for owner, form in enumerate(wanted):
            at = np.arange(0, form.content.size - WORD + 1, STEP, dtype=np.int32)
            every = np.lib.stride_tricks.sliding_window_view(form.content, WORD)
            words.append(np.ascontiguousarray(every[at]).view("<u8").reshape(-1))
            owners.append(np.full(at.size, owner, np.int32))
            places.append(at)
        empty = np.empty(0, "<u8")
        joined = np.concatenate([empty, *words])
        order = np.argsort(joined, kind="stable")
        self._words = joined[order]
        self._owners = np.concatenate([empty.astype(np.int32), *owners])[order]
        self._places = np.concatenate([empty.astype(np.int32), *places])[order]
        self._sieves = [_sieve(self._words, shift) for shift in (0, SIEVE_BITS)]

    def search(self, content: bytes | Bytes) -> list[Find]:
        """Return what of the canaries is in some bytes, in order."""
        whole = np.frombuffer(content, np.uint8)
        found: list[Find] = []
        for start in range(0, whole.size, PART_BYTES):
            part = whole[start : start + PART_BYTES + OVERLAP_BYTES]
            if part.any():
                found += self._in_part(part, start, found[-1:])
        return found

    def _in_part(self, part: Bytes, start: int, last: list[Find]) -> list[Find]:
        done = last[0].place + last[0].size_bytes - start if last else 0
        found = []
        for at in self._candidates(part):
            if at < done:
                continue
            find = self._find(part, at)
            if find is not None:
                done = find.place + find.size_bytes
                placed = Find(find.form, find.place + start, find.size_bytes)
                found.append(placed)
        return found

    def _candidates(self, part: Bytes) -> list[int]:
        """Return where words of the forms are, rising."""
        if not self._words.size:
            return []
        hits = []
        for offset in range(0, WORD, STRIDE):
            count = (part.size - offset) // WORD
            words = part[offset : offset + count * WORD].view("<u8")
            at = np.flatnonzero(words)
            words = words[at]
            for shift, sieve in zip((0, SIEVE_BITS), self._sieves, strict=True):
                kept = sieve[_folded(words, shift)]
                words, at = words[kept], at[kept]
            nearest = np.searchsorted(self._words, words)
            same = self._words[np.minimum(nearest, self._words.size - 1)] == words
            hits.append(at[same] * WORD + offset)
        return [int(each) for each in np.sort(np.concatenate(hits))]

    def _find(self, part: Bytes, at: int) -> Find | None:
        """Return the piece that a word is of; None where it is too short for one."""
        word = part[at : at + WORD].view("<u8")[0]
        for index in self._of(word):
            form = self._forms[self._owners[index]]
            place = int(self._places[index])
            after = _alike(part[at:], form.content[place:])
            before = _alike(part[:at][::-1], form.content[:place][::-1])
            if before + after >= PIECE_BYTES:
                return Find(form.name, at - before, before + after)
        return None

    def _of(self, word: np.uint64) -> Iterator[int]:
        first = int(np.searchsorted(self._words, word))
        for index in range(first, self._words.size):
            if self._words[index] != word:
                return
            yield index


def _sieve(words: NDArray[np.uint64], shift: int) -> NDArray[np.bool_]:
    sieve = np.zeros(1 << SIEVE_BITS, np.bool_)
    sieve[_folded(words, shift)] = True
    return sieve


def _folded(words: NDArray[np.uint64], shift: int) -> NDArray[np.int64]:
    """Return 24 bits of each word, as numpy takes them for places."""
    mask = np.uint64((1 << SIEVE_BITS) - 1)
    return ((words >> np.uint64(shift)) & mask).view(np.int64)


def _alike(one: Bytes, other: Bytes) -> int:
    """Return with how many bytes both begin alike."""
    size = min(one.size, other.size)
    for start in range(0, size, ALIKE_BYTES):
        part = slice(start, min(start + ALIKE_BYTES, size))
        differ = one[part] != other[part]
        if differ.any():
            return start + int(differ.argmax())
    return size
