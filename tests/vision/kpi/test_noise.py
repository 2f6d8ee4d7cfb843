"""Noise is distributed as promised, to the last digit that can be tested."""

import math
import random
from collections import Counter
from fractions import Fraction

import pytest

from tallypost.vision.kpi.noise import GHOSTS_SHARE_MAX, DiscreteLaplace

SCALES = [Fraction(1, 3), Fraction(1), Fraction(7, 2), Fraction(40)]


def noise(scale: Fraction, seed: int = 11) -> DiscreteLaplace:
    return DiscreteLaplace(scale, randbelow=random.Random(seed).randrange)


def probability(z: int, scale: Fraction) -> float:
    p = math.exp(-1 / scale)
    return (1 - p) / (1 + p) * p ** abs(z)


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_samples_have_the_distribution_by_chi_square(scale: Fraction) -> None:
    count = 20_000
    drawn = noise(scale)
    found = Counter(drawn.sample() for _ in range(count))
    expected = {z: count * probability(z, scale) for z in range(-400, 401)}
    cells = [z for z, wanted in expected.items() if wanted >= 10]
    rest = count - sum(expected[z] for z in cells)
    rest_found = count - sum(found[z] for z in cells)

    chi_square = sum((found[z] - expected[z]) ** 2 / expected[z] for z in cells)
    chi_square += (rest_found - rest) ** 2 / rest if rest > 1 else 0.0

    # Wilson and Hilferty: so much in one of a thousand cases, by degrees of freedom.
    degrees = len(cells)
    root = 1 - 2 / (9 * degrees) + 3.09 * math.sqrt(2 / (9 * degrees))
    assert chi_square < degrees * root**3


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_one_more_or_less_changes_no_answers_odds_by_more_than_epsilon(
    scale: Fraction,
) -> None:
    epsilon = 1 / float(scale)

    for answer in range(-30, 31):
        for truth in range(5):
            ratio = probability(answer - truth, scale) / probability(
                answer - truth - 1, scale
            )
            assert abs(math.log(ratio)) <= epsilon * (1 + 1e-9)


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_nobody_rises_above_the_floor_in_more_than_one_of_a_hundred_cases(
    scale: Fraction,
) -> None:
    floor = noise(scale).floor
    tail = sum(probability(z, scale) for z in range(floor, floor + 5000))
    below = tail + probability(floor - 1, scale)

    assert tail <= GHOSTS_SHARE_MAX
    assert below > GHOSTS_SHARE_MAX or floor == 1


def test_chance_comes_from_the_kernel_unless_somebody_says_otherwise() -> None:
    drawn = DiscreteLaplace(Fraction(100))

    assert len({drawn.sample() for _ in range(50)}) > 10
