"""A line: who crosses it, which way, how fast, how close behind, and by what mode."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tallypost.domain.figures.lines import LineFigures, LinePassages
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.headway import Headways
from tallypost.vision.elements.modal_split import modal_split
from tallypost.vision.elements.speed_trap import SpeedTrap

Ways = dict[Direction, Counter[str]]


class LineElement:
    """Counts by class and direction.

    Args:
        name: The line's name.
        headways: Tells how close one follows another; None where nobody asks.
        speed_trap: Tells how fast they go; None where the ground is not calibrated.
        tells_modes: Whether to tell how people travel.
    """

    def __init__(
        self,
        name: str,
        *,
        headways: Headways | None = None,
        speed_trap: SpeedTrap | None = None,
        tells_modes: bool = False,
    ) -> None:
        self._name = name
        self._headways = headways
        self._speed_trap = speed_trap
        self._tells_modes = tells_modes
        self._crossed: Ways = {}
        self._passed: Ways = {}
        self._travelled: Counter[str] = Counter()
        self._begin()

    @property
    def name(self) -> str:
        """The line's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Count the crossings of this line."""
        crossings = [each for each in glance.crossings if each.line == self._name]
        passages = [each for each in glance.passages if each.line == self._name]
        alone = [each for each in crossings if each.track_id not in glance.rider_ids]
        _note(self._crossed, crossings, glance.classes)
        _note(self._passed, passages, glance.classes)
        for each in alone:
            self._travelled[glance.classes[each.class_id]] += 1
        if self._headways is not None:
            self._headways.note(alone, glance.time_s)
        if self._speed_trap is not None:
            self._speed_trap.note(crossings, glance)
        return ()

    def elapse(self, seconds: float) -> None:
        """Let time pass: counts do not mind, headways do."""
        if self._headways is not None:
            self._headways.elapse(seconds)

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
            speeds=self._speed_trap.take() if self._speed_trap else None,
            headways=self._headways.take() if self._headways else None,
            modal_split=modal_split(self._travelled) if self._tells_modes else None,
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._crossed = {direction: Counter() for direction in Direction}
        self._passed = {direction: Counter() for direction in Direction}
        self._travelled = Counter()


def _note(
    ways: Ways, events: Iterable[LineCrossing | LinePassage], classes: Sequence[str]
) -> None:
    for event in events:
        ways[event.direction][classes[event.class_id]] += 1
