"""A line that may be crossed one way only: who crosses it the other way."""

from collections import deque
from collections.abc import Sequence

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.zones import WatchFigures
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.watch import Watch


class WrongWayElement:
    """Tells of every effective crossing the wrong way: who turns back has done none.

    Args:
        counter: Tells who crosses the line.
        allowed: The right way.
        clear_s: A crossing is told to be over so long after it.
    """

    def __init__(
        self, *, counter: LineCounter, allowed: Direction, clear_s: float
    ) -> None:
        self._counter = counter
        self._allowed = allowed
        self._clear_s = clear_s
        self._going_on: deque[tuple[float, str]] = deque()
        self._watch = Watch()

    @property
    def name(self) -> str:
        """The line's name."""
        return self._counter.name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        signs = []
        if glance.anew:
            self._going_on.clear()
        while self._going_on and self._going_on[0][0] <= glance.time_s:
            _, label = self._going_on.popleft()
            signs.append(_sign(AlertState.ENDED, label))
        for event in self._counter.update(glance.tracks, glance.scene):
            if isinstance(event, LineCrossing) and event.direction != self._allowed:
                label = glance.classes[event.class_id]
                self._watch.begin(label)
                self._going_on.append((glance.time_s + self._clear_s, label))
                signs.append(_sign(AlertState.BEGUN, label))
        return signs

    def elapse(self, seconds: float) -> None:
        """Let time pass."""
        self._watch.elapse(seconds, present=bool(self._going_on))

    def take(self, observed_s: float) -> WatchFigures:
        """Return the interval's figures and begin anew with what goes on."""
        del observed_s
        return self._watch.take()


def _sign(state: AlertState, label: str) -> Sign:
    return Sign(kind=AlertKind.WRONG_WAY, state=state, label=label)
