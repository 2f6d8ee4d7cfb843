"""What a format of a city is: records go in, lines of text come out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tallypost.domain.records import Interval, KpiRecord
from tallypost.telemetry.codec.place import Place

WATCHED_SHARE_MIN = 0.9  # counted when >=


def watched_enough(interval: Interval) -> bool:
    """Return whether a count of this interval may stand without its quality beside it.

    A format that has no word for "watched for a part of the time" would pass a count of
    ten seconds for one of a minute: it says instead that nothing was counted.
    """
    return interval.quality.observed_s >= WATCHED_SHARE_MIN * interval.duration_s


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
