"""Running totals: what every line has counted since the device was commissioned."""

from collections.abc import Mapping
from dataclasses import replace

from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import Interval
from tallypost.domain.words import Counts


def add_counts(first: Counts, second: Counts) -> dict[str, int]:
    """Return the sum of two counts, class by class."""
    return {
        label: first.get(label, 0) + second.get(label, 0)
        for label in dict.fromkeys((*first, *second))
    }


def with_totals(
    interval: Interval, before: Mapping[str, LineTotals]
) -> tuple[Interval, dict[str, LineTotals]]:
    """Return the interval with its lines' running totals, and the totals after it.

    Args:
        interval: What was counted; a line that was not watched is absent.
        before: The totals until then, by line; a line that is new has none.
    """
    after = dict(before)
    lines = {}
    for name, figures in interval.lines.items():
        so_far = before.get(name, LineTotals())
        after[name] = LineTotals(
            forward=add_counts(so_far.forward, figures.forward),
            backward=add_counts(so_far.backward, figures.backward),
        )
        lines[name] = replace(figures, total=after[name])
    return replace(interval, lines=lines), after
