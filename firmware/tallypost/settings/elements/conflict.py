"""`[[conflicts]]`: where road users of two kinds pass close after one another."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from tallypost.settings.base import ClassName, Fault
from tallypost.settings.drawing import Element, Polygon

CONFLICTS_MAX = 8
PAIRS_MAX = 16
NAME_LETTERS_MAX = 64

Pair = Annotated[tuple[ClassName, ClassName], Field(strict=False)]


def pair_name(pair: Iterable[str]) -> str:
    """Return what records call two kinds of road users."""
    return "+".join(pair)


def _pairs_that_can_be_told(raw: Mapping[str, object]) -> list[Fault]:
    faults = []
    seen: set[frozenset[str]] = set()
    pairs = raw.get("pairs")
    for place, pair in enumerate(pairs if isinstance(pairs, list) else []):
        if isinstance(pair, list) and [*map(type, pair)] == [str, str]:
            told = _pair_fault(pair_name(pair), again=frozenset(pair) in seen)
            faults += [Fault(("pairs", place), told)] if told else []
            seen.add(frozenset(pair))
    return faults


def _pair_fault(name: str, *, again: bool) -> str | None:
    if again:
        return "is named before; name every pair once, in either order"
    if len(name) > NAME_LETTERS_MAX:
        told = f"has {len(name)} letters in records, above the most"
        return f"{told} ({NAME_LETTERS_MAX}); give the model's classes shorter names"
    return None


class Conflict(Element):
    """Near misses by post-encroachment time: experimental."""

    relations = (_pairs_that_can_be_told,)

    classes_key = "pairs"

    polygon: Polygon = Field(
        description="Where ways cross, corners [x, y] in order: a junction, a crossing."
    )
    pairs: Annotated[
        tuple[Pair, ...], Field(strict=False, min_length=1, max_length=PAIRS_MAX)
    ] = Field(
        description='Of which kinds, as [["bicycle", "car"], ["person", "car"]]; who '
        "comes first does not matter."
    )
    pet_max_s: Annotated[float, Field(ge=0.5, le=10)] = Field(
        default=3.0,
        description="Counted when the second comes so soon, or sooner, after the first "
        "has left.",
    )

    @property
    def parts(self) -> tuple[str, ...]:
        """Its pairs, as `bicycle+car`."""
        return tuple(map(pair_name, self.pairs))

    @property
    def classes(self) -> tuple[str, ...]:
        """Every class that it names, once."""
        return tuple(dict.fromkeys(name for pair in self.pairs for name in pair))
