"""A line: who crosses it, which way, and who only goes over it."""

from collections import Counter
from collections.abc import Sequence

from tallypost.domain.figures.lines import LineFigures, LinePassages
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.elements.base import Glance, Sign

Ways = dict[Direction, Counter[str]]


class LineElement:
    """Counts by class and direction.

    Args:
        name: The line's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._crossed: Ways = {}
        self._passed: Ways = {}
        self._begin()

    @property
    def name(self) -> str:
        """The line's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Count the crossings of this line."""
        self._note(self._crossed, glance.crossings, glance.classes)
        self._note(self._passed, glance.passages, glance.classes)
        return ()

    def elapse(self, seconds: float) -> None:
        """Let time pass: counts do not mind."""

    def take(self, observed_s: float) -> LineFigures:
        """Return the interval's counts and begin anew."""
        del observed_s
        figures = LineFigures(
            forward=dict(self._crossed[Direction.FORWARD]),
            backward=dict(self._crossed[Direction.BACKWARD]),
            actual=LinePassages(
                forward=dict(self._passed[Direction.FORWARD]),
                backward=dict(self._passed[Direction.BACKWARD]),
            ),
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._crossed = {direction: Counter() for direction in Direction}
        self._passed = {direction: Counter() for direction in Direction}

    def _note(
        self,
        ways: Ways,
        events: Sequence[LineCrossing | LinePassage],
        classes: Sequence[str],
    ) -> None:
        for event in events:
            if event.line == self._name:
                ways[event.direction][classes[event.class_id]] += 1
