"""Any value of any word of the schema, made from the word's own type hints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st

from tallypost.domain.document import to_document
from tallypost.domain.records import Interval, Quality
from tallypost.domain.shape import Hint, Kind, WordType, hints
from tallypost.domain.words import Vocabulary

Strategy = st.SearchStrategy[Any]
DURATION_S = 60.0

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=256)


@dataclass(frozen=True)
class Words:
    """Makes strategies for words.

    Attributes:
        classes: What keys that are classes may be.
        parts: What keys that are parts may be.
        texts: What texts may be.
        most: The greatest that a number may be.
        beside: Whether there is also what the half that sees does not know.
    """

    classes: Strategy = names
    parts: Strategy = names
    texts: Strategy = texts
    most: Callable[[Hint], float] = lambda hint: hint.high
    beside: bool = True

    def of(self, word: WordType) -> Strategy:
        """Return any value of a word; one that says nothing is none: see `_within`."""
        return st.builds(
            word, **{name: self._field(hint) for name, hint in hints(word).items()}
        )

    def interval(self, collection: str, named: Strategy) -> Strategy:
        """Return any interval with one kind of element.

        Args:
            collection: The kind.
            named: Its elements by their names.
        """
        return st.builds(
            Interval,
            start_utc_s=st.integers(0, 10**10).map(float),
            duration_s=st.just(DURATION_S),
            quality=st.builds(
                Quality,
                **{name: self._field(hint) for name, hint in hints(Quality).items()}
                | {"observed_s": _fractions(0, DURATION_S, 3)},
            ),
            **({"lines": st.just({}), "zones": st.just({})} | {collection: named}),
        )

    def _field(self, hint: Hint) -> Strategy:
        if hint.origin is not None and not self.beside:
            return st.none() if hint.mapping is None else st.just({})
        if hint.mapping is not None:
            return self._mapping(hint.mapping, min_size=0)
        return st.none() | self._within(hint) if hint.optional else self._within(hint)

    def _within(self, hint: Hint) -> Strategy:
        """Return any value that says something: nobody can tell an empty one from none.

        Where a word or an inner mapping is empty, nothing of it passes.
        """
        if hint.mapping is not None:
            return self._mapping(hint.mapping, min_size=1)
        if hint.is_word:
            return self.of(hint.plain).filter(_says_something)
        return self._single(hint)

    def _mapping(self, mapping: tuple[Hint, Hint], *, min_size: int) -> Strategy:
        key, value = mapping
        keys = self.classes if key.vocabulary is Vocabulary.CLASS else self.parts
        return st.dictionaries(keys, self._within(value), min_size=min_size, max_size=2)

    def _single(self, hint: Hint) -> Strategy:
        match hint.kind:
            case Kind.COUNT:
                return st.integers(int(hint.low), int(self.most(hint)))
            case Kind.QUANTITY:
                return _fractions(hint.low, self.most(hint), hint.decimals.count)
            case Kind.TRUTH:
                return st.booleans()
            case Kind.CHOICE:
                return st.sampled_from(hint.plain)
            case _:
                return self.texts.map(lambda text: text and text[: hint.characters_max])


def _fractions(low: float, high: float, decimals: int) -> Strategy:
    scale = 10**decimals
    whole = st.integers(ceil(low * scale), floor(high * scale))
    return whole.map(lambda number: number / scale)


def _says_something(word: object) -> bool:
    return any(map(_full, to_document(word).values()))


def _full(plain: object) -> bool:
    return any(map(_full, plain.values())) if isinstance(plain, Mapping) else True
