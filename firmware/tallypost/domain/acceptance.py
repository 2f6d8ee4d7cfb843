"""What is known of a line once somebody stood there and counted by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le, MaxLen

from tallypost.domain import fields
from tallypost.domain.document import Document, from_document, to_document
from tallypost.domain.words import (
    ClassName,
    Count,
    ElementName,
    Merge,
    Share,
    always,
)

ERROR_MAX = 10.0
"""A device that is further off than ten times what passed is told as that."""

RelativeError = Annotated[float, Ge(-ERROR_MAX), Le(ERROR_MAX)]
"""0.03: three of a hundred too many; below 0: too few."""
Day = Annotated[str, MaxLen(10)]
"""As in 2026-11-28 (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How exactly one line counts one class.

    Attributes:
        taps: How many somebody has counted by hand.
        error: By how much the device is off on average, as a share of these.
        error_low: The error lies above this; absent where too little passed to say.
        error_high: And below this: both together in 90 of 100 such tests.
        margin: How much was allowed, either way.
        equivalent: Whether both bounds lie within the margin: in 5 of 100 tests at most
            a device that is off by more is told to be.
        day: On which day; absent where the device did not know.
    """

    taps: Annotated[Count, Merge.SAME] = always(default=0)
    error: Annotated[RelativeError, Merge.SAME] = always(default=0.0)
    error_low: Annotated[RelativeError | None, Merge.SAME] = None
    error_high: Annotated[RelativeError | None, Merge.SAME] = None
    margin: Annotated[Share, Merge.SAME] = always(default=0.0)
    equivalent: Annotated[bool, Merge.SAME] = always(default=False)
    day: Annotated[Day | None, Merge.SAME] = None


Accuracies = Mapping[ElementName, Mapping[ClassName, Accuracy]]
"""By line and class."""


def spelt(found: Accuracies) -> dict[str, dict[str, Document]]:
    """Return them as a document of JSON spells them."""
    return {
        line: {name: to_document(each) for name, each in classes.items()}
        for line, classes in found.items()
    }


def accuracies(document: object) -> dict[str, dict[str, Accuracy]]:
    """Return what a document spells, whoever wrote it.

    Raises:
        RecordError: It spells something else.
    """

    def of_class(value: object, path: str) -> Accuracy:
        return from_document(Accuracy, value, path)

    def of_line(value: object, path: str) -> dict[str, Accuracy]:
        return fields.named(value, path, of_class)

    return fields.named(document, "accuracy", of_line)
