"""Taps find their crossings."""

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.acceptance.pairing import (
    WINDOW_S,
    Moment,
    _matched,
    pair,
    share,
)


def moments(*times: float, direction: str = "forward") -> list[Moment]:
    return [Moment(each, direction) for each in times]


def test_each_tap_finds_its_crossing_through_a_delay() -> None:
    told = moments(10, 13, 14, 30, 41)
    taps = moments(*(each.at_s + 0.9 for each in told))

    found = pair(taps, told)

    assert found.delay_s == pytest.approx(0.9)
    assert len(found.hits) == 5
    assert not found.missed
    assert not found.false


def test_who_goes_the_other_way_is_another() -> None:
    found = pair(moments(10), moments(10, direction="backward"))

    assert len(found.missed) == len(found.false) == 1
    assert not found.hits


@pytest.mark.parametrize("delay_s", [-1.5, 0.0, 0.4, 2.5])
@pytest.mark.parametrize("gap_s", [1.5, 6.0])
def test_the_delay_is_found_among_misses_and_false_ones(
    delay_s: float, gap_s: float
) -> None:
    rng = random.Random(3)
    true, at_s = [], 0.0
    for _ in range(120):
        at_s += rng.expovariate(1 / gap_s)
        true.append(at_s)
    told = [each for each in true if rng.random() > 0.1]
    told += [rng.uniform(0, at_s) for _ in range(10)]
    taps = [each + delay_s + rng.gauss(0, 0.15) for each in true]
    rng.shuffle(told)
    rng.shuffle(taps)

    found = pair(moments(*taps), moments(*told))

    assert found.delay_s == pytest.approx(delay_s, abs=0.15)
    assert len(found.missed) - len(found.false) == 120 - len(told)
    assert len(found.missed) <= 20


def test_the_order_in_which_things_come_changes_nothing() -> None:
    taps, told = moments(1.2, 4.1, 9.3, 9.9), moments(1, 4, 9, 9.5, 20)
    straight = pair(taps, told)

    for order in permutations(taps):
        assert pair(order, told[::-1]) == straight


times = st.lists(st.integers(0, 120).map(lambda each: each / 8), max_size=7)


@given(tapped=times, crossed=times)
def test_no_other_way_to_pair_costs_less(
    tapped: list[float], crossed: list[float]
) -> None:
    tapped.sort()
    crossed.sort()

    found = _matched(tapped, crossed)

    assert found == sorted(found)
    assert len({one for one, _ in found}) == len({two for _, two in found})
    assert all(abs(tapped[one] - crossed[two]) <= WINDOW_S for one, two in found)
    alone = len(tapped) + len(crossed) - 2 * len(found)
    apart = sum(abs(tapped[one] - crossed[two]) for one, two in found)
    assert apart + alone * WINDOW_S / 2 == pytest.approx(_least(tapped, crossed))


def _least(tapped: list[float], crossed: list[float]) -> float:
    """Return the least cost, by trying everything."""
    if not tapped or not crossed:
        return (len(tapped) + len(crossed)) * WINDOW_S / 2
    first, *rest = tapped
    costs = [WINDOW_S / 2 + _least(rest, crossed)]
    for place, other in enumerate(crossed):
        apart = abs(first - other)
        left = place * WINDOW_S / 2
        costs.append(left + apart + _least(rest, crossed[place + 1 :]))
    return min(costs)


def test_two_hours_of_a_crowd_are_paired_at_once() -> None:
    told = moments(*(0.5 * each for each in range(10_000)))
    taps = moments(*(0.5 * each + 0.3 for each in range(10_000)))

    found = pair(taps, told)

    assert len(found.hits) >= 9_990


def test_shares_have_the_bounds_of_the_published_example() -> None:
    # R. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    known = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]
    for part, whole, low, high in known:
        found = share(part, whole)
        assert found.low == pytest.approx(low, abs=1e-4)
        assert found.high == pytest.approx(high, abs=1e-4)
    assert share(0, 0).value is None
