"""Sets of record numbers, beside plain sets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.telemetry.outbox.due import RANGES_MAX, Due
from tallypost.telemetry.outbox.numbers import END, Numbers, parse

ENDS = st.tuples(st.integers(1, 40), st.integers(0, 8))
STEPS = st.lists(st.tuples(st.booleans(), ENDS), max_size=30)


@given(STEPS)
def test_ranges_hold_what_a_plain_set_holds(
    steps: list[tuple[bool, tuple[int, int]]],
) -> None:
    numbers, plain = Numbers(), set[int]()
    for taken, (first, more) in steps:
        if taken:
            numbers.add(first, first + more)
            plain |= set(range(first, first + more + 1))
        else:
            numbers.remove(first, first + more)
            plain -= set(range(first, first + more + 1))

    told = [number for a, b in numbers for number in range(a, b + 1)]
    assert told == sorted(plain)
    assert all((number in numbers) is (number in plain) for number in range(1, 60))
    gaps = [number for a, b in numbers.gaps(1, 60) for number in range(a, b + 1)]
    assert gaps == [number for number in range(1, 61) if number not in plain]
    assert list(parse(str(numbers))) == list(numbers)
    assert all(after[0] > before[1] + 1 for before, after in _pairs(numbers))


def _pairs(numbers: Numbers) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(pairwise(numbers))


def test_fewer_ranges_hold_all_that_more_did() -> None:
    numbers = Numbers([(1, 1), (3, 3), (50, 60), (62, 62), (100, END)])

    fewer = numbers.simplified(3)

    assert str(fewer) == "1-3 50-62 100-"
    assert str(numbers) == "1 3 50-60 62 100-"


@pytest.mark.parametrize(
    "text", ["x", "5-3", "0", "1-2-3", "-4", "99999999999999999999"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@given(st.text(max_size=40))
def test_what_is_due_is_all_of_it_where_the_note_is_garbage(text: str) -> None:
    due = Due("| " + text + " x")

    assert list(due.ranges()) == [(1, END)]


def test_what_was_asked_for_again_comes_last_and_once() -> None:
    due = Due()
    due.settle(1, 20)
    due.expect(12, 12)
    due.ask(10, 14)

    assert list(due.ranges()) == [(12, 12), (21, END), (10, 11), (13, 14)]
    assert list(Due(str(due)).ranges()) == list(due.ranges())
    due.settle(12, 12)
    assert str(due) == "21- | 10-11 13-14"
    assert list(due.settled(20)) == [(1, 9), (12, 12), (15, 20)]


def test_a_note_stays_short_however_scattered_what_is_due() -> None:
    due = Due()
    for seq in range(2, 4000, 2):
        due.settle(seq, seq)

    assert len(str(due).split()) == RANGES_MAX
    noted = Due(str(due))
    assert all(seq in noted for seq in range(1, 4000, 2))
