"""Alerts come in pairs, and never in a flood."""

import pytest

from tallypost.board.base import ClockReading
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import ClockTrust
from tallypost.vision.elements.alarms import PER_MINUTE, Alarms
from tallypost.vision.elements.base import Sign
from tallypost.vision.kpi.window import Moment

BEGUN, ENDED = AlertState
CLOCK = ClockReading(ClockTrust.SYNCED, 0.1)


@pytest.fixture
def alarms() -> Alarms:
    return Alarms()


def say(
    alarms: Alarms,
    time_s: float,
    state: AlertState,
    *,
    element: str = "lane",
    label: str = "car",
) -> list[Alert]:
    sign = Sign(kind=AlertKind.STOPPED_VEHICLE, state=state, label=label, value=time_s)
    return alarms.heed(sign, "stops", element, at(time_s))


def at(time_s: float) -> Moment:
    return Moment(time_s, 1_700_000_000.0 + time_s, CLOCK)


def test_an_alert_says_when_where_and_who(alarms: Alarms) -> None:
    assert say(alarms, 3.0, BEGUN) == [
        Alert(
            kind=AlertKind.STOPPED_VEHICLE,
            state=BEGUN,
            time_utc_s=1_700_000_003.0,
            collection="stops",
            element="lane",
            label="car",
            value=3.0,
            clock=ClockTrust.SYNCED,
        )
    ]


def test_what_begins_too_soon_and_is_soon_over_is_never_told(alarms: Alarms) -> None:
    assert say(alarms, 0.0, BEGUN)
    assert say(alarms, 1.0, ENDED)
    assert say(alarms, 8.0, BEGUN) == []
    assert say(alarms, 9.0, ENDED) == []
    assert alarms.due(at(20.0)) == []
    assert say(alarms, 21.0, BEGUN)


def test_what_begins_too_soon_and_goes_on_is_told_when_the_pause_is_over(
    alarms: Alarms,
) -> None:
    say(alarms, 0.0, BEGUN)
    say(alarms, 1.0, ENDED)
    say(alarms, 4.0, BEGUN)
    assert alarms.due(at(9.9)) == []
    (begun,) = alarms.due(at(10.0))

    assert begun.time_utc_s == 1_700_000_004.0, "when it happened"
    assert alarms.due(at(30.0)) == []
    assert say(alarms, 40.0, ENDED)


def test_another_element_may_begin_at_once(alarms: Alarms) -> None:
    assert say(alarms, 0.0, BEGUN)
    assert say(alarms, 0.1, BEGUN, element="gate")


def test_of_several_that_nobody_was_told_of_is_over_first(alarms: Alarms) -> None:
    assert say(alarms, 0.0, BEGUN)
    assert say(alarms, 1.0, BEGUN) == []
    assert say(alarms, 5.0, ENDED) == []
    assert len(say(alarms, 50.0, ENDED)) == 1


def test_the_class_tells_which_of_several_is_over(alarms: Alarms) -> None:
    say(alarms, 0.0, BEGUN, label="car")
    say(alarms, 1.0, BEGUN, label="bus")
    (over,) = say(alarms, 5.0, ENDED, label="car")
    assert over.label == "car"
    (begun,) = alarms.due(at(10.0))
    assert begun.label == "bus"
    (over,) = say(alarms, 11.0, ENDED, label="truck")

    assert over.label == "bus", "as it was told to have begun"


def test_an_end_of_nothing_is_not_told(alarms: Alarms) -> None:
    assert say(alarms, 0.0, ENDED) == []
    assert say(alarms, 0.1, BEGUN)


def test_in_all_no_more_leave_than_may_and_every_end_does(alarms: Alarms) -> None:
    begun, ended = [], []
    for minute in range(60):
        for one in range(100):
            time_s = 60.0 * minute + 0.3 * one
            begun += say(alarms, time_s, BEGUN, element=f"n{one}")
            ended += say(alarms, time_s + 0.1, ENDED, element=f"n{one}")

    assert len(begun) == len(ended)
    assert len(begun) + len(ended) <= PER_MINUTE * 61
    assert len(begun) > 25 * 60


def test_what_goes_on_is_over_when_nobody_watches_any_more(alarms: Alarms) -> None:
    say(alarms, 0.0, BEGUN)
    say(alarms, 1.0, BEGUN, element="gate")
    say(alarms, 2.0, ENDED, element="gate")

    (over,) = alarms.finish(at(7.0))
    assert (over.state, over.element, over.value) == (ENDED, "lane", None)
    assert over.time_utc_s == 1_700_000_007.0
    assert list(alarms.finish(at(8.0))) == []
