"""The closed list of questions, and what each may carry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tallypost.domain import fields
from tallypost.errors import RecordError

NAME_CHARACTERS_MAX = 64
REMARKS_CHARACTERS_MAX = 2000
AIM_S_MAX = 1800
DAYS_MAX = 31
AGO_S_MAX = 4 * 3600.0
"""What a test lasts: whether a tap is too old, the test itself knows."""
TAP_NUMBER_MAX = 100_000
SPACES_MAX = 200
CORNERS = 4
PAPERS = ("certificate.pdf", "certificate.jsonl")
LANGUAGES = ("en", "de", "fr", "es", "nl")
WAYS = ("forward", "backward")

Reader = Callable[[object, str], Any]


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing that a question carries.

    Attributes:
        read: Returns it, or raises `RecordError` with its place.
        needed: Whether it must be there.
        name: What the deed calls it; None for as the question does.
    """

    read: Reader
    needed: bool = True
    name: str | None = None


def _name(value: object, path: str) -> str:
    told = fields.text(value, path, characters_max=NAME_CHARACTERS_MAX)
    if not told.isprintable():
        raise RecordError(f"{path}: holds characters that cannot be printed")
    return told


def _remarks(value: object, path: str) -> str:
    return fields.text(value, path, characters_max=REMARKS_CHARACTERS_MAX)


def _one_of(*words: str) -> Reader:
    def read(value: object, path: str) -> str:
        if value not in words:
            raise RecordError(f"{path}: is none of {', '.join(words)}")
        return str(value)

    return read


def _whole(low: int, high: int) -> Reader:
    def read(value: object, path: str) -> int:
        return fields.whole(value, path, low=low, high=high)

    return read


def _seconds(high: float) -> Reader:
    def read(value: object, path: str) -> float:
        return fields.quantity(value, path, high=high)

    return read


def _document(value: object, path: str) -> dict[str, object]:
    return fields.mapping(value, path)


def _corners(value: object, path: str) -> tuple[tuple[float, float], ...]:
    listed = fields.listed(value, path, items_max=CORNERS)
    if len(listed) != CORNERS:
        raise RecordError(f"{path}: are {len(listed)} corners; a row has {CORNERS}")
    return tuple(_point(each, f"{path}[{place}]") for place, each in enumerate(listed))


def _point(value: object, path: str) -> tuple[float, float]:
    listed = fields.listed(value, path, items_max=2)
    if len(listed) != 2:  # noqa: PLR2004  # x and y
        raise RecordError(f"{path}: is no point; write [x, y]")
    x, y = (fields.quantity(each, path) for each in listed)
    if x > 1 or y > 1:
        raise RecordError(f"{path}: lies outside of the picture; stay in 0..1")
    return x, y


QUESTIONS: Mapping[str, Mapping[str, Argument]] = {
    "look": {"since_utc_s": Argument(_seconds(2.0**40), needed=False)},
    "watch": {},
    "aim": {
        "on": Argument(fields.truth),
        "for_s": Argument(_seconds(AIM_S_MAX), needed=False),
    },
    "draw": {
        "site": Argument(_document),
        "dry": Argument(fields.truth, needed=False),
    },
    "history": {"days": Argument(_whole(1, DAYS_MAX))},
    "predict": {"site": Argument(_document, needed=False)},
    "rows": {
        "corners": Argument(_corners),
        "spaces": Argument(_whole(1, SPACES_MAX)),
    },
    "test_begin": {
        "line": Argument(_name),
        "class": Argument(_name, name="class_name"),
    },
    "test_tap": {
        "direction": Argument(_one_of(*WAYS)),
        "ago_s": Argument(_seconds(AGO_S_MAX)),
        "n": Argument(_whole(1, TAP_NUMBER_MAX), needed=False),
    },
    "test_undo": {"n": Argument(_whole(1, TAP_NUMBER_MAX), needed=False)},
    "test_end": {},
    "accept": {
        "technician": Argument(_name),
        "remarks": Argument(_remarks, needed=False),
    },
    "paper": {
        "name": Argument(_one_of(*PAPERS)),
        "language": Argument(_one_of(*LANGUAGES), needed=False),
    },
    "identify": {"on": Argument(fields.truth)},
}
"""All that may be asked, and what with: nothing else is heeded."""


def understood(question: Mapping[str, object]) -> tuple[str, dict[str, Any]]:
    """Return the word of a question, and its arguments by the names of the deed.

    Args:
        question: As it came, without its number.

    Raises:
        RecordError: It is none that is known, or carries what it must not.
    """
    word = question.get("ask")
    known = QUESTIONS.get(word) if isinstance(word, str) else None
    if known is None:
        raise RecordError("ask: is no question that is known")
    fields.only({**question}, "", (*known, "ask"))
    found: dict[str, Any] = {}
    for key, argument in known.items():
        if question.get(key) is not None:
            found[argument.name or key] = argument.read(question[key], key)
        elif argument.needed:
            raise RecordError(f"{key}: is missing; write it")
    return str(word), found
