"""What a format of a city is: records go in, lines of text come out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to spell records for somebody else.

    Attributes:
        told: What it is, in a few words.
        convert: Yields the text, line by line without line ends, given records in their
            order and the place. It passes over what it has no word for, and says
            nothing of what was not counted.
        needs_location: Whether it must say where on earth the device is.
    """

    told: str
    convert: Callable[[Iterable[KpiRecord], Place], Iterator[str]]
    needs_location: bool = False
