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


@dataclass(frozen=True, slots=True)
class Flat:
    """What an interval tells, by the way to each figure.

    Attributes:
        values: By path, as `("lines", "gate", "forward", "car")`.
        counted: Paths of mappings by class that were counted: a class that one of them
            does not name came 0 times. Of any other path nothing is known.
    """

    values: Mapping[Path, Value]
    counted: frozenset[Path]

    def get(self, path: Path) -> Value | None:
        """Return a figure; 0 where it was counted and none came, None if not known."""
        found = self.values.get(path)
        return 0 if found is None and path[:-1] in self.counted else found


def flat(interval: Interval) -> Flat:
    """Return what an interval tells, its quality included, as far as it is known."""
    values: dict[Path, Value] = {}
    counted: set[Path] = set()
    for name, hint in hints(Interval).items():
        if name not in _NO_FIGURES:
            _walk(getattr(interval, name), hint, (name,), values, counted)
    return Flat(values, frozenset(counted))


def _walk(
    value: Any, hint: Hint, path: Path, values: dict[Path, Value], counted: set[Path]
) -> None:
    if isinstance(value, Mapping):
        assert hint.mapping is not None
        for key, inner in value.items():
            _walk(inner, hint.mapping[1], (*path, key), values, counted)
    elif is_dataclass(value):
        word: WordType = type(value)
        for name, inner_hint in hints(word).items():
            if _is_counted(word, name, inner_hint):
                counted.add((*path, name))
            _walk(getattr(value, name), inner_hint, (*path, name), values, counted)
    elif value is not None:
        values[path] = value.value if isinstance(value, StrEnum) else value


def _is_counted(word: WordType, name: str, hint: Hint) -> bool:
    """Return whether a field is a number for each class, and always there."""
    if hint.mapping is None or not is_always(by_name(word)[name].metadata):
        return False
    key, inner = hint.mapping
    is_number = inner.kind in {Kind.COUNT, Kind.QUANTITY}
    return key.vocabulary is Vocabulary.CLASS and is_number


def joined(paths: Mapping[Path, Value]) -> Iterator[tuple[str, Value]]:
    """Yield figures by their paths written with a / between steps."""
    for path, value in paths.items():
        yield "/".join(path), value
