"""Takes the numbers of one element apart into rows that fit a frame, and joins them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, prod
from typing import Any, NamedTuple

from tallypost.domain.document import Document
from tallypost.domain.shape import Leaf, Step, WordType, by_name, hints
from tallypost.domain.words import Vocabulary, is_always
from tallypost.errors import WallError
from tallypost.wall.numbers import asked, figure, slots, value

ROW_FIGURES = 4
"""How many numbers a row has room for."""
NOBODY = -1
"""In a place: no class, no part."""


class Place(NamedTuple):
    """Of which class and which parts of an element numbers are told."""

    class_id: int = NOBODY
    part: int = NOBODY
    second: int = NOBODY


@dataclass(frozen=True, slots=True)
class Row:
    """Up to four numbers of one place.

    Attributes:
        place: Of whom they are told.
        figures: Slots, which are places in the schema, and whole numbers.
    """

    place: Place
    figures: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys of one element's mappings may be.

    Attributes:
        classes: Of the detector.
        parts: Of this element.
        unasked: Fields that may not be told.
    """

    classes: Sequence[str]
    parts: Sequence[str]
    unasked: Sequence[str] = ()


def frames_max(
    word: WordType, *, classes: int, parts: int, unasked: Collection[str] = ()
) -> int:
    """Return the most rows that a word of the schema can take.

    Args:
        word: What an element tells.
        classes: How many there are.
        parts: How many parts the element has.
        unasked: Fields that may not be told.
    """
    by_keys = Counter(leaf.keys for _, leaf in asked(word, unasked))
    sizes = {Vocabulary.CLASS: classes, Vocabulary.PART: parts}
    rows = sum(
        prod(sizes[key] for key in keys) * ceil(count / ROW_FIGURES)
        for keys, count in by_keys.items()
    )
    return max(rows, 1)


def rows(
    word: WordType, document: Document, names: Names, duration_s: float
) -> Iterator[Row]:
    """Yield a word's numbers, row by row; at least one row: it says that it is there.

    Rows come in the order of their places: they could come in no other.

    Args:
        word: What an element tells.
        document: What it has told, as `to_document` spells it.
        names: Of classes and parts.
        duration_s: Of the interval, which no count or sum can be above.

    Raises:
        WallError: A number that the schema does not allow, or a name that nobody knows.
    """
    found: defaultdict[Place, list[tuple[int, int]]] = defaultdict(list)
    for slot, leaf in asked(word, names.unasked):
        path = (word.__name__, *leaf.path)
        for keys, told in _values(document, leaf.path, ()):
            number = figure(leaf.hint, told, path, duration_s)
            found[_place(leaf, keys, names)].append((slot, number))
    if not found:
        yield Row(Place(), ())
    for place, figures in sorted(found.items()):
        for start in range(0, len(figures), ROW_FIGURES):
            yield Row(place, tuple(figures[start : start + ROW_FIGURES]))


def _values(
    node: object, path: Sequence[Step], keys: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield what stands at a path, with the keys that led there."""
    if not path:
        yield keys, node
        return
    assert isinstance(node, Mapping)
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        if step in node:
            yield from _values(node[step], rest, keys)
        return
    for key, inner in node.items():
        yield from _values(inner, rest, (*keys, key))


def _place(leaf: Leaf, keys: tuple[str, ...], names: Names) -> Place:
    class_id, parts = NOBODY, []
    for vocabulary, key in zip(leaf.keys, keys, strict=True):
        if vocabulary is Vocabulary.CLASS:
            class_id = _index(names.classes).get(key, NOBODY)
            known = class_id != NOBODY
        else:
            parts.append(_index(names.parts).get(key, NOBODY))
            known = parts[-1] != NOBODY
        if not known:
            raise WallError(
                f"wall: {key!a} is no {vocabulary.value} that was agreed on"
            )
    return Place(class_id, *parts)


def _index(names: Sequence[str]) -> Mapping[str, int]:
    return _indexed(tuple(names))


@cache
def _indexed(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}


def join(word: WordType, document: Document, row: Row, names: Names) -> None:
    """Put the numbers of a row where they belong in a document.

    Args:
        word: What the element tells.
        document: What is known of it so far; grows.
        row: What has come.
        names: Of classes and parts.

    Raises:
        WallError: A slot, a class, a part or a choice that the schema does not have.
    """
    known = slots(word)
    for slot, number in row.figures:
        if slot >= len(known):
            raise WallError(f"wall: slot {slot} of {word.__name__} is none of its own")
        leaf = known[slot]
        node: dict[str, Any] = document
        *way, last = _resolved(leaf, row.place, names)
        for step in way:
            node = node.setdefault(step, {})
        node[last] = value(leaf.hint, number)


def _resolved(leaf: Leaf, place: Place, names: Names) -> Iterator[str]:
    """Yield the way to a leaf, with names where it asks for keys."""
    parts = iter((place.part, place.second))
    for step in leaf.path:
        if isinstance(step, str):
            yield step
        elif step is Vocabulary.CLASS:
            yield _name(names.classes, place.class_id, step)
        else:
            yield _name(names.parts, next(parts), step)


def _name(names: Sequence[str], place: int, step: Vocabulary) -> str:
    if not 0 <= place < len(names):
        raise WallError(f"wall: {step.value} {place} is one that nobody agreed on")
    return names[place]


def completed(word: WordType, document: Mapping[str, Any]) -> Document:
    """Return a document with the empty objects that rows cannot tell.

    Args:
        word: What the element tells.
        document: What rows have told of it.
    """
    whole: Document = dict(document)
    for name, hint in hints(word).items():
        if hint.mapping is not None:
            if is_always(by_name(word)[name].metadata):
                whole.setdefault(name, {})
            inner_hint = hint.mapping[1]
            if name in document and inner_hint.is_word:
                whole[name] = {
                    key: completed(inner_hint.plain, inner)
                    for key, inner in document[name].items()
                }
        elif hint.is_word and name in document:
            whole[name] = completed(hint.plain, document[name])
    return whole
