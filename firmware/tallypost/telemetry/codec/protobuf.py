"""The few words of protocol buffers that Sparkplug needs, written and read.

Source: protobuf.dev, "Encoding". A field is its key, number << 3 | wire type, then

    wire type 0   a varint: seven bits a byte, lowest first, the top bit says "more"
    wire type 1   eight bytes, little endian
    wire type 2   a varint that says how many bytes follow
    wire type 5   four bytes, little endian
"""

import struct
from collections.abc import Iterator

from tallypost.errors import RecordError

VARINT, EIGHT, LENGTH, FOUR = 0, 1, 2, 5
_SIZES = {EIGHT: 8, FOUR: 4}
_SEVEN_BITS, _MORE = 0x7F, 0x80
VARINT_BYTES_MAX = 10


def varint(value: int) -> bytes:
    """Return a whole number, 0 to 2^64 - 1."""
    written = bytearray()
    while value > _SEVEN_BITS:
        written.append(value & _SEVEN_BITS | _MORE)
        value >>= 7
    written.append(value)
    return bytes(written)


def number(field: int, value: int) -> bytes:
    """Return a field that holds a whole number, or true as 1."""
    return varint(field << 3 | VARINT) + varint(value)


def double(field: int, value: float) -> bytes:
    """Return a field that holds a number of eight bytes."""
    return varint(field << 3 | EIGHT) + struct.pack("<d", value)


def block(field: int, value: bytes) -> bytes:
    """Return a field that holds bytes: a text, or a message of its own."""
    return varint(field << 3 | LENGTH) + varint(len(value)) + value


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the value of each field of a message, whoever wrote it.

    Raises:
        RecordError: It ends too soon, or is no such message.
    """
    place = 0
    while place < len(message):
        key, place = _read_varint(message, place)
        kind = key & 7
        if kind == VARINT:
            value, place = _read_varint(message, place)
            yield key >> 3, value
            continue
        if kind == LENGTH:
            size, place = _read_varint(message, place)
        elif kind in _SIZES:
            size = _SIZES[kind]
        else:
            raise RecordError(f"payload: wire type {kind} is none that we know")
        if size > len(message) - place:
            raise RecordError("payload: a field ends after the message")
        yield key >> 3, message[place : place + size]
        place += size


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    """Return a whole number and the place behind it."""
    value = 0
    for index, byte in enumerate(message[place : place + VARINT_BYTES_MAX]):
        value |= (byte & _SEVEN_BITS) << 7 * index
        if byte < _MORE:
            return value, place + index + 1
    raise RecordError("payload: a whole number has no end")
