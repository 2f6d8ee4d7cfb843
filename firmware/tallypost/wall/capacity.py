"""Bounds what a vision half that was taken over could say through the wall.

Whatever such a half knows, it can only choose among the things that the reader takes.
Each has one spelling, so that the logarithm of their number is all that it can tell;
what comes too often ends it. Besides, it chooses when to speak: a listener to what the
device sends can tell moments apart.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import log2

from tallypost.domain.alerts import TELLERS, Alert, AlertState
from tallypost.domain.records import ClockTrust, Quality, collections
from tallypost.domain.shape import WordType, hints
from tallypost.domain.words import UTC_S_MAX, Vocabulary
from tallypost.wall.budget import HELLOS_PER_MINUTE, STATES_PER_MINUTE
from tallypost.wall.frame import ALERTS_PER_MINUTE, Alphabet, Kind, State
from tallypost.wall.numbers import asked, number_max
from tallypost.wall.reader import MONOTONIC_S_MAX, STRETCH_MAX

MOMENT_S = 0.001
"""Moments that far apart can be told from each other by somebody on the network."""
MILLI = 1000


@dataclass(frozen=True, slots=True)
class Capacity:
    """What may pass, at most.

    Attributes:
        interval_bits: One interval.
        alert_bits: One alert.
        figures_bits_per_hour: Intervals.
        alerts_bits_per_hour: Alerts.
        states_bits_per_hour: States.
        moments_bits_per_hour: When each of them comes, and which comes before which.
    """

    interval_bits: float
    alert_bits: float
    figures_bits_per_hour: float
    alerts_bits_per_hour: float
    states_bits_per_hour: float
    moments_bits_per_hour: float

    @property
    def bits_per_hour(self) -> float:
        """All of it together."""
        return (
            self.figures_bits_per_hour
            + self.alerts_bits_per_hour
            + self.states_bits_per_hour
            + self.moments_bits_per_hour
        )

    @property
    def bits_per_second(self) -> float:
        """The same in a second."""
        return self.bits_per_hour / 3600


def capacity(
    alphabet: Alphabet, *, interval_s: float, intervals_per_minute: float
) -> Capacity:
    """Return how much may pass through the wall of a site.

    A bound, and no estimate: a half would have to give up counting altogether, and its
    records would be nonsense to all who read them. What a pipe and a writer's memory
    can hold may come at once, besides, when a half begins.

    Args:
        alphabet: What both halves know.
        interval_s: How long intervals are.
        intervals_per_minute: How many may come, in the mean.
    """
    interval_bits = _interval(alphabet, STRETCH_MAX * interval_s)
    alert_bits = _alert(alphabet)
    per_minute = {
        "intervals": intervals_per_minute,
        "alerts": ALERTS_PER_MINUTE,
        "states": STATES_PER_MINUTE,
        "beginnings": HELLOS_PER_MINUTE,
    }
    moment_bits = log2(60 / MOMENT_S) + log2(len(Kind))
    return Capacity(
        interval_bits=interval_bits,
        alert_bits=alert_bits,
        figures_bits_per_hour=60 * intervals_per_minute * interval_bits,
        alerts_bits_per_hour=60 * ALERTS_PER_MINUTE * alert_bits,
        states_bits_per_hour=60 * STATES_PER_MINUTE * log2(len(State)),
        moments_bits_per_hour=60 * sum(per_minute.values()) * moment_bits,
    )


def figures_bits(
    word: WordType,
    *,
    classes: int,
    parts: int,
    duration_s: float,
    unasked: Collection[str] = (),
) -> Mapping[str, float]:
    """Return how much each figure of a word can tell, also by being absent.

    Args:
        word: Of the schema.
        classes: How many there are.
        parts: How many parts the element has.
        duration_s: The longest that an interval may last.
        unasked: Fields that may not be told.
    """
    sizes = {Vocabulary.CLASS: classes, Vocabulary.PART: parts}
    bits = {}
    for _, leaf in asked(word, unasked):
        places = 1
        for key in leaf.keys:
            places *= sizes[key]
        values = number_max(leaf.hint, duration_s) + 2
        path = ".".join(x if isinstance(x, str) else x.value for x in leaf.path)
        bits[path] = places * log2(values)
    return bits


def _interval(alphabet: Alphabet, duration_s: float) -> float:
    words, classes = collections(), len(alphabet.classes)
    told = [(Quality, 0), *_elements(alphabet, words)]
    figures = sum(
        sum(
            figures_bits(
                word,
                classes=classes,
                parts=parts,
                duration_s=duration_s,
                unasked=alphabet.unasked,
            ).values()
        )
        # An element may be absent as a whole, or be there and say nothing.
        + 1
        for word, parts in told
    )
    times = (
        log2(UTC_S_MAX * MILLI)
        + log2(duration_s * MILLI)
        + log2(2 * MONOTONIC_S_MAX * MILLI)
    )
    return figures + times


def _elements(
    alphabet: Alphabet, words: Mapping[str, type]
) -> Iterator[tuple[type, int]]:
    for collection, _, parts in alphabet.named():
        yield words[collection], len(parts)


def _alert(alphabet: Alphabet) -> float:
    """Return the logarithm of how many different alerts the site may tell."""
    values, times = (
        number_max(hints(Alert)[field], 0.0) + 1 for field in ("value", "time_utc_s")
    )
    tellers = [TELLERS[kind] for kind in alphabet.alerts]
    by_camera = len([teller for teller in tellers if teller is None])
    by_elements = sum(len(alphabet.names(x)) for x in tellers if x is not None)
    alike = by_camera + by_elements * (len(alphabet.classes) + 1) * (values + 1)
    return log2(alike * times * len(AlertState) * len(ClockTrust))
