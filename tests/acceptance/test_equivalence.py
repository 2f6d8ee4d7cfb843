"""Whether a device counts as a person does."""

from math import atan, pi, sqrt
from statistics import NormalDist

import pytest

from tallypost.acceptance.equivalence import (
    MARGIN,
    Observation,
    equivalence,
    taps_needed,
)
from tallypost.acceptance.student import below, quantile

# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2 "Critical Values of the
# Student's-t Distribution".
TABLE = [
    (1, 0.95, 6.314),
    (2, 0.95, 2.920),
    (5, 0.95, 2.015),
    (10, 0.95, 1.812),
    (29, 0.95, 1.699),
    (60, 0.95, 1.671),
    (100, 0.95, 1.660),
    (1, 0.975, 12.706),
    (9, 0.975, 2.262),
    (20, 0.99, 2.528),
    (3, 0.999, 10.215),
]


@pytest.mark.parametrize(("freedom", "share", "value"), TABLE)
def test_quantiles_of_t_are_those_of_the_published_table(
    freedom: int, share: float, value: float
) -> None:
    assert quantile(share, freedom) == pytest.approx(value, abs=6e-4)


@pytest.mark.parametrize("value", [-30.0, -1.0, -0.01, 0.0, 0.3, 2.0, 500.0])
def test_one_and_two_degrees_of_freedom_agree_with_their_closed_forms(
    value: float,
) -> None:
    assert below(value, 1) == pytest.approx(0.5 + atan(value) / pi, abs=1e-12)
    closed = 0.5 + value / (2 * sqrt(2 + value * value))
    assert below(value, 2) == pytest.approx(closed, abs=1e-12)


@pytest.mark.parametrize("share", [0.001, 0.05, 0.3, 0.5, 0.8, 0.975, 0.9999])
def test_quantiles_of_t_turn_back_into_their_shares_and_end_in_the_normal_ones(
    share: float,
) -> None:
    for freedom in (1, 2, 7, 40, 3000):
        assert below(quantile(share, freedom), freedom) == pytest.approx(share)
    normal = NormalDist().inv_cdf(share)
    assert quantile(share, 10**7) == pytest.approx(normal, abs=1e-5)


@pytest.mark.parametrize(("share", "freedom"), [(0.0, 3), (1.0, 3), (0.5, 0)])
def test_a_quantile_that_is_no_number_is_refused(share: float, freedom: int) -> None:
    with pytest.raises(ValueError, match="want a share"):
        quantile(share, freedom)


def observed(*pairs: tuple[int, int]) -> list[Observation]:
    return [Observation(*pair) for pair in pairs]


def test_a_device_that_counts_as_the_person_does_is_equivalent() -> None:
    found = equivalence(observed(*[(10, 10)] * 12))

    assert found is not None
    assert found.equivalent
    assert (found.error, found.taps, found.device, found.taps_more) == (0, 120, 120, 0)


def test_the_interval_is_the_error_and_t_times_its_standard_deviation() -> None:
    # By hand: D = 3, -1, 2, 0, -4, 6; mean 1; variance 12; M = 20 each.
    found = equivalence(
        observed((23, 20), (19, 20), (22, 20), (20, 20), (16, 20), (26, 20))
    )

    assert found is not None
    reach = 2.015 * sqrt(12 / 6) / 20
    assert found.error == pytest.approx(1 / 20)
    assert found.error_low == pytest.approx(1 / 20 - reach, abs=1e-4)
    assert found.error_high == pytest.approx(1 / 20 + reach, abs=1e-4)
    assert not found.equivalent


def test_a_few_taps_without_a_fault_prove_nothing() -> None:
    found = equivalence(observed(*[(2, 2)] * 10))

    assert found is not None
    assert found.error == 0
    assert not found.equivalent
    assert found.taps_more is not None
    assert found.taps_more > 20


def test_who_errs_by_more_than_the_margin_is_not_asked_for_more_taps() -> None:
    found = equivalence(observed(*[(7, 10)] * 40))

    assert found is not None
    assert not found.equivalent
    assert found.taps_more is None
    assert found.taps_more_vdv is None


def test_a_percent_takes_thousands_of_taps() -> None:
    found = equivalence(observed(*[(10, 10)] * 12))

    assert found is not None
    assert found.taps_more_vdv is not None
    assert 500 < found.taps_more_vdv < 100_000


def test_the_size_of_a_test_grows_with_the_square_of_what_is_to_be_told_apart() -> None:
    spread = 0.5
    wide, close = (taps_needed(0.0, spread, each) for each in (MARGIN, MARGIN / 2))

    # (1.645 + 1.2816)^2 = 8.564 times the spread over the square of the margin.
    assert wide == pytest.approx(8.564 * spread / MARGIN**2, abs=1)
    assert close is not None
    assert wide is not None
    assert close == pytest.approx(4 * wide, rel=1e-2)


def test_where_nobody_passed_nothing_is_said() -> None:
    assert equivalence([]) is None
    assert equivalence(observed((3, 0), (0, 0))) is None


def test_of_one_interval_there_is_an_error_but_no_bounds() -> None:
    found = equivalence(observed((50, 50)))

    assert found is not None
    assert (found.error_low, found.error_high, found.equivalent) == (None, None, False)
