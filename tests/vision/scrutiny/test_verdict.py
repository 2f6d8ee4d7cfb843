"""Verdicts do not flap."""

import pytest

from tallypost.domain.vision import Fault
from tallypost.vision.scrutiny.verdict import PATIENCE, Judge, Verdict


def hear(judge: Judge, first_s: float, seconds: float, pattern: str) -> list[Verdict]:
    """Tell a judge five times a second what is seen: x is, - is not."""
    heard = [
        judge.hear(first_s + n / 5, 0.2, seen=pattern[n % len(pattern)] == "x")
        for n in range(round(seconds * 5))
    ]
    return [verdict for verdict in heard if verdict]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_stands_when_it_has_been_seen_for_long_enough(fault: Fault) -> None:
    judge, patience = Judge(fault), PATIENCE[fault]

    assert hear(judge, 0.0, patience.begin_s - 0.4, "x") == []
    [begun] = hear(judge, patience.begin_s - 0.4, 2.0, "x")
    assert (begun.fault, begun.began) == (fault, True)
    assert begun.time_s == pytest.approx(-0.2)
    assert hear(judge, 50.0, patience.end_s - 0.4, "-") == []
    [over] = hear(judge, 50.0 + patience.end_s - 0.4, 2.0, "-")
    assert not over.began
    assert over.time_s == pytest.approx(49.8)


def test_what_is_seen_now_and_then_is_nothing() -> None:
    judge = Judge(Fault.MOVED)

    assert hear(judge, 0.0, 3600.0, "x---") == []
    assert not judge.stands


def test_what_is_seen_most_of_the_time_is_there() -> None:
    judge = Judge(Fault.MOVED)

    [begun] = hear(judge, 0.0, 60.0, "xxx-")
    assert begun.began
    assert judge.stands


def test_a_look_that_misses_it_now_and_then_ends_nothing() -> None:
    judge = Judge(Fault.MOVED)
    hear(judge, 0.0, 10.0, "x")

    assert hear(judge, 10.0, 3600.0, "x-x") == []
    assert judge.stands
