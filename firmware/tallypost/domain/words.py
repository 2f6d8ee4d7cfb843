"""The smallest words of records: counts, seconds, names, and what names stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen

COUNT_MAX = 2**32 - 1
DAY_S = 86_400
UTC_S_MAX = 253_402_300_799.0
"""The last second of the year 9999: no record can spell a later one."""
QUANTITY_MAX = 1e12
"""Thirty thousand years in seconds: whatever is above is no measurement."""
TEXT_CHARACTERS_MAX = 256
"""What a text may have that says nothing else."""

DECIMALS = 3
"""What a fraction has whose type says nothing else."""


YEAR_S = 366 * DAY_S


@dataclass(frozen=True, slots=True)
class Decimals:
    """How many decimals a figure is told with: those that somebody reads.

    Attributes:
        count: So many.
        most: What no street exceeds: whoever sees may tell no more.
    """

    count: int
    most: float = YEAR_S


class Origin(Enum):
    """Who knows what the half that sees does not."""

    TELEMETRY = "telemetry"
    """It is added where records are kept, and never passes the wall."""


Count = Annotated[int, Ge(0), Le(COUNT_MAX)]
Missed = Annotated[Count, Decimals(0, most=1e7)]
"""How much came while nobody could look: hours of it may be told at once."""
Noisy = Annotated[Count, Decimals(0, most=COUNT_MAX)]
"""A count to which a site may have noise added: what a street has bounds no noise."""
Quantity = Annotated[float, Ge(0.0)]
"""A measurement that is never below 0; the key's last part names its unit."""
Seconds = Annotated[Quantity, Decimals(2)]
Doubt = Annotated[Quantity, Decimals(3, most=DAY_S)]
"""By how many seconds something may be off."""
Epsilon = Annotated[Quantity, Decimals(3, most=1000.0)]
Milliseconds = Annotated[Quantity, Decimals(1, most=1e6)]
Mean = Annotated[Quantity, Decimals(2, most=1e4)]
"""Of how many there were, or of how many there were on a unit of something."""
Kmh = Annotated[Quantity, Decimals(1, most=1000.0)]
Metres = Annotated[Quantity, Decimals(1, most=1e4)]
Share = Annotated[float, Ge(0.0), Le(1.0)]
Name = Annotated[str, MinLen(1), MaxLen(64)]


class Merge(Enum):
    """How one figure of several intervals becomes one of the time they cover together.

    Counts are summed unless their type says otherwise. Of any other figure whose type
    says nothing, nothing is known of the whole: so it is with quantiles.
    """

    SUM = "sum"
    MEAN = "mean"
    """Weighted by the observed time; a class that is not named was there 0 times."""
    MIN = "min"
    MAX = "max"
    """The worst, of grades."""
    BOUND = "bound"
    """The greatest; where one is not known, the whole is not."""
    LAST = "last"
    """It tells of the interval's end."""
    SAME = "same"
    """It is told only where it is the same in all."""
    MOST = "most"
    """What was so for most of the observed time."""


@dataclass(frozen=True, slots=True)
class MeanBy:
    """A mean over as many as another figure of the same word counts: weighted by it."""

    count: str


class Vocabulary(Enum):
    """Where the names of a mapping's keys come from."""

    CLASS = "class"
    """The detector's classes."""
    PART = "part"
    """Parts of one element: spaces of a car park, gates of a junction, cells."""
    ELEMENT = "element"
    """Names of what is drawn, where a figure is not told under the element itself."""


ClassName = Annotated[Name, Vocabulary.CLASS]
PartName = Annotated[Name, Vocabulary.PART]
ElementName = Annotated[Name, Vocabulary.ELEMENT]
Counts = Mapping[ClassName, Count]
"""How many, by class."""

_ALWAYS = "always"


class Grade(StrEnum):
    """A level of service, A the best."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Light(StrEnum):
    """How much light pictures show: a camera evens out what it can."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


def always(**options: Any) -> Any:
    """Return a field that every record spells, also where it is 0 or empty.

    Any other field is left out where it is None or holds nothing.
    """
    return field(metadata={_ALWAYS: True}, **options)


def is_always(metadata: Mapping[Any, Any]) -> bool:
    """Return whether a field with this metadata was made by `always`."""
    return bool(metadata.get(_ALWAYS))
