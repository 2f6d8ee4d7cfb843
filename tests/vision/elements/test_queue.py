"""Who waits, how long the queue is, and how long it takes: at every rate."""

import numpy as np
import pytest

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.traffic import QueueFigures
from tallypost.geometry import Points
from tallypost.vision.elements.queue import QueueElement
from tallypost.vision.elements.waiters import Waiters
from tests.vision.elements.stage import PERSON, Box, Seen, Watch, Way

# One waits from the left to the front at x = 800; persons are 40 wide and 90 high.
POLYGON = ((0.2, 0.4), (0.8, 0.4), (0.8, 0.6), (0.2, 0.6))
FRONT = ((0.8, 0.38), (0.8, 0.62))
RATES = pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])


def at(x: float, y: float = 500.0) -> Box:
    return x - 20, y - 90, x + 20, y


def till(
    *, long_from: int | None = None, front_m: Points | None = None
) -> QueueElement:
    waiters = Waiters(
        polygon=POLYGON,
        front=FRONT,
        classes=frozenset({PERSON}),
        anchor="ground",
        still_after_s=2.0,
    )
    return QueueElement(
        name="till", waiters=waiters, long_from=long_from, front_m=front_m
    )


def person(way: Way, *, unseen: tuple[tuple[float, float], ...] = ()) -> Seen:
    return Seen(way, unseen=unseen, class_id=PERSON)


def turn(start_s: float, wait_s: float, *, place: float = 760.0) -> Way:
    """Walk up, wait at a place, go on over the front."""
    return [
        (start_s - 6, at(100)),
        (start_s, at(place)),
        (start_s + wait_s, at(place)),
        (start_s + wait_s + 3, at(950)),
    ]


def figures(element: object) -> QueueFigures:
    told = element.take(60.0)  # type: ignore[attr-defined]
    assert isinstance(told, QueueFigures)
    return told


@RATES
def test_who_waits_and_is_served_is_timed_to_the_front(rate_hz: float) -> None:
    queue = till()
    Watch(queue).show({1: person(turn(10, 30))}, 60, rate_hz=rate_hz)

    told = figures(queue)

    assert (told.joined, told.served, told.left) == (1, 1, 0)
    assert told.wait_mean_s == pytest.approx(31, abs=2)
    assert told.wait_p50_s == told.wait_p85_s == told.wait_max_s == told.wait_mean_s
    assert told.length_max == 1
    assert told.length_mean == pytest.approx(30 / 60, abs=0.07)
    assert told.length_mean_m is None, "nobody knows metres here"


@RATES
def test_who_only_walks_through_does_not_wait(rate_hz: float) -> None:
    queue = till()
    Watch(queue).show({1: person([(0, at(100)), (8, at(950))])}, 15, rate_hz=rate_hz)

    told = figures(queue)

    assert (told.joined, told.served, told.left, told.length_max) == (0, 0, 0, 0)


@RATES
def test_who_creeps_on_step_by_step_is_not_lost_from_the_queue(rate_hz: float) -> None:
    way: list[tuple[float, Box]] = [(0, at(100)), (4, at(250))]
    for step in range(10):
        way += [
            (8 + step * 8, at(250 + step * 50)),
            (12 + step * 8, at(300 + step * 50)),
        ]
    way += [(90, at(750)), (93, at(950))]
    queue = till()
    Watch(queue).show({1: person(way)}, 100, rate_hz=rate_hz)

    told = figures(queue)

    assert (told.joined, told.served, told.left) == (1, 1, 0)
    assert told.wait_max_s == pytest.approx(87, abs=3)


def test_one_who_creeps_without_ever_standing_waits() -> None:
    # 12 pixels a second are a fifth of a person's size of 60 pixels.
    queue = till()
    Watch(queue).show({1: person([(0, at(250)), (40, at(730))])}, 40)

    assert figures(queue).joined == 1


@RATES
def test_who_gives_up_has_left(rate_hz: float) -> None:
    way = [(0.0, at(100)), (4, at(500)), (30, at(500)), (34, at(500, 900))]
    queue = till()
    Watch(queue).show({1: person([*way, (60, at(500, 900))])}, 60, rate_hz=rate_hz)

    told = figures(queue)

    assert (told.joined, told.served, told.left) == (1, 0, 1)
    assert told.wait_mean_s is None


