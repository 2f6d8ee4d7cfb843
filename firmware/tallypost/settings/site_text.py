"""Writes a site that was drawn as the TOML that a person could have written.

Numbers of a list stand on lines of their own: a file of ours has few dots in a line.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import NoReturn

from tallypost.errors import SettingsError
from tallypost.settings.sentence import key_path

NESTED_MAX = 12
SITE = "site.toml"
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PLAIN_LIST_MAX = 4
"""A point or a few classes stand on one line."""

Key = tuple[str | int, ...]


def site_text(document: Mapping[str, object]) -> str:
    """Return a JSON document as TOML.

    Args:
        document: As JSON has it; its keys are those of `site.toml`.

    Raises:
        SettingsError: It holds what TOML has no word for; names the key's path.
    """
    return "\n".join(_table((), document, ())).strip("\n") + "\n"


def _table(name: Key, table: Mapping[str, object], key: Key) -> Iterator[str]:
    """Yield the lines of a table: its own values first, then the tables in it.

    Args:
        name: The table's, as TOML has it.
        table: What it holds.
        key: Where it stands, with the places in lists.
    """
    _check_depth(key)
    for word, value in table.items():
        if not _holds_tables(value):
            yield f"{_word(word)} = {_value(value, (*key, word))}"
    for word, value in table.items():
        heading = ".".join(map(_word, (*name, word)))
        if isinstance(value, Mapping):
            yield f"\n[{heading}]"
            yield from _table((*name, word), value, (*key, word))
        elif isinstance(value, list) and _holds_tables(value):
            for place, each in enumerate(value):
                yield f"\n[[{heading}]]"
                yield from _table((*name, word), each, (*key, word, place))


def _holds_tables(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, Mapping) for each in value)
    return isinstance(value, Mapping)


def _word(word: object) -> str:
    text = str(word)
    return text if _BARE.fullmatch(text) else _text(text, (text,))


def _value(value: object, key: Key) -> str:
    match value:
        case bool():
            told = str(value).lower()
        case int():
            told = str(value)
        case float():
            told = _number(value, key)
        case str():
            told = _text(value, key)
        case list():
            told = _list(value, key)
        case Mapping():
            told = _inline(value, key)
        case _:
            _refuse(key, "is nothing; leave the key out")
    return told


def _inline(table: Mapping[str, object], key: Key) -> str:
    """Return a table among values that are none."""
    _check_depth(key)
    pairs = (
        f"{_word(word)} = {_value(each, (*key, word))}" for word, each in table.items()
    )
    return "{ " + ", ".join(pairs) + " }"


def _number(value: float, key: Key) -> str:
    if not math.isfinite(value):
        _refuse(key, "is no number that can be used; write a finite one")
    return repr(value)


def _text(value: str, key: Key) -> str:
    """Return a basic string. Source: TOML 1.0, "String"."""
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        _refuse(key, "holds half a character; write it anew")
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(value: list[object], key: Key) -> str:
    _check_depth(key)
    told = [_value(each, (*key, place)) for place, each in enumerate(value)]
    on_one_line = len(told) <= _PLAIN_LIST_MAX and not any(
        "\n" in each for each in told
    )
    if on_one_line and not any(isinstance(each, list) for each in value):
        return "[" + ", ".join(told) + "]"
    return "[\n" + "".join(f"  {each},\n" for each in told) + "]"


def _check_depth(key: Key) -> None:
    if len(key) > NESTED_MAX:
        _refuse(key, "is nested too deep; draw it flat")


def _refuse(key: Key, sentence: str) -> NoReturn:
    raise SettingsError(SITE, [f"{key_path(key)}: {sentence}"])
