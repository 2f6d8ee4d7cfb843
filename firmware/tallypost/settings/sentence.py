"""What can be wrong with a value, as a technician would say it: the fact; the wish."""

import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LETTERS_MAX = 40
DIGITS_MAX = 18


def key_path(key: Sequence[str | int]) -> str:
    """Return a place as a person writes it: `lines[0].end`."""
    told = ""
    for item in key:
        if isinstance(item, int):
            told += f"[{item}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_-]{1,40}", item)
            told += ("." if told else "") + (item if plain else shown(item))
    return told


def shown(value: object) -> str:
    """Return a value as TOML writes it: short, printable and without secrets."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        bare = re.sub(r"//.*@", "//...@", value, flags=re.DOTALL)
        cut = bare[:LETTERS_MAX] + ("..." if len(bare) > LETTERS_MAX else "")
        return json.dumps(cut, ensure_ascii=not cut.isprintable())
    if isinstance(value, int) and abs(value) >= 10**DIGITS_MAX:
        return f"a number of more than {DIGITS_MAX} digits"
    return str(value) if isinstance(value, (int, float)) else what(value)


def what(value: object) -> str:
    """Return what kind of thing a value is."""
    kinds: Sequence[tuple[type | tuple[type, ...], str]] = (
        (bool, "true or false"),
        (str, "a text"),
        ((int, float), "a number"),
        ((list, tuple), "a list"),
        (Mapping, "a table"),
    )
    for kind, name in kinds:
        if isinstance(value, kind):
            return name
    return "a date or a time"


def stranger(key: str, known: Sequence[str]) -> str:
    """Return what to say about a key that no setting has."""
    close = difflib.get_close_matches(key[:64], known, n=1)
    if close:
        return f"is not known here; did you mean `{close[0]}`?"
    if not known:
        return "is not known here; take it out"
    return f"is not known here; take it out, or use one of {', '.join(known)}"


def untagged(table: object, kinds: Sequence[str]) -> str:
    """Return what to say about a table of a `kind` that is missing or not known."""
    wish = "write one of " + ", ".join(f'"{kind}"' for kind in kinds)
    if not isinstance(table, Mapping) or "kind" not in table:
        return f"is missing; {wish}"
    kind = table["kind"]
    if isinstance(kind, str):
        close = difflib.get_close_matches(kind[:64].lower(), kinds, n=1)
        wish = f'did you mean "{close[0]}"?' if close else wish
    return f"{shown(kind)} is no kind that is known; {wish}"


def missing(wish: str, meaning: str) -> str:
    """Return what to say about a key that has no default and was not written."""
    if wish or not meaning:
        return f"is missing; {wish or 'write it'}"
    return f"is missing; write it: {meaning[0].lower()}{meaning[1:].rstrip('.')}"


def sentence(kind: str, value: object, bounds: Mapping[str, Any], wish: str) -> str:
    """Return the fact and the wish.

    Args:
        kind: pydantic's name of the error.
        value: What was written.
        bounds: What pydantic says beside it.
        wish: What belongs there; "" where the fact says enough.
    """
    if kind in _TYPES:
        fact, wish = f"is {what(value)}", _TYPES[kind]
        if kind == "tuple_type" and isinstance(value, Mapping):
            wish = "write a list; its tables stand under double brackets, as [[lines]]"
        elif kind in _NUMBERS and isinstance(value, str):
            wish = "write a number without quotation marks"
        elif kind in _NUMBERS and isinstance(value, (int, float)):
            fact = f"{shown(value)} cannot be used here"
    elif kind in _FACTS:
        fact = _FACTS[kind](value, bounds)
    else:
        fact = f"{shown(value)} cannot be accepted"
    return f"{fact}; {wish}" if wish else fact


_NUMBERS = ("int_type", "float_type")
_TYPES = {
    "string_type": "write a text in quotation marks",
    "int_type": "write a whole number",
    "float_type": "write a number",
    "bool_type": "write true or false, without quotation marks",
    "tuple_type": "write a list in square brackets",
    "dict_type": "write a table of keys",
    "model_type": "write a table of keys, as in [camera]",
    "model_attributes_type": "write a table of keys, as in [camera]",
}


def _count(value: Sequence[object], bounds: Mapping[str, Any]) -> str:
    """Return how many there are, and which bound that breaks."""
    if "max_length" in bounds:
        limit = f"above the most ({bounds['max_length']})"
    else:
        limit = f"below the least ({bounds['min_length']})"
    noun = "letter" if isinstance(value, str) else "element"
    plural = "" if len(value) == 1 else "s"
    return f"has {len(value)} {noun}{plural}, {limit}"


_FACTS: dict[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "int_from_float": lambda value, _: f"{shown(value)} is no whole number",
    "finite_number": lambda value, _: f"{shown(value)} is no number that can be used",
    "greater_than": lambda value, b: f"{shown(value)} is not above {b['gt']:g}",
    "greater_than_equal": (
        lambda value, b: f"{shown(value)} is below the least ({b['ge']:g})"
    ),
    "less_than": lambda value, b: f"{shown(value)} is not below {b['lt']:g}",
    "less_than_equal": (
        lambda value, b: f"{shown(value)} is above the most ({b['le']:g})"
    ),
    "string_pattern_mismatch": lambda value, _: f"{shown(value)} does not fit",
    "string_too_short": _count,
    "string_too_long": _count,
    "too_short": _count,
    "too_long": _count,
    "literal_error": lambda value, b: (
        f"{shown(value)} is not known here; write "
        + str(b["expected"]).replace("'", '"')
    ),
}
