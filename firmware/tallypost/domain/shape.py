"""What a word of the schema is made of, read from its own type hints."""

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le, MaxLen

from tallypost.domain.words import (
    COUNT_MAX,
    DECIMALS,
    QUANTITY_MAX,
    TEXT_CHARACTERS_MAX,
    Decimals,
    MeanBy,
    Merge,
    Origin,
    Vocabulary,
)

WordType = Any
"""A dataclass of the schema: `functools.cache` takes no `type[...]` for mypy."""
Step = str | Vocabulary
"""On the way to a value: a field's name, or a key that a vocabulary gives."""


class Kind(Enum):
    """What a single value is."""

    COUNT = "count"
    QUANTITY = "quantity"
    TRUTH = "truth"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Hint:
    """A type hint, taken apart.

    Attributes:
        plain: The type without `Annotated` and without `None`.
        optional: Whether it may be None.
        low: The least value that is allowed.
        high: The greatest.
        characters_max: How many a text may have.
        vocabulary: Where names come from, of a mapping's key.
        merge: How values of several intervals become one; None where nothing is said.
        decimals: How many a fraction is told with, and what it is at most on a street.
        origin: Who adds it; None: the half that sees tells it.
    """

    plain: Any
    optional: bool
    low: float
    high: float
    characters_max: int
    vocabulary: Vocabulary | None
    merge: Merge | MeanBy | None
    decimals: Decimals
    origin: Origin | None

    @property
    def kind(self) -> Kind | None:
        """What a single value of it is; None where it holds other values."""
        if not isinstance(self.plain, type):
            return None
        return (
            Kind.CHOICE if issubclass(self.plain, StrEnum) else _KINDS.get(self.plain)
        )

    @property
    def is_word(self) -> bool:
        """Whether it is a word of the schema, with fields of its own."""
        return is_dataclass(self.plain)

    @property
    def mapping(self) -> tuple["Hint", "Hint"] | None:
        """The hints of a mapping's keys and values; None where it is none."""
        if get_origin(self.plain) is not Mapping:
            return None
        key, value = get_args(self.plain)
        return take_apart(key), take_apart(value)


_KINDS = {
    bool: Kind.TRUTH,
    int: Kind.COUNT,
    float: Kind.QUANTITY,
    str: Kind.TEXT,
}


def take_apart(hint: Any) -> Hint:
    """Return what a type hint of a record says."""
    metadata: tuple[Any, ...] = ()
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            metadata += hint.__metadata__
            hint = hint.__origin__
        elif get_origin(hint) in (UnionType, Union):
            [hint] = [each for each in get_args(hint) if each is not NoneType]
            optional = True
        else:
            break
    high = COUNT_MAX if hint is int else QUANTITY_MAX
    return Hint(
        plain=hint,
        optional=optional,
        low=_bound([one.ge for one in metadata if isinstance(one, Ge)], 0.0),
        high=_bound([one.le for one in metadata if isinstance(one, Le)], high),
        characters_max=next(
            (one.max_length for one in metadata if isinstance(one, MaxLen)),
            TEXT_CHARACTERS_MAX,
        ),
        vocabulary=next((one for one in metadata if isinstance(one, Vocabulary)), None),
        merge=next((one for one in metadata if isinstance(one, Merge | MeanBy)), None),
        decimals=next(
            (one for one in metadata if isinstance(one, Decimals)), Decimals(DECIMALS)
        ),
        origin=next((one for one in metadata if isinstance(one, Origin)), None),
    )


def _bound(found: list[Any], otherwise: float) -> float:
    return float(found[0]) if found else otherwise


@cache
def hints(word: WordType) -> Mapping[str, Hint]:
    """Return the fields of a word, taken apart, in their order."""
    found = get_type_hints(word, include_extras=True)
    return {name: take_apart(found[name]) for name in by_name(word)}


@cache
def by_name(word: WordType) -> Mapping[str, "Field[Any]"]:
    """Return the fields of a word by their names, in their order."""
    return {each.name: each for each in fields(word)}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One number of a word.

    Attributes:
        path: The way to it.
        hint: What it is.
        origin: Who adds it, or the word that it is part of; None: the half that sees.
    """

    path: tuple[Step, ...]
    hint: Hint
    origin: Origin | None

    @property
    def keys(self) -> tuple[Vocabulary, ...]:
        """The vocabularies that its way asks, in their order."""
        return tuple(step for step in self.path if isinstance(step, Vocabulary))


def words_within(word: WordType) -> Iterator[WordType]:
    """Yield a word and all words that its fields hold, each before its own."""
    yield word
    for hint in hints(word).values():
        inner = hint
        while inner.mapping is not None:
            inner = inner.mapping[1]
        if inner.is_word:
            yield from words_within(inner.plain)


@cache
def leaves(word: WordType) -> tuple[Leaf, ...]:
    """Return all numbers that a word can hold, in their order; texts are left out."""
    return tuple(_leaves(word, (), None))


def _leaves(
    word: WordType, path: tuple[Step, ...], origin: Origin | None
) -> Iterator[Leaf]:
    for name, hint in hints(word).items():
        yield from _below(hint, (*path, name), origin or hint.origin)


def _below(hint: Hint, path: tuple[Step, ...], origin: Origin | None) -> Iterator[Leaf]:
    if hint.mapping is not None:
        key, value = hint.mapping
        assert key.vocabulary is not None, f"{path}: whose names are these?"
        yield from _below(value, (*path, key.vocabulary), origin)
    elif hint.is_word:
        yield from _leaves(hint.plain, path, origin)
    elif hint.kind is not Kind.TEXT:
        yield Leaf(path, hint, origin)
