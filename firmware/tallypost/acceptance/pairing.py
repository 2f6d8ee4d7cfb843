"""Pairs what a person has tapped with what the device has told.

Between the two lies a person's delay, and a telephone's: how large it is, the pairs
themselves tell.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

WINDOW_S = 2.0
"""A tap and a crossing this far apart, the delay taken off, are not one passage."""
DELAY_S_MAX = 4.0
"""Nobody who looks is later than this, nor earlier."""
_ROUNDS = 3
_BIN_S = 0.25
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Moment:
    """One passage, as one side has seen it.

    Attributes:
        at_s: When, by the device's monotonic clock.
        direction: Which way.
    """

    at_s: float
    direction: str


@dataclass(frozen=True, slots=True)
class Share:
    """A share, and where it lies by 95 %.

    Attributes:
        value: 0..1; None where there was nothing to have a share of.
        low: The lower bound.
        high: The upper bound.
    """

    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Paired:
    """Who belongs to whom.

    Attributes:
        hits: Each a tap and a crossing.
        missed: Taps that nothing was told of.
        false: Crossings that nobody has tapped.
        delay_s: How much later a tap came than what the device told.
    """

    hits: tuple[tuple[Moment, Moment], ...]
    missed: tuple[Moment, ...]
    false: tuple[Moment, ...]
    delay_s: float

    @property
    def recall(self) -> Share:
        """Of those who passed, how many were told."""
        return share(len(self.hits), len(self.hits) + len(self.missed))

    @property
    def precision(self) -> Share:
        """Of those who were told, how many passed."""
        return share(len(self.hits), len(self.hits) + len(self.false))


def share(part: int, whole: int) -> Share:
    """Return a share with its confidence interval.

    Source: E. Wilson, Journal of the American Statistical Association 22 (1927),
    209-212; why this one, L. Brown, T. Cai, A. DasGupta, Statistical Science 16 (2001).
    """
    if not whole:
        return Share(None, 0.0, 1.0)
    z2 = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) ** 2
    value = part / whole
    middle = (part + z2 / 2) / (whole + z2)
    reach = math.sqrt(z2 * (value * (1 - value) + z2 / (4 * whole)) / whole)
    reach /= 1 + z2 / whole
    return Share(value, max(middle - reach, 0.0), min(middle + reach, 1.0))


def pair(taps: Sequence[Moment], told: Sequence[Moment]) -> Paired:
    """Return who belongs to whom: as many as can be, as near in time as can be.

    Args:
        taps: What a person has tapped, in any order.
        told: What the device has told, in any order.
    """
    ways = sorted({each.direction for each in (*taps, *told)})
    sides = [
        (_of(taps, direction), _of(told, direction), direction) for direction in ways
    ]
    delay_s = _delay_s(sides)
    hits: list[tuple[Moment, Moment]] = []
    missed: list[Moment] = []
    false: list[Moment] = []
    for tapped, crossed, direction in sides:
        found = _matched([each - delay_s for each in tapped], crossed)
        hits += [
            (Moment(tapped[one], direction), Moment(crossed[other], direction))
            for one, other in found
        ]
        first, second = {one for one, _ in found}, {other for _, other in found}
        missed += [
            Moment(at_s, direction)
            for place, at_s in enumerate(tapped)
            if place not in first
        ]
        false += [
            Moment(at_s, direction)
            for place, at_s in enumerate(crossed)
            if place not in second
        ]
    return Paired(tuple(hits), tuple(missed), tuple(false), delay_s)


_Side = tuple[list[float], list[float], str]


def _of(moments: Sequence[Moment], direction: str) -> list[float]:
    return sorted(each.at_s for each in moments if each.direction == direction)


def _delay_s(sides: Sequence[_Side]) -> float:
    """Return how much later taps come.

    Among all differences between a tap and a crossing, true pairs heap up at one place
    while all others lie anywhere: it begins where they lie closest, and is then the
    median of the pairs that this makes.
    """
    gaps = sorted(gap for tapped, crossed, _ in sides for gap in _gaps(tapped, crossed))
    if not gaps:
        return 0.0
    delay_s = _densest(gaps)
    for _ in range(_ROUNDS):
        pairs = [
            tapped[one] - crossed[other]
            for tapped, crossed, _ in sides
            for one, other in _matched([each - delay_s for each in tapped], crossed)
        ]
        if not pairs:
            break
        delay_s = median(pairs)
    return min(max(delay_s, -DELAY_S_MAX), DELAY_S_MAX)


def _gaps(tapped: Sequence[float], crossed: Sequence[float]) -> list[float]:
    return [
        at_s - other_s
        for at_s in tapped
        for other_s in crossed[
            bisect_left(crossed, at_s - DELAY_S_MAX) : bisect_right(
                crossed, at_s + DELAY_S_MAX
            )
        ]
    ]


def _densest(gaps: Sequence[float]) -> float:
    """Return the middle of the window that most lie in; the one nearest to 0."""
    best, place = (0, 0.0), 0.0
    for first, gap in enumerate(gaps):
        count = bisect_right(gaps, gap + 2 * _BIN_S) - first
        middle = (gap + gaps[first + count - 1]) / 2
        if (count, -abs(middle)) > best:
            best, place = (count, -abs(middle)), middle
    return place


@dataclass(frozen=True, slots=True)
class _Row:
    """The least costs of the first taps, with each number of first crossings.

    Attributes:
        low: The least number of crossings that matters: those before are too early.
        costs: From there on; of more crossings than that, each costs half a window.
        steps: How each came about: see `_STEPS`.
    """

    low: int
    costs: list[float]
    steps: bytearray

    def cost(self, place: int) -> float:
        beyond = place - self.low - len(self.costs) + 1
        if beyond > 0:
            return self.costs[-1] + _ALONE * beyond
        return self.costs[place - self.low]


_ALONE = WINDOW_S / 2
_MISSED, _FALSE, _HIT = range(3)


def _matched(
    tapped: Sequence[float], crossed: Sequence[float]
) -> list[tuple[int, int]]:
    """Return pairs, in order, that cost least: times apart, half a window if alone.

    Who came first was seen first: pairs do not cross. So the least cost of some first
    taps and crossings follows from that of one fewer.

    Source: S. Needleman, C. Wunsch, Journal of Molecular Biology 48 (1970), 443-453.
    """
    rows = [_Row(0, [0.0], bytearray())]
    for at_s in tapped:
        rows.append(_next(rows[-1], at_s, crossed))
    pairs = []
    first, second = len(tapped), len(crossed)
    while first and second:
        row = rows[first]
        place = second - row.low
        step = row.steps[place] if place < len(row.steps) else _FALSE
        first -= step != _FALSE
        second -= step != _MISSED
        if step == _HIT:
            pairs.append((first, second))
    return pairs[::-1]


def _next(before: _Row, at_s: float, crossed: Sequence[float]) -> _Row:
    """Return the costs with one tap more."""
    low = bisect_left(crossed, at_s - WINDOW_S)
    high = bisect_right(crossed, at_s + WINDOW_S)
    costs = [before.cost(low) + _ALONE]
    steps = bytearray([_MISSED])
    for place in range(low + 1, high + 1):
        ways = (
            before.cost(place) + _ALONE,
            costs[-1] + _ALONE,
            before.cost(place - 1) + abs(at_s - crossed[place - 1]),
        )
        cost = min(ways)
        costs.append(cost)
        steps.append(ways.index(cost))
    return _Row(low, costs, steps)
