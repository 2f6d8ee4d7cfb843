"""A junction: who goes from which gate to which."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tallypost.domain.figures.traffic import MovementFigures
from tallypost.vision.counting.events import LineCrossing
from tallypost.vision.elements.base import Glance, Sign


@dataclass(frozen=True, slots=True)
class _Visit:
    """One who is on the junction.

    Attributes:
        gate: Where it came in.
        crossed_s: When.
        label: Its class by then.
    """

    gate: str
    crossed_s: float
    label: str


class MovementElement:
    """Joins two crossings of one object to a trip.

    The first gate that an object passes begins its trip, the next one ends it,
    whichever way they are crossed; the same gate twice is a U-turn. Who passes a third
    begins anew.

    Args:
        name: The junction's name.
        gates: Names of the lines around it.
        classes: Which classes count; None for all.
        time_max_s: Who needs longer from gate to gate was somewhere else meanwhile.
    """

    def __init__(
        self,
        *,
        name: str,
        gates: Iterable[str],
        time_max_s: float,
        classes: frozenset[int] | None = None,
    ) -> None:
        self._name = name
        self._classes = classes
        self._gates = frozenset(gates)
        self._time_max_s = time_max_s
        self._visits: dict[int, _Visit] = {}
        self._begin()

    @property
    def name(self) -> str:
        """The junction's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        for crossing in sorted(glance.crossings, key=lambda each: each.crossed_s):
            if crossing.line in self._gates and self._counts(crossing, glance):
                self._pass(crossing, glance.classes[crossing.class_id])
        for track_id in glance.tracks.ended_ids.tolist():
            self._give_up(track_id)
        return ()

    def elapse(self, seconds: float) -> None:
        """Let time pass: trips do not mind."""

    def take(self, observed_s: float) -> MovementFigures:
        """Return the interval's figures and begin anew with who is on the junction."""
        del observed_s
        figures = MovementFigures(
            trips={
                begun: {ended: dict(counts) for ended, counts in by_end.items()}
                for begun, by_end in self._trips.items()
            },
            incomplete=dict(self._incomplete),
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._trips: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        self._incomplete: Counter[str] = Counter()

    def _counts(self, crossing: LineCrossing, glance: Glance) -> bool:
        """Return whether one is wanted here, and travels by itself."""
        wanted = self._classes is None or crossing.class_id in self._classes
        return wanted and crossing.track_id not in glance.rider_ids

    def _pass(self, crossing: LineCrossing, label: str) -> None:
        """End a trip at a gate, or begin one."""
        visit = self._visits.pop(crossing.track_id, None)
        here = _Visit(crossing.line, crossing.crossed_s, label)
        if visit is None:
            self._visits[crossing.track_id] = here
        elif crossing.crossed_s - visit.crossed_s > self._time_max_s:
            self._incomplete[visit.label] += 1
            self._visits[crossing.track_id] = here
        else:
            self._trips[visit.gate][crossing.line][label] += 1

    def _give_up(self, track_id: int) -> None:
        visit = self._visits.pop(track_id, None)
        if visit is not None:
            self._incomplete[visit.label] += 1
