"""Folds a record's JSON, so that deflate finds more of it said before.

What differs from minute to minute are numbers, in between words that seldom do. They
are taken out of the words, and the most common phrases are told by one byte each:

```
words | 0 | digits | 0 | wholes | 0 | decimals | 0 | hashes

words     the text; of a number that is a member's value only its kind is left: nothing
          where it is one digit, "#" where it is whole, "." where it has decimals;
          bytes 1 to 8 and 14 to 26 stand for phrases
digits    numbers of one digit, nothing between them
wholes    other whole numbers, commas between them
decimals  numbers with a decimal point, commas between them
hashes    SHA-256 in hexadecimal digits, 64 each, taken from behind "sha256:"
```

All of it belongs to a version of `packing`: it never changes, or nothing that was
stored could be read.
"""

import re
from collections.abc import Iterator, Mapping

from tallypost.errors import RecordError

_CLASSES = (b"car", b"person", b"bicycle", b"truck", b"bus", b"motorcycle")
# Longer ones before those that are part of them.
_PHRASES = (
    b'},"total":{"forward":',
    b'},"backward":',
    b'":{"forward":',
    b'":{"occupancy_mean":',
    b'},"occupancy_max":',
    b'},"entries":',
    b'},"exits":',
    b'}}},"',
    b'}},"',
    *(b'{"%s":' % name for name in _CLASSES),
    *(b',"%s":' % name for name in _CLASSES),
)
_HASH_BYTES = 64
_NUMBER = re.compile(rb'(?<=":)(\d+(?:\.\d+)?)(?=[,}])')
_MARK = re.compile(rb'(?<=":)([#.]?)(?=[,}])')
_HASH = re.compile(rb"(?<=sha256:)([0-9a-f]{64})")
_NO_HASH = re.compile(rb"(?<=sha256:)()")
# JSON has none of these bytes; line feeds stand between records.
_PHRASE_OF = {
    bytes([code]): phrase
    for code, phrase in zip((*range(1, 9), *range(14, 27)), _PHRASES, strict=True)
}
_PARTS = 5


def fold(text: bytes) -> bytes:
    """Return a text folded; whatever it is, but `unfold` may make another one of it."""
    words = _NUMBER.split(text)
    told: Mapping[bytes, list[bytes]] = {b"": [], b"#": [], b".": []}
    for place, number in enumerate(words[1::2]):
        mark = b"." if b"." in number else b"#" if len(number) > 1 else b""
        told[mark].append(number)
        words[2 * place + 1] = mark
    words = _HASH.split(b"".join(words))
    folded, hashes = b"".join(words[::2]), b"".join(words[1::2])
    for code, phrase in _PHRASE_OF.items():
        folded = folded.replace(phrase, code)
    numbers = (b"".join(told[b""]), b",".join(told[b"#"]), b",".join(told[b"."]))
    return b"\0".join((folded, *numbers, hashes))


def unfold(folded: bytes) -> bytes:
    """Return the text that `fold` made this of.

    Raises:
        RecordError: It made nothing of this kind.
    """
    parts = folded.split(b"\0")
    if len(parts) != _PARTS:
        raise RecordError(f"record: has {len(parts)} parts where {_PARTS} belong")
    text, digits, wholes, decimals, hashes = parts
    for code, phrase in _PHRASE_OF.items():
        text = text.replace(code, phrase)
    numbers: Mapping[bytes, Iterator[bytes]] = {
        b"": _pieces(digits, 1),
        b"#": iter(wholes.split(b",")),
        b".": iter(decimals.split(b",")),
    }
    hashed = _pieces(hashes, _HASH_BYTES)
    try:
        words = _MARK.split(text)
        words[1::2] = [next(numbers[mark]) for mark in words[1::2]]
        words = _NO_HASH.split(b"".join(words))
        words[1::2] = [next(hashed) for _ in words[1::2]]
    except StopIteration:
        raise RecordError("record: has fewer numbers than places for them") from None
    return b"".join(words)


def _pieces(text: bytes, length: int) -> Iterator[bytes]:
    return (text[at : at + length] for at in range(0, len(text), length))
