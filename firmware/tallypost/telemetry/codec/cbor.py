"""CBOR, as much of it as signed batches need: one spelling for each value.

Written by the rules of deterministic encoding, and read only where it keeps them: the
shortest heads, definite lengths, the keys of a map in the order of their bytes. So no
two texts of bytes are the same value, and a hash of one is a hash of the other.

Source: RFC 8949, 3 "Specification of the CBOR Encoding", 4.2.1 "Core Deterministic
Encoding Requirements".
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

from tallypost.errors import RecordError

DEPTH_MAX = 8
"""Nothing of ours is nested as deeply."""
WHOLE_MAX = 2**63 - 1
_WIDTHS = {24: ">B", 25: ">H", 26: ">I", 27: ">Q"}
"""How the argument follows a head, by the head's lower five bits."""
_WHOLE, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_NULL = 22


@dataclass(frozen=True, slots=True)
class Tag:
    """A value, and what it is said to be."""

    number: int
    value: "Value"


Value = int | bytes | str | None | Tag | Sequence["Value"] | Mapping["Value", "Value"]


def encode(value: Value) -> bytes:
    """Return the one spelling of a value.

    Raises:
        ValueError: A whole number is beyond 63 bits.
    """
    body = b""
    match value:
        case None:
            head = _head(_SIMPLE, _NULL)
        case int():
            negative = value < 0
            head = _head(_NEGATIVE, -1 - value) if negative else _head(_WHOLE, value)
        case bytes():
            head, body = _head(_BYTES, len(value)), value
        case str():
            body = value.encode()
            head = _head(_TEXT, len(body))
        case Tag():
            head, body = _head(_TAG, value.number), encode(value.value)
        case Mapping():
            pairs = sorted((encode(key), encode(each)) for key, each in value.items())
            head, body = _head(_MAP, len(pairs)), b"".join(map(b"".join, pairs))
        case _:
            head, body = _head(_LIST, len(value)), b"".join(map(encode, value))
    return head + body


def decode(data: bytes) -> Value:
    """Return the value that bytes spell, whoever wrote them.

    Args:
        data: As many as whoever asks is willing to read.

    Raises:
        RecordError: They are not the one spelling of a value that `encode` takes; names
            the byte.
    """
    reader = _Reader(data)
    value = reader.value(DEPTH_MAX)
    if reader.place != len(data):
        reader.refuse(f"{len(data) - reader.place} bytes follow the end")
    return value


class _Reader:
    """Reads one value after another."""

    def __init__(self, data: bytes) -> None:
        self.place = 0
        self._data = data

    def refuse(self, fact: str) -> NoReturn:
        raise RecordError(f"cbor: byte {self.place}: {fact}")

    def value(self, depth_left: int) -> Value:
        kind, argument = self._head()
        if kind in {_WHOLE, _NEGATIVE}:
            return argument if kind == _WHOLE else -1 - argument
        if kind == _BYTES:
            return self._take(argument)
        if kind == _TEXT:
            return self._text(argument)
        if kind == _SIMPLE:
            return None
        return self._nesting(kind, argument, depth_left - 1)

    def _nesting(self, kind: int, argument: int, depth_left: int) -> Value:
        if depth_left < 0:
            self.refuse("is nested more deeply than anything of ours")
        if kind == _LIST:
            # A list ends where the bytes do: a count alone takes up no memory.
            return [self.value(depth_left) for _ in range(argument)]
        if kind == _MAP:
            return self._map(argument, depth_left)
        return Tag(argument, self.value(depth_left))

    def _head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        kind, short = first >> 5, first & 31
        if kind == _SIMPLE:
            if short != _NULL:
                self.refuse("is a fraction, or a simple value other than null")
            return kind, short
        if short < min(_WIDTHS):
            return kind, short
        if short not in _WIDTHS:
            self.refuse("has no length, or a reserved one")
        width = _WIDTHS[short]
        [argument] = struct.unpack(width, self._take(struct.calcsize(width)))
        if argument > WHOLE_MAX or _head(kind, argument)[0] != first:
            self.refuse("is longer than it need be, or beyond 63 bits")
        return kind, argument

    def _take(self, count: int) -> bytes:
        if count > len(self._data) - self.place:
            left = len(self._data) - self.place
            self.refuse(f"{count} bytes should follow, and {left} do")
        taken = self._data[self.place : self.place + count]
        self.place += count
        return taken

    def _text(self, count: int) -> str:
        try:
            return self._take(count).decode()
        except UnicodeDecodeError:
            self.refuse("is not UTF-8")

    def _map(self, count: int, depth_left: int) -> dict[Value, Value]:
        found: dict[Value, Value] = {}
        keys: list[bytes] = []
        for _ in range(count):
            start = self.place
            key = self.value(0)
            keys.append(self._data[start : self.place])
            found[key] = self.value(depth_left)
        if any(before >= after for before, after in pairwise(keys)):
            self.refuse("the keys of a map are not in order, each once")
        return found


def _head(kind: int, argument: int) -> bytes:
    """Return a head in as few bytes as it can have."""
    if argument > WHOLE_MAX:
        raise ValueError(f"{argument} is beyond 63 bits")
    if argument < min(_WIDTHS):
        return bytes([kind << 5 | argument])
    short = 24 + sum(argument >= 2**bits for bits in (8, 16, 32))
    return bytes([kind << 5 | short]) + struct.pack(_WIDTHS[short], argument)
