"""Chooses which cells of a table are too small to be told."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

Cell = TypeVar("Cell", bound=Hashable)
PartOf = Callable[[Cell], Hashable]
"""Returns of which sum a cell is part."""


def withheld(
    counts: Mapping[Cell, int], k: int, sums: Sequence[PartOf[Cell]] = ()
) -> frozenset[Cell]:
    """Return the cells to be withheld: those below k, and what would give them back.

    Whoever knows the sum over some cells and sees all of them but one, knows that one.
    So where exactly one cell of a known sum is withheld, another is too: one that
    leaves no other sum with a lone withheld cell if there is any, else the smallest.
    Source: Hundepool et al., "Statistical Disclosure Control" (Wiley, 2012), chapter 4,
    primary and secondary suppression.

    Args:
        counts: By cell; a cell of 0 is none.
        k: Cells of fewer are withheld.
        sums: Every kind of sum that may be known.
    """
    table = _Table({cell: count for cell, count in counts.items() if count}, sums)
    hidden = {cell for cell, count in table.counts.items() if count < k}
    while (cell := table.needed(hidden)) is not None:
        hidden.add(cell)
    return frozenset(hidden)


class _Table(Generic[Cell]):
    """Counts by cell, and the sums that each cell is part of."""

    def __init__(
        self, counts: Mapping[Cell, int], sums: Sequence[PartOf[Cell]]
    ) -> None:
        self.counts = counts
        self._cells: dict[Hashable, list[Cell]] = {}
        self._sums: dict[Cell, list[Hashable]] = {}
        for cell in counts:
            self._sums[cell] = [(way, sums[way](cell)) for way in range(len(sums))]
            for each in self._sums[cell]:
                self._cells.setdefault(each, []).append(cell)

    def needed(self, hidden: set[Cell]) -> Cell | None:
        """Return a cell that must be hidden too; None when all is well."""
        for cells in self._cells.values():
            told = [cell for cell in cells if cell not in hidden]
            if told and len(told) == len(cells) - 1:
                return min(told, key=lambda cell: self._cost(cell, hidden))
        return None

    def _cost(self, cell: Cell, hidden: set[Cell]) -> tuple[int, int]:
        """Return how many sums it would be alone in, and its count."""
        alone = [
            each for each in self._sums[cell] if hidden.isdisjoint(self._cells[each])
        ]
        return len(alone), self.counts[cell]
