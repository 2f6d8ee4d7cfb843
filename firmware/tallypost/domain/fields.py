"""Checks one value of a record at a time; a fault names the key's path."""

import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from tallypost.domain.words import COUNT_MAX, QUANTITY_MAX, TEXT_CHARACTERS_MAX
from tallypost.errors import RecordError

NAME_CHARACTERS_MAX = 64
PATH_CHARACTERS_MAX = 200

Object = dict[str, object]
Field = TypeVar("Field")
Choice = TypeVar("Choice", bound=StrEnum)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z", flags=re.ASCII
)


def member(value: object, path: str, key: str) -> object:
    """Return what an object holds under a key that must be there."""
    found = mapping(value, path)
    if key not in found:
        raise _fault(join(path, key), "is missing")
    return found[key]


def mapping(value: object, path: str) -> dict[str, object]:
    """Return an object of JSON as it stands."""
    if not isinstance(value, dict):
        raise _fault(path, f"is {_kind(value)}, not an object")
    return value


def of_schema(value: object, schema: str) -> None:
    """Refuse what is of another schema.

    Raises:
        RecordError: It is.
    """
    told = text(member(value, "", "schema"), "schema")
    if told != schema:
        raise _fault("schema", f"{told[:40]!a} is not {schema}")


def only(found: Object, path: str, known: Collection[str]) -> None:
    """Refuse an object that holds anything else than it may.

    Raises:
        RecordError: It does; names the first stranger.
    """
    for key in found:
        if key not in known:
            raise _fault(join(path, key), f"is not known; known: {', '.join(known)}")


def listed(value: object, path: str, *, items_max: int = COUNT_MAX) -> list[object]:
    """Return a list of JSON of so many items at most."""
    if not isinstance(value, list):
        raise _fault(path, f"is {_kind(value)}, not a list")
    if len(value) > items_max:
        raise _fault(path, f"{len(value)} items are above the {items_max} of it")
    return value


def named(
    value: object, path: str, read: Callable[[object, str], Field]
) -> dict[str, Field]:
    """Return an object whose keys are names (of lines, zones, classes).

    Args:
        value: What stands in the record.
        path: Where it stands.
        read: Reads one value, given the path to it.
    """
    return {
        name(key, join(path, key)): read(item, join(path, key))
        for key, item in mapping(value, path).items()
    }


def name(value: object, path: str) -> str:
    """Return a name: 1 to 64 characters that UTF-8 can carry."""
    found = text(value, path)
    if not 1 <= len(found) <= NAME_CHARACTERS_MAX:
        raise _fault(
            path,
            f"a name of {len(found)} characters; want 1 to {NAME_CHARACTERS_MAX}",
        )
    return found


def text(value: object, path: str, *, characters_max: int = TEXT_CHARACTERS_MAX) -> str:
    """Return a text of so many characters at most that UTF-8 can carry."""
    if not isinstance(value, str):
        raise _fault(path, f"is {_kind(value)}, not a text")
    if len(value) > characters_max:
        raise _fault(
            path, f"{len(value)} characters are above the {characters_max} of a text"
        )
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _fault(path, "holds half a character")
    return value


def count(value: object, path: str) -> int:
    """Return a whole number, 0 to 2^32 - 1."""
    return whole(value, path, low=0, high=COUNT_MAX)


def whole(value: object, path: str, *, low: int, high: int) -> int:
    """Return a whole number between two bounds, both allowed."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _fault(path, f"is {_kind(value)}, not a whole number")
    if not low <= value <= high:
        raise _fault(path, f"{value} is not between {low} and {high}")
    return value


def quantity(
    value: object, path: str, *, low: float = 0.0, high: float = QUANTITY_MAX
) -> float:
    """Return a finite number between two bounds, both allowed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _fault(path, f"is {_kind(value)}, not a number")
    if not (math.isfinite(value) and low <= value <= high):
        raise _fault(path, f"{value} is not between {low:g} and {high:g}")
    return float(value)


def truth(value: object, path: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise _fault(path, f"is {_kind(value)}, not true or false")
    return value


def choice(value: object, path: str, choices: type[Choice]) -> Choice:
    """Return one of a few words."""
    found = text(value, path)
    try:
        return choices(found)
    except ValueError:
        known = ", ".join(choices)
        raise _fault(path, f"{found!a} is none of {known}") from None


def instant(value: object, path: str) -> float:
    """Return seconds since 1970 of a moment such as 2026-11-22T10:15:00Z."""
    found = text(value, path)
    if not _INSTANT.fullmatch(found):
        raise _fault(path, f"{found!a} is no moment like 2026-11-22T10:15:00Z")
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        raise _fault(path, f"{found} is on no calendar") from None
    elapsed = moment - _EPOCH
    if elapsed < timedelta(0):
        raise _fault(path, f"{found} is before 1970")
    return elapsed.total_seconds()


def instant_text(utc_s: float) -> str:
    """Return how a record spells a moment: fractions of a second only where any are."""
    try:
        moment = _EPOCH + timedelta(seconds=utc_s)
    except (OverflowError, ValueError):
        raise RecordError(f"start: {utc_s} s is on no calendar") from None
    spelt = moment.strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{spelt}{fraction}Z"


def _fault(path: str, fact: str) -> RecordError:
    # Whoever wrote the names in a path may have meant them for a terminal or a log.
    shown = path.encode("ascii", "backslashreplace").decode()
    shown = "".join(letter if letter.isprintable() else "?" for letter in shown)
    return RecordError(f"{shown[:PATH_CHARACTERS_MAX] or 'record'}: {fact}")


def join(path: str, key: str) -> str:
    """Return the path to a key of the object at a path."""
    return f"{path}.{key}" if path else key


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", type(None): "null"}
    kinds |= {bool: "true or false", int: "a whole number", float: "a fraction"}
    return kinds.get(type(value), type(value).__name__)
