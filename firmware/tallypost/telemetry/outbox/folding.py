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
_NUMBER = re.compile(rb'(?<=":)\d+(\.\d+)?(?=[,}])')
_KIND = re.compile(rb'(?<=":)[#.]?(?=[,}])')
_HASH = re.compile(rb"(?<=sha256:)[0-9a-f]{64}")
_NO_HASH = re.compile(rb"(?<=sha256:)")
# JSON has none of these bytes; line feeds stand between records.
_PHRASE_OF = dict(zip((*range(1, 9), *range(14, 27)), _PHRASES, strict=True))
_CODE = re.compile(b"[%b]" % bytes(_PHRASE_OF))
_PARTS = 5


def fold(text: bytes) -> bytes:
    """Return a text folded; whatever it is, but `unfold` may make another one of it."""
    numbers: Mapping[bytes, list[bytes]] = {b"": [], b"#": [], b".": []}
    hashes: list[bytes] = []

    def kind(found: re.Match[bytes]) -> bytes:
        mark = b"." if found[1] else b"#" if len(found[0]) > 1 else b""
        numbers[mark].append(found[0])
        return mark

    def nothing(found: re.Match[bytes]) -> bytes:
        hashes.append(found[0])
        return b""

    words = _HASH.sub(nothing, _NUMBER.sub(kind, text))
    for code, phrase in _PHRASE_OF.items():
        words = words.replace(phrase, bytes([code]))
    parts = (b"".join(numbers[b""]), b",".join(numbers[b"#"]), b",".join(numbers[b"."]))
    return b"\0".join((words, *parts, b"".join(hashes)))


def unfold(folded: bytes) -> bytes:
    """Return the text that `fold` made this of.

    Raises:
        RecordError: It made nothing of this kind.
    """
    parts = folded.split(b"\0")
    if len(parts) != _PARTS:
        raise RecordError(f"record: has {len(parts)} parts where {_PARTS} belong")
    words, digits, wholes, decimals, hashes = parts
    numbers: Mapping[bytes, Iterator[bytes]] = {
        b"": _pieces(digits, 1),
        b"#": iter(wholes.split(b",")),
        b".": iter(decimals.split(b",")),
    }
    hashed = _pieces(hashes, _HASH_BYTES)
    text = _CODE.sub(lambda found: _PHRASE_OF[found[0][0]], words)
    text = _KIND.sub(lambda found: _next(numbers[found[0]]), text)
    return _NO_HASH.sub(lambda _: _next(hashed), text)


def _pieces(text: bytes, length: int) -> Iterator[bytes]:
    return (text[at : at + length] for at in range(0, len(text), length))


def _next(found: Iterator[bytes]) -> bytes:
    for each in found:
        return each
    raise RecordError("record: has fewer numbers than places for them")
