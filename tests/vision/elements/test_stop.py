"""Where none may stand: one vehicle is one event, however it is seen."""

from collections.abc import Mapping

import numpy as np
import pytest

from tallypost.domain.alerts import AlertState
from tallypost.vision.elements.stop import LEFT_S, StopElement
from tests.vision.counting.scenes import Place, Way, steps
from tests.vision.elements.glances import told, watch

LANE = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
BEFORE, HERE, BEYOND = (100.0, 500.0), (500.0, 500.0), (900.0, 500.0)
RATES_HZ = (2.0, 5.0, 10.0, 25.0)
BEGUN, ENDED = AlertState


CARS = dict.fromkeys(range(100), 2)


def element(after_s: float = 30.0, lost_s: float = 600.0) -> StopElement:
    return StopElement(
        name="lane",
        polygon=LANE,
        classes=frozenset({2}),
        anchor="ground",
        after_s=after_s,
        lost_s=lost_s,
    )


def at(rate_hz: float) -> dict[str, object]:
    return {
        "look_s": 1 / rate_hz,
        "lost_looks": int(1.5 * rate_hz),
        "class_ids": CARS,
    }


def signs(
    ways: Mapping[int, Way], rate_hz: float = 10.0, **options: float
) -> list[tuple[float, AlertState, str | None]]:
    return told(element(**options), ways, **at(rate_hz))


def stay(seconds: float, rate_hz: float, place: Place = HERE) -> Way:
    return [place] * int(seconds * rate_hz)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_car_that_stops_is_told_of_once_and_then_that_it_has_gone(
    rate_hz: float,
) -> None:
    come = steps(BEFORE, HERE, each=int(4 * rate_hz))
    go = steps(HERE, BEYOND, each=int(4 * rate_hz))
    way = [*come, *stay(60, rate_hz), *go, *stay(20, rate_hz, BEYOND)]
    (begun_s, begun, label), (ended_s, ended, _) = signs({1: way}, rate_hz)

    assert (begun, ended, label) == (BEGUN, ENDED, "car")
    assert 33.5 <= begun_s <= 34.0 + 1 / rate_hz
    assert 64.0 + LEFT_S <= ended_s <= 64.5 + LEFT_S + 2 / rate_hz


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_car_that_waits_at_a_light_is_not_told_of(rate_hz: float) -> None:
    come = steps(BEFORE, HERE, each=int(4 * rate_hz))
    way = [*come, *stay(25, rate_hz), *steps(HERE, BEYOND, each=int(4 * rate_hz))]

    assert signs({1: way}, rate_hz) == []


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_parked_car_whose_track_is_lost_all_night_is_told_of_once(
    rate_hz: float,
) -> None:
    chance = np.random.default_rng(3)
    ways: dict[int, Way] = {}
    begin = 0
    for one in range(1, 21):
        place = tuple(np.array(HERE) + chance.normal(0, 2, 2))
        seen = int(rate_hz * chance.uniform(20, 60))
        ways[one] = [None] * begin + [place] * seen
        begin += seen + int(rate_hz * chance.uniform(3, 90))
    states = [state for _, state, _ in signs(ways, rate_hz)]

    assert states == [BEGUN]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_track_that_a_passing_bus_takes_along_leaves_the_car_behind(
    rate_hz: float,
) -> None:
    looks = int(60 * rate_hz)
    taken = [*stay(60, rate_hz), *steps(HERE, BEYOND, each=int(4 * rate_hz))]
    found: Way = [*[None] * (looks + int(3 * rate_hz)), *stay(90, rate_hz)]

    assert [state for _, state, _ in signs({1: taken, 2: found}, rate_hz)] == [BEGUN]


def test_a_car_that_is_no_longer_seen_is_held_to_be_there_for_so_long() -> None:
    # Somebody else is there meanwhile: the watch goes on.
    ways: dict[int, Way] = {1: stay(40, 10), 2: stay(120, 10, BEYOND)}
    (_, begun, _), (ended_s, ended, _) = signs(ways, lost_s=60.0)

    assert (begun, ended) == (BEGUN, ENDED)
    assert ended_s == pytest.approx(99.9, abs=0.11)


def test_two_cars_that_stop_are_two_events() -> None:
    ways: dict[int, Way] = {1: stay(50, 10), 2: stay(50, 10, (560.0, 500.0))}
    figures, said = watch(element(), ways, **at(10.0))

    assert figures.events == {"car": 2}
    assert [sign.state for sign in said] == [BEGUN, BEGUN]
    assert said[0].value == pytest.approx(30.0, abs=0.11)


def test_two_tracks_of_one_car_are_one_event() -> None:
    ways: dict[int, Way] = {1: stay(50, 10), 2: stay(50, 10, (510.0, 503.0))}

    assert len(signs(ways)) == 1


def test_who_stands_beside_the_area_or_is_of_another_class_is_not_told_of() -> None:
    assert signs({1: stay(60, 10, BEFORE)}) == []
    assert told(element(), {1: stay(60, 10)}) == []


def test_the_next_interval_tells_how_long_it_stood_and_no_new_event() -> None:
    stopped = element()
    watch(stopped, {1: stay(50, 10)}, **at(10.0))
    stopped.elapse(60.0)
    figures = stopped.take(60.0)

    assert (figures.events, figures.present_s) == ({}, 60.0)
