"""Pairs rows with columns so that the whole costs least.

Source: R. Jonker and A. Volgenant, "A shortest augmenting path algorithm for dense and
sparse linear assignment problems", Computing 38 (1987), 325-340.
"""

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and the columns that they are paired with."""

_NONE = -1


def assign(costs: Costs, cost_max: float) -> Pairs:
    """Return the pairs of the cheapest assignment, where going alone is allowed.

    Every row and every column is in one pair at most. A pair costs what `costs` says; a
    row that goes alone costs `cost_max`, so no pair at `cost_max` or above is made.

    Args:
        costs: Shape (n, m); infinite where a pair is out of the question, never NaN.
        cost_max: The price of going alone.

    Returns:
        Rows in rising order, and their columns.
    """
    gains = np.minimum(costs - cost_max, 0.0)
    wanted = gains < 0
    rivals_of_row = wanted.sum(axis=1)
    rivals_of_column = wanted.sum(axis=0)
    rows, columns = np.nonzero(wanted)
    if rivals_of_row.max(initial=0) <= 1 and rivals_of_column.max(initial=0) <= 1:
        return rows, columns
    plain = (rivals_of_row[rows] == 1) & (rivals_of_column[columns] == 1)
    hard_rows = np.unique(rows[~plain])
    hard_columns = np.unique(columns[~plain])
    block = np.ix_(hard_rows, hard_columns)
    found = _solve(gains[block])
    chosen_rows = np.concatenate([rows[plain], hard_rows[found[0]]])
    chosen_columns = np.concatenate([columns[plain], hard_columns[found[1]]])
    order = np.argsort(chosen_rows)
    return chosen_rows[order], chosen_columns[order]


def _solve(gains: Costs) -> Pairs:
    """Return the pairs that gain (are below 0) in a block's cheapest assignment."""
    turned = gains.shape[0] > gains.shape[1]
    square = np.ascontiguousarray(gains.T if turned else gains)
    columns = _cheapest_columns(square)
    rows = np.arange(len(columns))
    gaining = square[rows, columns] < 0
    rows, columns = rows[gaining], columns[gaining]
    return (columns, rows) if turned else (rows, columns)


def _cheapest_columns(costs: Costs) -> NDArray[np.intp]:
    """Return each row's column in the cheapest assignment; rows <= columns."""
    row_count, column_count = costs.shape
    column_price = np.zeros(column_count)
    row_price = costs.min(axis=1)
    row_of = np.full(column_count, _NONE, dtype=np.intp)
    column_of = np.full(row_count, _NONE, dtype=np.intp)
    for row, column in enumerate(costs.argmin(axis=1).tolist()):
        if row_of[column] == _NONE:
            row_of[column], column_of[row] = row, column
    for row in np.flatnonzero(column_of == _NONE).tolist():
        _augment(costs, row, (row_price, column_price), (row_of, column_of))
    return column_of


def _augment(
    costs: Costs,
    free_row: int,
    prices: tuple[Costs, Costs],
    pairing: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> None:
    """Pair one more row: Dijkstra over the reduced costs to the nearest free column."""
    row_price, column_price = prices
    row_of, column_of = pairing
    distance = np.full(costs.shape[1], np.inf)
    unseen = np.ones(costs.shape[1], dtype=np.bool_)
    came_from = np.full(costs.shape[1], free_row, dtype=np.intp)
    row, reach = free_row, 0.0
    while True:
        through = reach + costs[row] - row_price[row] - column_price
        better = unseen & (through < distance)
        distance[better] = through[better]
        came_from[better] = row
        column = int(np.where(unseen, distance, np.inf).argmin())
        reach = float(distance[column])
        if row_of[column] == _NONE:
            break
        unseen[column] = False
        row = int(row_of[column])
    seen = np.flatnonzero(~unseen)
    slack = reach - distance[seen]
    row_price[free_row] += reach
    row_price[row_of[seen]] += slack
    column_price[seen] -= slack
    while column != _NONE:
        row = int(came_from[column])
        row_of[column] = row
        column_of[row], column = column, int(column_of[row])
