"""A test by taps, from its beginning to its end."""

import math
import random

import pytest

from tallypost.acceptance.tap_test import LASTS_S_MAX, TAPS_MAX, TapTest
from tallypost.domain.aiming import Passed
from tallypost.errors import AcceptanceError

BEGUN_S = 1000.0


def begun() -> TapTest:
    return TapTest("gate", "person", BEGUN_S)


def passed(at_s: float, direction: str = "forward", **other: str) -> Passed:
    told = {"collection": "lines", "element": "gate", "class_name": "person"} | other
    return Passed(**told, direction=direction, at_monotonic_s=at_s)


def walked(test: TapTest, count: int, *, missed: float = 0.0, seed: int = 1) -> float:
    """Have so many pass, tapped and told, out of order; return when the last did."""
    rng = random.Random(seed)
    at_s = BEGUN_S + 5
    told = []
    for number in range(count):
        at_s += 1 + rng.expovariate(0.25)
        direction = ("forward", "backward")[number % 2]
        test.tap(direction, 0.0, at_s + 0.6 + rng.gauss(0, 0.2))
        if rng.random() >= missed:
            told.append(passed(at_s, direction))
    rng.shuffle(told)
    for each in told:
        test.heard(each)
    return at_s + 5


def test_a_device_that_misses_nobody_is_found_equivalent_and_its_delay_known() -> None:
    test = begun()
    outcome = test.end(walked(test, 150))

    assert outcome.equivalence is not None
    assert outcome.equivalence.equivalent
    assert outcome.equivalence.taps == outcome.equivalence.device == 150
    assert outcome.paired.delay_s == pytest.approx(0.6, abs=0.1)


def test_who_is_missed_is_told_as_missed() -> None:
    test = begun()
    outcome = test.end(walked(test, 150, missed=0.3))

    assert outcome.equivalence is not None
    assert not outcome.equivalence.equivalent
    assert outcome.equivalence.error == pytest.approx(-0.3, abs=0.12)
    assert outcome.paired.recall.high < 0.85
    assert outcome.paired.precision.value == 1.0


def test_what_other_lines_and_classes_tell_is_not_heard() -> None:
    test = begun()
    for other in (
        passed(1010, element="kerb"),
        passed(1010, class_name="car"),
        passed(1010, collection="zones"),
        passed(BEGUN_S - 1),
    ):
        test.heard(other)

    assert "device" not in test.state(1020)
    assert not test.end(1020).paired.false


def test_a_tap_that_is_taken_back_counts_no_more() -> None:
    test = begun()
    test.tap("forward", 0, 1010)
    test.tap("backward", 0, 1011)
    test.undo()

    assert test.state(1012)["hand"] == {"forward": 1, "backward": 0}
    test.undo()
    with pytest.raises(AcceptanceError, match="nothing has been tapped"):
        test.undo()


@pytest.mark.parametrize(
    ("direction", "ago_s", "fault"),
    [
        ("sideways", 0, "direction"),
        (None, 0, "direction"),
        ({"x": 1}, 0, "direction"),
        ("forward", math.nan, "ago_s"),
        ("forward", math.inf, "ago_s"),
        ("forward", -1, "ago_s"),
        ("forward", 61, "ago_s"),
        ("forward", "1", "ago_s"),
        ("forward", True, "ago_s"),
        ("forward", 10**400, "ago_s"),
        ("forward", 15, "before the test began"),
    ],
    ids=lambda each: str(each)[:12],
)
def test_what_is_no_tap_is_refused_in_words(
    direction: object, ago_s: object, fault: str
) -> None:
    test = begun()
    with pytest.raises(AcceptanceError, match=fault):
        test.tap(direction, ago_s, 1010)
    assert test.state(1010)["hand"] == {"forward": 0, "backward": 0}


def test_ten_thousand_taps_a_second_are_no_person() -> None:
    test = begun()
    refused = 0
    for number in range(10_000):
        try:
            test.tap("forward", 0, 1010 + number / 10_000)
        except AcceptanceError:
            refused += 1

    assert refused > 9_900


def test_a_test_has_an_end() -> None:
    test = begun()
    with pytest.raises(AcceptanceError, match="longer than 4 hours"):
        test.tap("forward", 0, BEGUN_S + LASTS_S_MAX + 1)
    for number in range(TAPS_MAX):
        test.tap("forward", 0, BEGUN_S + number)
    with pytest.raises(AcceptanceError, match="which is all"):
        test.tap("forward", 0, BEGUN_S + TAPS_MAX)


def test_who_passes_at_the_very_beginning_and_end_is_nobodys_fault() -> None:
    test = begun()
    end_s = walked(test, 40)
    test.heard(passed(BEGUN_S + 0.1))  # tapped before the test
    test.heard(passed(end_s - 0.1))  # not yet tapped
    outcome = test.end(end_s)

    assert not outcome.paired.false
    assert outcome.equivalence is not None
    assert outcome.equivalence.error == 0


def test_a_test_without_anybody_says_nothing() -> None:
    outcome = begun().end(BEGUN_S + 600)

    assert outcome.equivalence is None


def test_where_few_pass_several_minutes_are_one_interval() -> None:
    test = begun()
    for minute in range(0, 60, 4):
        at_s = BEGUN_S + 60 * minute + 30
        test.tap("forward", 0, at_s)
        test.heard(passed(at_s))
    outcome = test.end(BEGUN_S + 3600)

    assert outcome.equivalence is not None
    assert outcome.equivalence.observations == 15
    assert outcome.equivalence.taps == 15
