"""Quantiles are values that were measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.vision.elements.quantiles import quantile

values = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)
shares = st.floats(0.01, 1.0)


@pytest.mark.parametrize(
    ("share", "wanted"), [(0.01, 1), (0.07, 7), (0.15, 15), (0.5, 50), (1.0, 100)]
)
def test_of_the_first_hundred_numbers_each_share_is_its_own(
    share: float, wanted: int
) -> None:
    assert quantile(range(1, 101), share) == wanted


def test_the_median_of_three_is_the_second_whatever_their_order() -> None:
    assert quantile([30.0, 2.0, 5.0], 0.5) == 5.0


def test_of_nothing_there_is_no_quantile() -> None:
    assert quantile([], 0.5) is None


@given(values=values, share=shares)
def test_at_least_the_share_lies_at_or_below_and_no_smaller_value_does_it(
    values: list[float], share: float
) -> None:
    found = quantile(values, share)

    assert found in values
    assert sum(each <= found for each in values) >= share * len(values) - 1e-9
    assert sum(each < found for each in values) < share * len(values)