def test_one_who_sways_on_the_front_is_served_once_and_only_when_gone() -> None:
    random = np.random.default_rng(5)
    stand = [(10 + n / 5, at(796 + random.normal(0, 5))) for n in range(200)]
    queue = till()
    watch = Watch(queue)
    scene = {1: person([(4, at(100)), *stand, (53, at(980))])}

    assert figures(watch.show(scene, 45).element).served == 0
    told = figures(watch.show(scene, 60).element)
    assert (told.served, told.left) == (1, 0)


@RATES
def test_who_is_hidden_for_a_while_waits_on(rate_hz: float) -> None:
    queue = till()
    scene = {
        1: person([*turn(10, 20)[:2], (20, at(760))]),
        2: person([(24, at(765)), *turn(10, 30)[-2:]]),
    }
    Watch(queue).show(scene, 60, rate_hz=rate_hz)

    told = figures(queue)

    assert (told.joined, told.served, told.left) == (1, 1, 0)
    assert told.wait_max_s == pytest.approx(31, abs=2)


def test_who_is_lost_for_good_has_left() -> None:
    queue = till()
    Watch(queue).show({1: person([(0, at(500)), (20, at(500))])}, 40)

    told = figures(queue)

    assert (told.joined, told.served, told.left) == (1, 0, 1)


def test_who_goes_past_the_end_of_the_front_has_not_been_served() -> None:
    way = [(0.0, at(700)), (20, at(700)), (22, at(750, 700)), (26, at(950, 700))]
    queue = till()
    Watch(queue).show({1: person(way)}, 40)

    told = figures(queue)

    assert (told.joined, told.served, told.left) == (1, 0, 1)


def test_others_than_those_asked_for_do_not_wait() -> None:
    queue = till()
    Watch(queue).show({1: Seen([(0, at(500)), (20, at(500))])}, 20)

    assert figures(queue).length_max == 0


def test_those_who_wait_at_an_intervals_beginning_are_not_counted_as_joining() -> None:
    queue = till()
    watch = Watch(queue)
    scene = {1: person([(0, at(500)), (100, at(500))])}

    assert figures(watch.show(scene, 20).element).joined == 1
    told = figures(watch.show(scene, 80).element)
    assert (told.joined, told.length_max, told.length_mean) == (0, 1, 1.0)


def test_a_long_queue_is_told_once_and_once_more_when_it_is_over() -> None:
    crowd = {n: person(turn(10 + n, 60 - n, place=300 + 100 * n)) for n in range(5)}
    watch = Watch(till(long_from=4)).show(crowd, 100)

    told = [(sign.kind, sign.state, sign.value) for _, sign in watch.signs]

    assert told[0] == (AlertKind.LONG_QUEUE, AlertState.BEGUN, 5.0)
    assert [state for _, state, _ in told] == [AlertState.BEGUN, AlertState.ENDED]
    assert watch.signs[0][0] == pytest.approx(20, abs=2)


def test_a_queue_that_is_long_for_a_moment_is_not_told() -> None:
    crowd = {n: person(turn(10, 4, place=300 + 100 * n)) for n in range(5)}

    assert Watch(till(long_from=4)).show(crowd, 60).signs == []


def test_metres_are_told_where_the_ground_is_known() -> None:
    crowd = {
        n: person([(0, at(400 + 100 * n)), (30, at(400 + 100 * n))]) for n in (1, 2)
    }

    def metres(feet: Points) -> Points:
        return feet / 100

    first_to_last, to_the_front = till(), till(front_m=np.array([8.0, 5.0]))
    Watch(first_to_last, metres).show(crowd, 30)
    Watch(to_the_front, metres).show(crowd, 30)
    unsure = till()
    Watch(unsure, lambda feet: feet * np.nan).show(crowd, 30)

    assert figures(first_to_last).length_max_m == pytest.approx(1.0)
    assert figures(to_the_front).length_max_m == pytest.approx(3.0)
    assert figures(unsure).length_max_m is None


def test_an_interval_of_one_look_has_the_length_that_it_saw() -> None:
    seen = {1: person([(0, at(500)), (30, at(500))])}
    queue = till()
    watch = Watch(queue).show(seen, 20.0)
    figures(queue)
    watch.show(seen, 20.2)

    assert queue.take(0.0).length_mean == 1.0
