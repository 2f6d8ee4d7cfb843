"""Nothing moves: whoever says so must not be wrong."""

import numpy as np
import pytest

from tallypost.vision.gate.motion import REST_S_MAX, MotionGate
from tallypost.vision.glimpse import Luma

SHAPE = (60, 80)
STREET = np.random.default_rng(0).uniform(60, 180, SHAPE).astype(np.float32)


def noisy(light: Luma, sigma: float, seed: int) -> Luma:
    noise = np.random.default_rng(seed).normal(0, sigma, light.shape)
    return np.asarray(light + noise, np.float32)


def looked(sigma: float = 0.0) -> MotionGate:
    """A gate that knows its noise: ten seconds at ten looks a second."""
    gate = MotionGate()
    for number in range(100):
        light = noisy(STREET, sigma, number)
        gate.is_still(light, number / 10)
        gate.looked(light, number / 10)
    return gate


def test_the_first_picture_is_looked_at() -> None:
    assert not MotionGate().is_still(STREET, 0.0)


@pytest.mark.parametrize("sigma", [0.0, 0.5, 1.0])
def test_noise_is_no_motion(sigma: float) -> None:
    gate = looked(sigma)
    still = [
        gate.is_still(noisy(STREET, sigma, 200 + n), 10 + n / 100) for n in range(50)
    ]

    assert sum(still) >= 49


@pytest.mark.parametrize("sigma", [0.0, 0.5, 1.0])
def test_a_walker_far_away_who_moves_by_one_block_is_noticed(sigma: float) -> None:
    """Three blocks tall and one wide, twenty-five levels darker than the street."""
    gate = looked(sigma)
    street = np.full(SHAPE, 120, np.float32)
    before, after = street.copy(), street.copy()
    before[30:33, 40] -= 25
    after[30:33, 41] -= 25
    gate.looked(noisy(before, sigma, 300), 10.0)

    assert gate.is_still(noisy(before, sigma, 301), 10.1)
    assert not gate.is_still(noisy(after, sigma, 302), 10.2)


def test_who_creeps_is_noticed_because_the_last_look_counts() -> None:
    gate = looked()
    still = []
    for number in range(9):
        light = STREET.copy()
        light[30:34, 40] -= 1.0 * number
        still.append(gate.is_still(light, 10 + number / 10))

    assert still[0]
    assert not still[-1]


def test_who_stands_in_the_street_all_the_time_teaches_no_noise() -> None:
    """Where something always moves, motion must not become noise."""
    gate = MotionGate()
    for number in range(600):
        light = STREET.copy()
        light[20:40, 20:60] += 40 * (number % 2)
        gate.is_still(light, number / 10)
        gate.looked(light, number / 10)
    light = STREET + np.float32(0)
    gate.looked(light, 60.0)
    light[25:28, 30] += 25

    assert not gate.is_still(light, 60.1)


def test_a_cloud_is_no_motion() -> None:
    assert looked().is_still(STREET - 12, 10.0)


def test_the_detector_looks_at_least_every_rest() -> None:
    gate = looked()
    gate.looked(STREET, 10.0)

    assert gate.is_still(STREET, 10.0 + REST_S_MAX - 0.01)
    assert not gate.is_still(STREET, 10.0 + REST_S_MAX)


@pytest.mark.parametrize("time_s", [9.0, -5.0, 1e9])
def test_time_that_jumps_is_looked_at(time_s: float) -> None:
    gate = looked()
    gate.looked(STREET, 10.0)

    assert not gate.is_still(STREET, time_s)


def test_a_picture_of_another_shape_is_looked_at() -> None:
    gate = looked()

    assert not gate.is_still(STREET[:30], 10.0)
    gate.looked(STREET[:30], 10.0)
    assert gate.is_still(STREET[:30], 10.1)


def test_what_is_kept_is_overwritten_by_the_next_look_and_by_forgetting() -> None:
    gate = looked()
    kept = gate._known
    assert kept is not None
    gate.looked(STREET + 1, 10.0)

    np.testing.assert_array_equal(kept, STREET + 1)
    gate.forget()
    assert not kept.any()
    assert not gate.is_still(STREET, 10.1)
