"""Who goes from which gate to which."""

from collections.abc import Mapping

import pytest

from tallypost.domain.figures.traffic import MovementFigures
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.movement import MovementElement
from tests.vision.counting.scenes import Way, steps
from tests.vision.elements.observed import BICYCLE, CAR, PERSON, gate, observed, watch

WEST, EAST, SOUTH, MIDDLE = (
    (80.0, 500.0),
    (920.0, 500.0),
    (500.0, 950.0),
    (500.0, 500.0),
)


def figures(
    ways: Mapping[int, Way],
    class_ids: Mapping[int, int] | None = None,
    *,
    look_s: float = 0.1,
    time_max_s: float = 60.0,
) -> MovementFigures:
    element = MovementElement(
        name="junction", gates=("west", "east", "south"), time_max_s=time_max_s
    )
    gates = [
        gate("west", 0.2),
        gate("east", 0.8),
        LineCounter(name="south", start=(0.0, 0.8), end=(1.0, 0.8)),
    ]
    glances = observed(
        ways, gates, class_ids=class_ids or dict.fromkeys(ways, CAR), look_s=look_s
    )
    told, signs = watch(element, glances, look_s)
    assert signs == []
    assert isinstance(told, MovementFigures)
    return told


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_a_trip_goes_from_the_first_gate_to_the_next(rate_hz: float) -> None:
    each = round(4 * rate_hz)

    told = figures({1: steps(WEST, EAST, each=each)}, look_s=1 / rate_hz)

    assert told.trips == {"west": {"east": {"car": 1}}}
    assert told.incomplete == {}


def test_turns_are_told_apart_and_by_class() -> None:
    ways = {
        1: steps(WEST, MIDDLE, SOUTH, each=20),
        2: steps(SOUTH, (520.0, 520.0), EAST, each=20),
        3: steps(EAST, (500.0, 600.0), WEST, each=20),
    }

    told = figures(ways, {1: CAR, 2: BICYCLE, 3: PERSON})

    assert told.trips == {
        "west": {"south": {"car": 1}},
        "south": {"east": {"bicycle": 1}},
        "east": {"west": {"person": 1}},
    }


def test_who_turns_round_on_the_junction_leaves_where_it_came_from() -> None:
    told = figures({1: steps(WEST, MIDDLE, WEST, each=20)})

    assert told.trips == {"west": {"west": {"car": 1}}}


def test_who_is_lost_on_the_junction_is_incomplete() -> None:
    told = figures({1: steps(WEST, MIDDLE, each=20)})

    assert told.trips == {}
    assert told.incomplete == {"car": 1}


def test_who_stays_too_long_has_made_no_trip() -> None:
    way = steps(WEST, MIDDLE, each=20) + [MIDDLE] * 100 + steps(MIDDLE, EAST, each=20)

    assert figures({1: way}).trips == {"west": {"east": {"car": 1}}}
    told = figures({1: way}, time_max_s=5.0)
    assert told.trips == {}
    assert told.incomplete == {"car": 2}


def test_one_who_comes_back_later_makes_a_second_trip() -> None:
    way = steps(WEST, EAST, each=20) + steps(EAST, WEST, each=20)

    assert figures({1: way}).trips == {
        "west": {"east": {"car": 1}},
        "east": {"west": {"car": 1}},
    }


def test_a_rider_goes_as_the_bicycle() -> None:
    bicycle = steps(WEST, EAST, each=40)
    rider: Way = [(place[0], place[1] - 20) for place in bicycle if place]

    told = figures({1: bicycle, 2: rider}, {1: BICYCLE, 2: PERSON})

    assert told.trips == {"west": {"east": {"bicycle": 1}}}


def test_only_wanted_classes_make_trips() -> None:
    element = MovementElement(
        name="j", gates=("west", "east"), classes=frozenset({CAR}), time_max_s=60.0
    )
    ways = {1: steps(WEST, EAST, each=40), 2: steps(EAST, WEST, each=40)}
    gates = [gate("west", 0.2), gate("east", 0.8)]
    told, _ = watch(element, observed(ways, gates, class_ids={1: CAR, 2: PERSON}))

    assert told.trips == {"west": {"east": {"car": 1}}}


def test_a_trip_counts_in_the_interval_in_which_it_ends() -> None:
    element = MovementElement(name="j", gates=("west", "east"), time_max_s=60.0)
    ways = {1: steps(WEST, EAST, each=40)}
    gates = [gate("west", 0.2), gate("east", 0.8)]
    told = []
    for number, glance in enumerate(observed(ways, gates, class_ids={1: CAR})):
        element.update(glance)
        if number == 20:
            told.append(element.take(2.0))
    told.append(element.take(2.0))

    assert told[0].trips == {}
    assert told[1].trips == {"west": {"east": {"car": 1}}}
