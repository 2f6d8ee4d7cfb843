"""The cheapest pairing, held against trying every one."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from tallypost.vision.tracking.assignment import assign

COST_MAX = 4.0
tables = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.one_of(
        st.integers(0, 5).map(float),
        st.floats(0, 8, allow_nan=False, width=32),
        st.just(np.inf),
    ),
)


def cheapest(costs: NDArray[np.float64], row: int = 0, used: int = 0) -> float:
    """Return what the best pairing costs, by trying all of them."""
    if row == len(costs):
        return 0.0
    alone = COST_MAX + cheapest(costs, row + 1, used)
    paired = [
        costs[row, column] + cheapest(costs, row + 1, used | 1 << column)
        for column in range(costs.shape[1])
        if not used >> column & 1 and costs[row, column] < COST_MAX
    ]
    return float(min([alone, *paired]))


@given(tables)
def test_no_other_pairing_costs_less(costs: NDArray[np.float64]) -> None:
    rows, columns = assign(costs, COST_MAX)
    spent = costs[rows, columns].sum() + COST_MAX * (len(costs) - len(rows))
    assert spent == pytest.approx(cheapest(costs))


@pytest.mark.parametrize("seed", range(40))
def test_no_other_pairing_costs_less_where_everybody_wants_everybody(seed: int) -> None:
    costs = np.random.default_rng(seed).random((6, 6))
    costs += np.linspace(0, 1, 6)  # the first columns are the better ones for all
    rows, columns = assign(costs, COST_MAX)
    assert costs[rows, columns].sum() == pytest.approx(cheapest(costs))


@given(tables)
def test_nobody_is_paired_twice_or_above_the_price_of_going_alone(
    costs: NDArray[np.float64],
) -> None:
    rows, columns = assign(costs, COST_MAX)
    assert len(set(rows.tolist())) == len(rows)
    assert len(set(columns.tolist())) == len(columns)
    assert (costs[rows, columns] < COST_MAX).all()
    assert rows.tolist() == sorted(rows.tolist())


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nobody_to_pair_gives_no_pairs(shape: tuple[int, int]) -> None:
    rows, columns = assign(np.zeros(shape), COST_MAX)
    assert len(rows) == len(columns) == 0


@pytest.mark.parametrize("kind", ["random", "worst"])
def test_two_hundred_on_each_side_stay_quick(kind: str) -> None:
    count = np.arange(1.0, 201.0)
    costs = np.outer(count, count)  # every row wants the same column
    if kind == "random":
        costs = np.random.default_rng(3).random((200, 200))
    began = time.perf_counter()
    rows, _ = assign(costs, 1e9)
    assert len(rows) == 200
    assert time.perf_counter() - began < 2.0
