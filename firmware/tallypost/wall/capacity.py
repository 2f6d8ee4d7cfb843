"""Bounds what a vision half that was taken over could say through the wall.

Whatever such a half knows, it can only choose among the things that the reader takes.
Each has one spelling, so that the logarithm of their number is all that it can tell;
what comes too often ends it. Besides, it chooses when to speak: a listener to what the
device sends can tell moments apart.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import comb, log2

from tallypost.domain.aiming import (
    AIMING_S_MAX,
    BOX_STEPS,
    BOXES_EVERY_S,
    BOXES_MAX,
    EVENTS_PER_MINUTE,
    SIGHT_EVERY_S,
    SKETCH_CELLS_MAX,
    SKETCH_EVERY_S,
    SKETCH_SIDE_MAX,
)
from tallypost.domain.alerts import TELLERS, Alert, AlertState
from tallypost.domain.records import ClockTrust, Quality, collections
from tallypost.domain.shape import WordType, hints
from tallypost.domain.words import UTC_S_MAX, Vocabulary
from tallypost.wall.aimed import WAYS_OF
from tallypost.wall.aimed_spelling import PERCENT, RATE_DECIHERTZ_MAX
from tallypost.wall.budget import HELLOS_PER_MINUTE, STATES_PER_MINUTE
from tallypost.wall.frame import AIMED, ALERTS_PER_MINUTE, Alphabet, Kind, State
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
    moment_bits = log2(60 / MOMENT_S) + log2(len(Kind) - len(AIMED))
    return Capacity(
        interval_bits=interval_bits,
        alert_bits=alert_bits,
        figures_bits_per_hour=60 * intervals_per_minute * interval_bits,
        alerts_bits_per_hour=60 * ALERTS_PER_MINUTE * alert_bits,
        states_bits_per_hour=60 * STATES_PER_MINUTE * log2(len(State)),
        moments_bits_per_hour=60 * sum(per_minute.values()) * moment_bits,
    )


@dataclass(frozen=True, slots=True)
class AimingCapacity:
    """What may pass besides while somebody aims, at most.

    Attributes:
        sketch_bits: One sketch.
        sketches_bits_per_s: Sketches.
        boxes_bits_per_s: Boxes.
        events_bits_per_s: Who has passed.
        sights_bits_per_s: How well the camera sees.
        moments_bits_per_s: When each of them comes, and of when it says it is.
    """

    sketch_bits: float
    sketches_bits_per_s: float
    boxes_bits_per_s: float
    events_bits_per_s: float
    sights_bits_per_s: float
    moments_bits_per_s: float

    @property
    def bits_per_second(self) -> float:
        """All of it together."""
        return (
            self.sketches_bits_per_s
            + self.boxes_bits_per_s
            + self.events_bits_per_s
            + self.sights_bits_per_s
            + self.moments_bits_per_s
        )


def aiming_capacity(alphabet: Alphabet) -> AimingCapacity:
    """Return how much may pass through the wall besides while somebody aims.

    Args:
        alphabet: What both halves know.
    """
    classes = len(alphabet.classes)
    # Sketches of every size that fits: fewer than sizes, times those of the largest.
    sketch_bits = SKETCH_CELLS_MAX + 2 * log2(SKETCH_SIDE_MAX)
    spans = comb(BOX_STEPS + 2, 2)
    # Boxes have no order: multisets, of up to so many.
    boxes = sum(comb(classes * spans**2 + n - 1, n) for n in range(BOXES_MAX + 1))
    events = sum(
        len(alphabet.names(collection)) * len(ways) * classes
        for collection, ways in WAYS_OF.items()
    )
    events_per_s = EVENTS_PER_MINUTE / 60 if events else 0.0
    per_s = 1 / SKETCH_EVERY_S + 1 / BOXES_EVERY_S + 1 / SIGHT_EVERY_S + events_per_s
    moment_bits = log2(60 / MOMENT_S) + log2(len(Kind)) + log2(AIMING_S_MAX / MOMENT_S)
    sights = (RATE_DECIHERTZ_MAX + 1) * (PERCENT + 1) ** 2
    return AimingCapacity(
        sketch_bits=sketch_bits,
        sketches_bits_per_s=sketch_bits / SKETCH_EVERY_S,
        boxes_bits_per_s=log2(boxes) / BOXES_EVERY_S,
        events_bits_per_s=events_per_s * log2(max(events, 1)),
        sights_bits_per_s=log2(sights) / SIGHT_EVERY_S,
        moments_bits_per_s=per_s * moment_bits,
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
