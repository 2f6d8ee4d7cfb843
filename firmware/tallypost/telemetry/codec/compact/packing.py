"""Puts the fields of a frame into bits, and takes them out, as the table says."""

import math
from collections.abc import Mapping, Sequence

from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.bits import Reader, Writer
from tallypost.telemetry.codec.compact.table import Field, Told

Decoded = dict[str, object]


def pack(writer: Writer, fields: Sequence[Field], values: Mapping[str, Told]) -> None:
    """Write the fields of a frame in their order.

    Args:
        writer: Where to.
        fields: Which.
        values: By name; a number that is missing or None is untold.

    Raises:
        CodecError: One does not fit; names it.
    """
    for field in fields:
        raw = _raw(field, values.get(field.name))
        try:
            if field.bits:
                writer.whole(raw or 0, field.bits)
            else:
                writer.number(raw)
        except CodecError as error:
            raise CodecError(f"{field.name}: {error}") from error


def unpack(reader: Reader, fields: Sequence[Field]) -> Decoded:
    """Return the fields of a frame by name, without numbers that are untold.

    Raises:
        CodecError: The frame ends before they do, or one is nothing that it may be.
    """
    found: Decoded = {}
    for field in fields:
        raw = reader.whole(field.bits) if field.bits else reader.number()
        if raw is not None:
            found[field.name] = _value(field, raw)
    return found


def ended(reader: Reader, what: str) -> None:
    """Refuse what has more bits left than fill up a byte.

    Raises:
        CodecError: It has.
    """
    if reader.left > 7:  # noqa: PLR2004  # a whole byte is no filling
        raise CodecError(f"{what}: has {reader.left} bits behind its end")


def _raw(field: Field, value: Told) -> int | None:
    """Return what stands in the bits for a value."""
    if field.choices:
        if value not in field.choices or value is None:
            raise CodecError(f"{field.name}: {value!a} is none of {field.choices}")
        return field.choices.index(value)
    if value is None and not field.bits:
        return None
    if value is None or isinstance(value, str):
        raise CodecError(f"{field.name}: {value!a} is no number")
    _check(field, value)
    return math.floor(value * field.scale + 0.5) - field.lowest


def _value(field: Field, raw: int) -> Told:
    """Return the value that bits stand for."""
    if field.choices:
        told = field.choices[raw] if raw < len(field.choices) else None
        if told is None:
            raise CodecError(
                f"{field.name}: {raw} is nothing that this decoder knows; take a newer "
                "one"
            )
        return told
    value = raw + field.lowest
    _check(field, value)
    return value if field.scale == 1 else value / field.scale


def _check(field: Field, value: float) -> None:
    low, high = field.low, field.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise CodecError(f"{field.name}: {value} is not within {low}..{high}")
