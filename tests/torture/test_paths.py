"""Ways: places, speeds and stops."""

import numpy as np
import pytest

from tests.torture.paths import Go, Sway, Wait, across, way


def test_a_straight_way_takes_its_length_by_its_speed() -> None:
    gone = across((0, 0), (30, 40), 25, begins_s=1)

    assert (gone.begins_s, gone.ends_s) == (1.0, 3.0)
    assert gone.at(np.array([2.0])).tolist() == [[15.0, 20.0]]


def test_who_brakes_is_halfway_before_half_of_the_time() -> None:
    braking = way(0, 0, Go(100, 0, 40, 10))

    assert braking.ends_s == pytest.approx(4.0)  # 100 px at 25 px/s on average
    assert braking.at(np.array([2.0]))[0, 0] == pytest.approx(65.0)
    assert braking.at(np.array([4.0]))[0, 0] == pytest.approx(100.0)


def test_who_waits_stays_and_who_sways_comes_back() -> None:
    waiting = way(5, 6, Wait(2), Sway(3, 0, 4.0, times=2), Wait(1))

    assert waiting.ends_s == pytest.approx(11.0)
    assert waiting.at(np.array([1.0, 6.0, 10.5])) == pytest.approx(
        np.array([[5, 6]] * 3)
    )
    assert waiting.at(np.array([3.0]))[0, 0] == pytest.approx(8.0)


def test_a_way_can_be_taken_elsewhere_and_later() -> None:
    gone = across((0, 0), (10, 0), 10).moved(dx=1, dy=2, later_s=3)

    assert gone.begins_s == 3.0
    assert gone.at(np.array([3.5])).tolist() == [[6.0, 2.0]]
