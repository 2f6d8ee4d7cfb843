"""A line: who crosses it, which way."""

from collections import Counter
from collections.abc import Sequence

from tallypost.domain.figures.lines import LineFigures
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.elements.base import Glance, Sign


class LineElement:
    """Counts by class and direction.

    Args:
        name: The line's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: dict[Direction, Counter[str]] = {}
        self._begin()

    @property
    def name(self) -> str:
        """The line's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Count the crossings of this line."""
        for crossing in glance.crossings:
            if crossing.line == self._name:
                self._note(crossing, glance.classes[crossing.class_id])
        return ()

    def elapse(self, seconds: float) -> None:
        """Let time pass: counts do not mind."""

    def take(self, observed_s: float) -> LineFigures:
        """Return the interval's counts and begin anew."""
        del observed_s
        figures = LineFigures(
            forward=dict(self._counts[Direction.FORWARD]),
            backward=dict(self._counts[Direction.BACKWARD]),
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._counts = {direction: Counter() for direction in Direction}

    def _note(self, crossing: LineCrossing, label: str) -> None:
        self._counts[crossing.direction][label] += 1
