"""Who stands still, and for how long."""

from collections.abc import Mapping

import numpy as np
import pytest

from tallypost.vision.elements.stillness import Stand, Stillness
from tests.vision.counting.scenes import Way, steps, tracks

HERE, THERE = (300.0, 500.0), (700.0, 500.0)


def longest_s(way: Way | Mapping[int, Way]) -> float:
    """The longest stand of the first object on its way."""
    ways = way if isinstance(way, Mapping) else {1: way}
    stillness = Stillness()
    told = [stillness.update(look) for look in tracks(ways)]
    return max(float(each[0]) for each in told if len(each))


def test_one_who_stands_from_birth_stands_since_birth() -> None:
    assert longest_s([HERE] * 51) == pytest.approx(5.0)


def test_one_who_walks_does_not_stand() -> None:
    assert longest_s(steps(HERE, THERE, each=20)) < 0.2


def test_one_whose_box_sways_a_little_stands() -> None:
    noise = np.random.default_rng(7).normal(0.0, 3.0, (100, 2))

    assert longest_s([tuple(np.array(HERE) + each) for each in noise]) > 9.0


def test_one_who_goes_on_no_longer_stands() -> None:
    way: Way = [HERE] * 40 + steps(HERE, THERE, each=20)
    stillness = Stillness()
    told = [stillness.update(look) for look in tracks({1: way})]

    assert told[39][0] > 3.5
    assert told[55][0] < 0.2


def test_a_creeping_object_stands_for_three_seconds_only_below_its_pace() -> None:
    # A twelfth of its size of 60 pixels a second is 5 pixels a second.
    assert longest_s(steps(HERE, (390.0, 500.0), each=100)) < 3.0
    assert longest_s(steps(HERE, (330.0, 500.0), each=100)) > 3.0


def test_nobody_is_mistaken_for_somebody_else() -> None:
    ways: dict[int, Way] = {1: [HERE] * 30, 2: steps(HERE, THERE, each=29)}
    stillness = Stillness()
    told = [stillness.update(look) for look in tracks(ways)]

    assert told[25][0] == pytest.approx(2.5)
    assert told[25][1] < 0.2


def stands(way: Way) -> list[tuple[float, Stand]]:
    """When the stands of the first object on its way are told to be over."""
    stillness, told = Stillness(), []
    for look in tracks({1: way}):
        stillness.update(look)
        told += [(look.time_s, stand) for stand in stillness.over]
    return told


def test_a_stand_is_told_once_when_it_is_over() -> None:
    ((told_s, stand),) = stands([HERE] * 41 + steps(HERE, THERE, each=20)[1:])

    assert (stand.track_id, stand.begun_s) == (1, 0.0)
    assert stand.ended_s == pytest.approx(4.0)
    assert told_s == pytest.approx(4.1)


def test_who_is_given_up_stood_until_it_was_last_seen() -> None:
    ((told_s, stand),) = stands([HERE] * 41)

    assert stand.ended_s == pytest.approx(4.0)
    assert told_s > 5.0


def test_a_stand_of_a_moment_is_none() -> None:
    assert not stands(steps(HERE, THERE) + [THERE] * 15)
