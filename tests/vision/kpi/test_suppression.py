"""What is withheld cannot be had by subtracting."""

from hypothesis import given
from hypothesis import strategies as st

from tallypost.vision.kpi.suppression import withheld

Cell = tuple[int, int]
tables = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(0, 12), max_size=16
)


def row(cell: Cell) -> int:
    return cell[0]


def column(cell: Cell) -> int:
    return cell[1]


def test_cells_below_k_are_withheld_and_the_rest_is_told() -> None:
    counts = {"a": 1, "b": 2, "c": 3, "d": 0}

    assert withheld(counts, 3) == {"a", "b"}


def test_one_alone_takes_the_smallest_of_its_sum_along() -> None:
    counts = {(0, 0): 1, (0, 1): 9, (0, 2): 5, (1, 0): 7}

    assert withheld(counts, 3, (row,)) == {(0, 0), (0, 2)}


def test_a_second_one_may_want_a_third() -> None:
    counts = {(0, 0): 1, (0, 1): 9, (1, 1): 5, (1, 2): 6, (2, 2): 8}

    assert withheld(counts, 3, (row, column)) == {
        (0, 0),
        (0, 1),
        (1, 1),
        (1, 2),
        (2, 2),
    }


def test_four_are_enough_where_they_close_a_rectangle() -> None:
    counts = {
        (here, there): 20 + here + there for here in range(4) for there in range(4)
    }
    counts |= {(0, 0): 1, (1, 1): 90}

    assert len(withheld(counts, 3, (row, column))) == 4


@given(tables, st.integers(1, 8))
def test_no_known_sum_gives_a_withheld_cell_back(
    counts: dict[Cell, int], k: int
) -> None:
    hidden = withheld(counts, k, (row, column))

    for part_of in (row, column):
        for which in range(4):
            cells = {cell for cell in counts if part_of(cell) == which and counts[cell]}
            told = cells - hidden
            assert len(cells & hidden) != 1 or not told


@given(tables, st.integers(1, 8))
def test_whatever_is_told_is_k_or_more(counts: dict[Cell, int], k: int) -> None:
    hidden = withheld(counts, k, (row, column))

    assert all(
        counts[cell] >= k for cell in counts if cell not in hidden and counts[cell]
    )
    if all(count >= k or count == 0 for count in counts.values()):
        assert not hidden
