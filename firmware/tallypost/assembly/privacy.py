"""From a site's privacy profile to what goes over its figures."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

from tallypost.domain.words import DAY_S
from tallypost.settings.site import Site
from tallypost.vision.kpi.noise import DiscreteLaplace
from tallypost.vision.kpi.privacy import Noise, Trip, Veil

CELLS_PER_OBJECT_MAX = 4
"""More would want more noise: it grows with what one object can add to a heat map."""


def veil(site: Site, *, classes: Sequence[str], interval_s: float) -> Veil:
    """Return what withholds a site's small numbers.

    Args:
        site: What is drawn, and its privacy profile.
        classes: Names of the detector's classes.
        interval_s: Length of the intervals.
    """
    epsilon_per_day = site.privacy.epsilon_per_day
    return Veil(
        k_min=site.privacy.k,
        noise=None
        if epsilon_per_day is None
        else _noise(site, epsilon_per_day, classes=classes, interval_s=interval_s),
    )


def _noise(
    site: Site, epsilon_per_day: float, *, classes: Sequence[str], interval_s: float
) -> Noise:
    """Return noise that spends a day's budget in equal parts on all that has noise.

    Sequential composition: what is told of one person in every interval of a day, by
    every junction and every heat map, adds up to the day's budget. Source: Dwork and
    Roth, "The Algorithmic Foundations of Differential Privacy" (2014), theorem 3.14.
    """
    combinations = _combinations(site, classes)
    releases = max(len(combinations) + len(site.heat_maps), 1)
    a_day = Fraction(str(epsilon_per_day))  # as it is written, not as it is rounded
    epsilon = a_day * Fraction(str(interval_s)) / DAY_S / releases
    return Noise(
        epsilon_per_day=epsilon_per_day,
        trips=DiscreteLaplace(1 / epsilon),
        cells=DiscreteLaplace(CELLS_PER_OBJECT_MAX / epsilon),
        combinations=combinations,
    )


def _combinations(site: Site, classes: Sequence[str]) -> Mapping[str, list[Trip]]:
    """Return every trip that could be, by junction."""
    return {
        each.name: [
            (origin, destination, label)
            for origin, destination in product(each.gates, repeat=2)
            for label in each.wanted(classes)
        ]
        for each in site.movements
    }


def cells_per_object_max(site: Site) -> int | None:
    """Return how many cells of a heat map one object may mark; None: all."""
    return None if site.privacy.epsilon_per_day is None else CELLS_PER_OBJECT_MAX
