"""Who rides, and who only stands or walks beside what is ridden."""

from collections.abc import Sequence

import numpy as np
import pytest

from tallypost.domain.vision import Tracks
from tallypost.vision.elements.riders import Riders
from tallypost.vision.elements.stillness import Stillness
from tests.vision.elements.observed import BICYCLE, CLASSES, PERSON

RIDER, BIKE = 1, 2
BIKE_WIDTH, BIKE_HEIGHT = 84.0, 62.0


def look(
    time_s: float,
    person: tuple[float, float] | None,
    bike: tuple[float, float] | None,
    ended_ids: Sequence[int] = (),
) -> Tracks:
    """Return a person and a bicycle, each by the middle of its lower edge."""
    there = [
        (one, class_id, [x - width / 2, y - height, x + width / 2, y])
        for one, class_id, place, width, height in (
            (RIDER, PERSON, person, 42.0, 104.0),
            (BIKE, BICYCLE, bike, BIKE_WIDTH, BIKE_HEIGHT),
        )
        if place is not None
        for x, y in (place,)
    ]
    return Tracks(
        time_s=time_s,
        ids=np.array([each[0] for each in there], np.int64),
        boxes=np.array([each[2] for each in there], np.float32).reshape(-1, 4),
        class_ids=np.array([each[1] for each in there], np.int64),
        born_boxes=np.array([each[2] for each in there], np.float32).reshape(-1, 4),
        born_s=np.zeros(len(there)),
        ended_ids=np.array(ended_ids, np.int64),
    )


def ridden(looks: list[Tracks]) -> list[bool]:
    """Return at which looks the person was told to ride."""
    riders, stillness = Riders(CLASSES), Stillness()
    return [RIDER in riders.update(each, stillness.update(each)) for each in looks]


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_one_who_keeps_the_seat_rides(rate_hz: float) -> None:
    times_s = np.arange(0.2, 4, 1 / rate_hz)
    noise = np.random.default_rng(3).normal(0, 3, (len(times_s), 4))
    told = ridden(
        [
            look(t, (150 * t + a, 580 + b), (150 * t + 8 + c, 600 + d))
            for t, (a, b, c, d) in zip(times_s, noise, strict=True)
        ]
    )

    assert all(rides for t, rides in zip(times_s, told, strict=True) if t > 1.3)


@pytest.mark.parametrize("rate_hz", [5.0, 10.0, 25.0])
def test_one_whose_bicycle_is_seen_every_fourth_look_rides(rate_hz: float) -> None:
    times_s = np.arange(0.2, 4, 1 / rate_hz)
    told = ridden(
        [
            look(t, (150 * t, 580), None if number % 4 else (150 * t + 8, 600))
            for number, t in enumerate(times_s)
        ]
    )

    assert all(rides for t, rides in zip(times_s, told, strict=True) if t > 2)


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_one_whom_a_bicycle_passes_does_not_ride(rate_hz: float) -> None:
    times_s = np.arange(0.2, 8, 1 / rate_hz)

    told = ridden([look(t, (400.0, 590.0), (100 * t, 600.0)) for t in times_s])

    assert not any(told)


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_one_whom_a_slow_bicycle_overtakes_does_not_ride(rate_hz: float) -> None:
    times_s = np.arange(0.2, 8, 1 / rate_hz)

    told = ridden([look(t, (200 + 65 * t, 590), (140 * t, 600)) for t in times_s])

    assert not any(told)


def test_one_who_stands_by_a_parked_bicycle_does_not_ride() -> None:
    told = ridden([look(t, (400.0, 590.0), (400.0, 600.0)) for t in range(30)])

    assert not any(told)


def test_a_rider_at_a_red_light_still_rides() -> None:
    moving = [look(t / 10, (15 * t, 580.0), (15 * t, 600.0)) for t in range(20)]
    waiting = [look(2 + t / 10, (300.0, 580.0), (300.0, 600.0)) for t in range(200)]

    assert ridden(moving + waiting)[-1]


def test_one_who_gets_off_walks_again() -> None:
    riding = [look(t / 10, (15 * t, 580.0), (15 * t, 600.0)) for t in range(30)]
    given_up = look(4.5, (450.0, 640.0), None, ended_ids=[BIKE])
    walking = [look(4.6 + t / 10, (450 + 8 * t, 640.0), None) for t in range(60)]

    told = ridden([*riding, given_up, *walking])

    assert told[29]
    assert not told[-1]


def test_one_who_ends_is_told_once_more_for_what_crosses_at_the_end() -> None:
    riders, stillness = Riders(CLASSES), Stillness()
    for t in range(20):
        each = look(t / 10, (15 * t, 580.0), (15 * t, 600.0))
        riders.update(each, stillness.update(each))
    over = look(3.5, None, None)
    ended = look(3.5, None, None, ended_ids=[RIDER, BIKE])

    assert RIDER in riders.update(ended, stillness.update(ended))
    assert riders.update(over, stillness.update(over)) == frozenset()
