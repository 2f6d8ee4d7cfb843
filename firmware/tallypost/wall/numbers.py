"""Which whole numbers stand for a value of the schema, and which of them may pass."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from tallypost.domain.shape import Hint, Kind, Leaf, Step, WordType, leaves
from tallypost.domain.words import COUNT_MAX, QUANTITY_MAX, Merge
from tallypost.errors import WallError

OBJECTS_MAX = 400
"""So many are followed at one moment, at most: as many as are told of one picture."""
SHORT_S = 60.0
"""What is known a little late may be told in an interval that is shorter."""
STATE_MAX = 65_535
"""Of what is counted at one moment, or drawn."""


@cache
def slots(word: WordType) -> tuple[Leaf, ...]:
    """Return what the half that sees may tell of a word, in its order."""
    return tuple(leaf for leaf in leaves(word) if leaf.origin is None)


def asked(word: WordType, unasked: Collection[str]) -> Iterator[tuple[int, Leaf]]:
    """Yield the slots of a word that a site asks for, each with its place.

    Args:
        word: Of the schema.
        unasked: Fields that it does not ask for.
    """
    for slot, leaf in enumerate(slots(word)):
        if leaf.path[0] not in unasked:
            yield slot, leaf


def number_max(hint: Hint, duration_s: float) -> int:
    """Return the greatest number that may stand for a value.

    What is counted or summed grows with the interval: everybody who can be followed
    passes once a second, or stays for all of it. It is far more than a street has, and
    far less than a number could say.

    Args:
        hint: What it is; not a text.
        duration_s: Of the interval.
    """
    match hint.kind:
        case Kind.CHOICE:
            return len(hint.plain) - 1
        case Kind.TRUTH:
            return 1
        case kind:
            bounded = hint.high < (COUNT_MAX if kind is Kind.COUNT else QUANTITY_MAX)
            most = hint.high if bounded else _most(hint, duration_s)
            return round(most * scale(hint))


def scale(hint: Hint) -> int:
    """Return how many numbers one unit of a value has."""
    return int(10**hint.decimals.count) if hint.kind is Kind.QUANTITY else 1


def _most(hint: Hint, duration_s: float) -> float:
    """Return the most of something to which its type sets no bound."""
    counted = hint.kind is Kind.COUNT
    if counted and not hint.decimals.count:
        return hint.decimals.most
    if hint.merge is Merge.SUM or (counted and hint.merge is None):
        return OBJECTS_MAX * max(duration_s, SHORT_S)
    return STATE_MAX if counted else hint.decimals.most


def figure(hint: Hint, value: Any, path: Sequence[Step], duration_s: float) -> int:
    """Return a single value as the whole number that passes.

    Args:
        hint: What it is; not a text.
        value: What it is said to be.
        path: Where it stands, for messages.
        duration_s: Of the interval.

    Raises:
        WallError: The schema does not allow it, or no street has so much; names the
            path.
    """
    most = number_max(hint, duration_s)
    match hint.kind:
        case Kind.CHOICE:
            return [each.value for each in hint.plain].index(value)
        case Kind.TRUTH:
            return int(value)
        case _:
            # Compared first: what is no number cannot be rounded.
            if hint.low <= value <= hint.high:
                number = round(value * scale(hint))
                if number <= most:
                    return int(number)
            steps = (step if isinstance(step, str) else step.value for step in path)
            raise WallError(
                f"wall: {'.'.join(steps)}: {value} is not between "
                f"{hint.low:g} and {most / scale(hint):g}"
            )


def value(hint: Hint, number: int) -> object:
    """Return the value that a number stands for.

    Raises:
        WallError: It stands for none.
    """
    match hint.kind:
        case Kind.QUANTITY:
            return number / scale(hint)
        case Kind.TRUTH:
            return number != 0
        case Kind.CHOICE:
            choices = tuple(hint.plain)
            if number >= len(choices):
                raise WallError(f"wall: choice {number} is above {len(choices) - 1}")
            return choices[number].value
        case _:
            return number
