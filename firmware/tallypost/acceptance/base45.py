"""Spells bytes in the 45 letters that codes for telephones hold most tightly.

Source: RFC 9285, "The Base45 Data Encoding", 4.
"""

from tallypost.errors import RecordError

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_BASE = len(LETTERS)
_PAIR, _SINGLE = 3, 2
"""Letters that two bytes take, and a last one alone."""


def encode(data: bytes) -> str:
    """Return bytes as letters."""
    told = []
    for at in range(0, len(data), 2):
        part = data[at : at + 2]
        value = int.from_bytes(part, "big")
        for _ in range(_PAIR if len(part) == 2 else _SINGLE):  # noqa: PLR2004  # a pair
            value, letter = divmod(value, _BASE)
            told.append(LETTERS[letter])
    return "".join(told)


def decode(text: str) -> bytes:
    """Return the bytes that letters spell.

    Raises:
        RecordError: They spell none.
    """
    told = b""
    for at in range(0, len(text), _PAIR):
        part = text[at : at + _PAIR]
        places = [LETTERS.find(letter) for letter in part]
        size = len(part) - 1
        value = sum(place * _BASE**power for power, place in enumerate(places))
        if -1 in places or not size or value >= 256**size:
            raise RecordError(f"code: {part!a} is no base45 (RFC 9285)")
        told += value.to_bytes(size, "big")
    return told
