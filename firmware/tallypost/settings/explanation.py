"""Turns what pydantic says about a table into sentences for a technician."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tallypost.settings.base import FAULT, Fault, Wish
from tallypost.settings.sentence import missing, sentence, stranger, untagged


class Spot(NamedTuple):
    """What the models know about the place where a fault is.

    Attributes:
        key: The place, without the tags that only pydantic knows.
        names: What the innermost table may hold there: keys, or kinds of a table.
        wish: What to write there, or "".
        meaning: The field's description, or "".
    """

    key: tuple[str | int, ...]
    names: tuple[str, ...]
    wish: str
    meaning: str


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[Fault]:
    """Tell all faults of a table, each with its place, the fact and the wish."""
    for each in error.errors(include_url=False):
        if not _follows_from_another(each):
            yield _fault(each, find(model, each["loc"]))


def _follows_from_another(error: ErrorDetails) -> bool:
    """Return whether a list only seems short because its elements were refused."""
    return error["type"] == "too_short" and len(error["input"]) >= int(
        error["ctx"]["min_length"]
    )


def _fault(error: ErrorDetails, spot: Spot) -> Fault:
    kind, value = error["type"], error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    if kind == FAULT:
        return Fault(spot.key, str(context["sentence"]))
    if kind == "extra_forbidden":
        return Fault(spot.key, stranger(str(spot.key[-1]), spot.names))
    if kind.startswith("union_tag"):
        return Fault((*spot.key, "kind"), untagged(value, spot.names))
    if kind == "missing":
        return Fault(spot.key, missing(spot.wish, spot.meaning))
    return Fault(spot.key, sentence(kind, value, context, spot.wish))


def find(model: type[BaseModel], place: tuple[str | int, ...]) -> Spot:
    """Return what the models know about a place as pydantic tells it."""
    hints: list[Any] = [model]
    spot = Spot((), (), "", "")
    for item in place:
        if len(hints) > 1:  # a union of tables: this item is the tag of one
            hints = [hint for hint in hints if tag(hint) == item]
            continue
        hint = hints[0] if hints else None
        key = (*spot.key, item)
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            fields = {
                each.alias or own: each for own, each in hint.model_fields.items()
            }
            spot = Spot(key, tuple(fields), "", "")
            if item not in fields:
                hints = []
                continue
            field = fields[str(item)]
            hints, wish = unfold(field.annotation)
            own = [each for each in field.metadata if isinstance(each, Wish)]
            wish = own[0].sentence if own else wish
            spot = spot._replace(wish=wish, meaning=field.description or "")
        else:
            hints, wish = _inside(hint, item)
            spot = spot._replace(key=key, wish=wish or spot.wish, meaning="")
    if len(hints) > 1:
        spot = spot._replace(names=tuple(tag(hint) for hint in hints))
    return spot


def _inside(hint: Any, item: str | int) -> tuple[list[Any], str]:
    """Return what a list or a table of free keys holds, and its wish or ""."""
    arguments = get_args(hint)
    if get_origin(hint) is dict:
        return unfold(arguments[1])
    if get_origin(hint) is not tuple:
        return [], ""
    if arguments[-1] is Ellipsis:
        return unfold(arguments[0])
    if isinstance(item, int) and item < len(arguments):
        return unfold(arguments[item])
    return [], ""


def unfold(hint: Any) -> tuple[list[Any], str]:
    """Return the types that a hint stands for, None left out, and its wish or ""."""
    if get_origin(hint) is Annotated:
        bare, *metadata = get_args(hint)
        hints, wish = unfold(bare)
        own = [each for each in metadata if isinstance(each, Wish)]
        return hints, own[0].sentence if own else wish
    if get_origin(hint) in (Union, UnionType):
        parts = [unfold(each) for each in get_args(hint) if each is not NoneType]
        wishes = [wish for _, wish in parts if wish]
        return [each for hints, _ in parts for each in hints], "".join(wishes[:1])
    return [hint], ""


def tag(table: type[BaseModel]) -> str:
    """Return what a table of a union writes as its `kind`."""
    return str(get_args(table.model_fields["kind"].annotation)[0])
