"""A record's figures side by side, for formats that know no nesting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from typing import Any

from tallypost.domain.records import Interval
from tallypost.domain.shape import Hint, Kind, WordType, by_name, hints
from tallypost.domain.words import Vocabulary, is_always

Path = tuple[str, ...]
Value = bool | int | float | str
_NO_FIGURES = ("start_utc_s", "duration_s")
NAME = "name"
"""What a step is called that names an element; others are of a vocabulary."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of an interval.

    Attributes:
        path: The whole way to it: `("lines", "gate", "forward", "car")`.
        fields: The steps that the schema names: `("lines", "forward")`.
        keys: The other steps and what each is: `(("name", "gate"), ("class", "car"))`.
        value: The value.
    """

    path: Path
    fields: Path
    keys: tuple[tuple[str, str], ...]
    value: Value


@dataclass(frozen=True, slots=True)
class Flat:
    """What an interval tells, by the way to each figure.

    Attributes:
        values: By path.
        counted: Paths of mappings by class that were counted: a class that one of them
            does not name came 0 times. Of any other path nothing is known.
    """

    values: Mapping[Path, Value]
    counted: frozenset[Path]

    def get(self, path: Path) -> Value | None:
        """Return a figure; 0 where it was counted and none came, None if not known."""
        found = self.values.get(path)
        return 0 if found is None and path[:-1] in self.counted else found

    def named(self) -> Iterator[tuple[str, Value]]:
        """Yield figures by their paths, written with a / between steps."""
        for path, value in self.values.items():
            yield "/".join(path), value


def flat(interval: Interval) -> Flat:
    """Return what an interval tells, its quality included, as far as it is known."""
    counted: set[Path] = set()
    values = {each.path: each.value for each in _figures(interval, counted)}
    return Flat(values, frozenset(counted))


def figures(interval: Interval) -> Iterator[Figure]:
    """Yield each value of an interval, its quality included, as far as it is known."""
    return _figures(interval, set())


def _figures(interval: Interval, counted: set[Path]) -> Iterator[Figure]:
    for name, hint in hints(Interval).items():
        if name not in _NO_FIGURES:
            root = Figure((name,), (name,), (), getattr(interval, name))
            yield from _below(root, hint, counted)


def _below(here: Figure, hint: Hint, counted: set[Path]) -> Iterator[Figure]:
    """Yield the values below a place, and note what of it was counted by class.

    Args:
        here: The place, with whatever stands there.
        hint: What may stand there.
        counted: Where to note it.
    """
    value: Any = here.value
    if isinstance(value, Mapping):
        assert hint.mapping is not None
        key_hint, inner = hint.mapping
        step = key_hint.vocabulary.value if key_hint.vocabulary else NAME
        for key, each in value.items():
            keys = (*here.keys, (step, key))
            below = Figure((*here.path, key), here.fields, keys, each)
            yield from _below(below, inner, counted)
    elif is_dataclass(value):
        word: WordType = type(value)
        for name, inner in hints(word).items():
            path = (*here.path, name)
            if _is_counted(word, name, inner):
                counted.add(path)
            below = Figure(path, (*here.fields, name), here.keys, getattr(value, name))
            yield from _below(below, inner, counted)
    elif value is not None:
        plain = value.value if isinstance(value, StrEnum) else value
        yield Figure(here.path, here.fields, here.keys, plain)


def _is_counted(word: WordType, name: str, hint: Hint) -> bool:
    """Return whether a field is a number for each class, and always there."""
    if hint.mapping is None or not is_always(by_name(word)[name].metadata):
        return False
    key, inner = hint.mapping
    is_number = inner.kind in {Kind.COUNT, Kind.QUANTITY}
    return key.vocabulary is Vocabulary.CLASS and is_number
