"""How close one follows another over a line."""

from collections.abc import Iterable
from itertools import pairwise

from tallypost.domain.figures.lines import HeadwayFigures, LineHeadways
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.elements.quantiles import quantile

GAP_S = 1.0
"""If more time than this has passed unwatched, nobody knows who followed whom."""


class Headways:
    """Times between one crossing and the next, by direction.

    From front to front, or whatever of a box crosses, as traffic counting has it.
    Source: Highway Capacity Manual, 6th edition, chapter 4 "Headway and spacing".
    """

    def __init__(self) -> None:
        self._chains_s: dict[Direction, list[list[float]]] = {
            direction: [[]] for direction in Direction
        }
        self._looked_s: float | None = None
        self._watched_s = 0.0

    def elapse(self, seconds: float) -> None:
        """Note that so many seconds were watched."""
        self._watched_s += seconds

    def note(self, crossings: Iterable[LineCrossing], time_s: float) -> None:
        """Take one moment.

        Args:
            crossings: Who has crossed the line.
            time_s: The frame's time.
        """
        last_s, self._looked_s = self._looked_s, time_s
        if last_s is not None and time_s - last_s - self._watched_s > GAP_S:
            for chains_s in self._chains_s.values():
                chains_s.append([])
        self._watched_s = 0.0
        for crossing in crossings:
            self._chains_s[crossing.direction][-1].append(crossing.crossed_s)

    def take(self) -> LineHeadways:
        """Return the interval's figures; the last crossings are kept for the next."""
        figures = LineHeadways(
            forward=_figures(self._chains_s[Direction.FORWARD]),
            backward=_figures(self._chains_s[Direction.BACKWARD]),
        )
        for chains_s in self._chains_s.values():
            chains_s[:] = [sorted(chains_s[-1])[-1:]]
        return figures


def _figures(chains_s: Iterable[Iterable[float]]) -> HeadwayFigures | None:
    """Return the figures of crossings' times, each chain watched without a gap."""
    headways_s = [
        later - sooner
        for chain_s in chains_s
        for sooner, later in pairwise(sorted(chain_s))
    ]
    if not headways_s:
        return None
    return HeadwayFigures(
        count=len(headways_s),
        mean_s=sum(headways_s) / len(headways_s),
        p15_s=quantile(headways_s, 0.15),
        p50_s=quantile(headways_s, 0.5),
        p85_s=quantile(headways_s, 0.85),
    )
