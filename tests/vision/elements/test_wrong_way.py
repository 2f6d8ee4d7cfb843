"""One way only: who goes the other way is told of, each once."""

import pytest

from tallypost.domain.alerts import AlertState
from tallypost.vision.counting.events import Direction
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.wrong_way import WrongWayElement
from tests.vision.counting.scenes import Way, steps
from tests.vision.elements.glances import told, watch

ABOVE, BELOW = (500.0, 300.0), (500.0, 700.0)
DOWN, UP = steps(ABOVE, BELOW, each=20), steps(BELOW, ABOVE, each=20)
BEGUN, ENDED = AlertState
CARS = {1: 2, 2: 2}


def element(allowed: str = "forward", clear_s: float = 10.0) -> WrongWayElement:
    line = LineCounter(
        name="exit", start=(0.0, 0.5), end=(1.0, 0.5), classes=frozenset({2})
    )
    return WrongWayElement(counter=line, allowed=Direction(allowed), clear_s=clear_s)


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_a_car_that_goes_up_is_told_of_once_and_then_it_is_over(rate_hz: float) -> None:
    way = steps(BELOW, ABOVE, each=int(4 * rate_hz))
    signs = told(
        element(),
        {1: [*way, *[ABOVE] * int(15 * rate_hz)]},
        look_s=1 / rate_hz,
        class_ids=CARS,
    )

    (begun_s, begun, label), (ended_s, ended, _) = signs
    assert (begun, ended, label) == (BEGUN, ENDED, "car")
    # The line is met after 2 s; a fifth of its size behind it is clear.
    assert 2.1 <= begun_s <= 2.12 + 1 / rate_hz
    assert ended_s - begun_s == pytest.approx(10.0, abs=1 / rate_hz)


def test_the_right_way_is_not_told_of() -> None:
    assert told(element(), {1: DOWN}, class_ids=CARS) == []
    assert told(element("backward"), {1: UP}, class_ids=CARS) == []


def test_who_turns_back_on_the_line_has_gone_no_way() -> None:
    way = [*steps(BELOW, (500.0, 505.0)), *steps((500.0, 505.0), BELOW)]

    assert told(element(), {1: way}, class_ids=CARS) == []


def test_somebody_of_another_class_may_go_either_way() -> None:
    assert told(element(), {1: UP}) == []


def test_each_of_two_is_counted_and_the_time_is_that_of_both() -> None:
    ways: dict[int, Way] = {1: UP, 2: [None] * 30 + UP}
    figures, signs = watch(element(clear_s=2.0), ways, class_ids=CARS)

    assert figures.events == {"car": 2}
    assert figures.present_s == pytest.approx(4.0, abs=0.2)
    assert [sign.state for sign in signs] == [BEGUN, ENDED, BEGUN, ENDED]
