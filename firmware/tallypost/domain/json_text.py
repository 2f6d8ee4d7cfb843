"""Spells JSON compactly, and reads what somebody else wrote: nothing lax or huge."""

import json
import math
from typing import NoReturn

from tallypost.domain import fields
from tallypost.errors import RecordError

NUMBER_CHARACTERS_MAX = 24
"""Enough for every number of ours; Python would read thousands of digits, slowly."""


def parse(payload: bytes, *, bytes_max: int) -> object:
    """Return the value that a JSON text spells.

    Args:
        payload: The text, UTF-8 without a byte order mark.
        bytes_max: Longer texts are refused unread.

    Raises:
        RecordError: Too long, not UTF-8, not JSON, a key twice in one object, NaN or
            infinity, a number of absurd length, nesting without end.
    """
    if len(payload) > bytes_max:
        raise RecordError(
            f"payload: {len(payload)} bytes are above the {bytes_max} of a record"
        )
    try:
        return json.loads(
            payload.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise RecordError("payload: is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise RecordError(f"payload: is not JSON: {error}") from None
    except RecursionError:
        raise RecordError("payload: is nested too deeply") from None


def parse_document(payload: bytes, schema: str, *, bytes_max: int) -> fields.Object:
    """Return the object that a JSON text spells, if it is of a schema.

    Args:
        payload: The text.
        schema: What its key `schema` must hold.
        bytes_max: Longer texts are refused unread.

    Raises:
        RecordError: As from `parse`, or it is no object, or of another schema.
    """
    found = fields.mapping(parse(payload, bytes_max=bytes_max), "")
    fields.of_schema(found, schema)
    return found


def spell(value: object) -> bytes:
    """Return a value as compact JSON in UTF-8; NaN and infinity have no spelling.

    Raises:
        ValueError: It holds one of them.
    """
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RecordError("payload: an object names the same key twice")
    return found


def _no_constant(text: str) -> NoReturn:
    raise RecordError(f"payload: {text} is no number of JSON")


def _integer(text: str) -> int:
    if len(text) > NUMBER_CHARACTERS_MAX:
        raise RecordError(f"payload: a number of {len(text)} digits is too long")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise RecordError("payload: a number is too large")
    return value
