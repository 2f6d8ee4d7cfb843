"""Words of the schema as plain documents, what JSON can spell, and back.

What a field holds is read from its own type, so that a new one needs no code here.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, is_dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any, TypeVar

from tallypost.domain import fields
from tallypost.domain.shape import Hint, Kind, WordType, by_name, hints
from tallypost.domain.words import is_always

Document = dict[str, object]
Word = TypeVar("Word")
_Read = Callable[[object, str], Any]


def to_document(word: Any) -> Document:
    """Return a word as objects, numbers and texts; fractions have few decimals.

    What is None or holds nothing is left out, unless the schema always has it.
    """
    document: Document = {}
    kind: WordType = type(word)
    for name, each in by_name(kind).items():
        plain = _plain(getattr(word, name), hints(kind)[name])
        if is_always(each.metadata) or plain not in (None, {}):
            document[name] = plain
    return document


def _plain(value: object, hint: Hint) -> object:
    match value:
        case StrEnum():
            return value.value
        case float():
            return round(value, hint.decimals.count)
        case Mapping():
            assert hint.mapping is not None
            inner = hint.mapping[1]
            return {key: _plain(each, inner) for key, each in value.items()}
        case _:
            return to_document(value) if is_dataclass(value) else value


def from_document(word: type[Word], document: object, path: str = "") -> Word:
    """Return the word that a document spells, whoever wrote it.

    Keys that a later version may add are passed over.

    Args:
        word: Its type.
        document: What was read.
        path: Where it stands, for messages.

    Raises:
        RecordError: It does not spell one; names the key's path.
    """
    found = fields.mapping(document, path)
    kind: WordType = word
    given = {}
    for name, each in by_name(kind).items():
        if name in found:
            read = _reader(hints(kind)[name])
            given[name] = read(found[name], fields.join(path, name))
        elif is_always(each.metadata) or _has_no_default(each):
            fields.member(found, path, name)  # says that it is missing
    return word(**given)


def _has_no_default(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


@cache
def _reader(hint: Hint) -> _Read:
    """Return what reads a value of this type, given the path to it."""
    if hint.mapping is not None:
        return partial(_named, read=_reader(hint.mapping[1]))
    if hint.is_word:
        return partial(from_document, hint.plain)
    whole = partial(fields.whole, low=int(hint.low), high=int(hint.high))
    readers: Mapping[Kind | None, _Read] = {
        Kind.COUNT: whole,
        Kind.QUANTITY: partial(fields.quantity, low=hint.low, high=hint.high),
        Kind.TRUTH: fields.truth,
        Kind.CHOICE: partial(fields.choice, choices=hint.plain),
        Kind.TEXT: partial(fields.text, characters_max=hint.characters_max),
    }
    return readers[hint.kind]


def _named(value: object, path: str, *, read: _Read) -> dict[str, Any]:
    return fields.named(value, path, read)
