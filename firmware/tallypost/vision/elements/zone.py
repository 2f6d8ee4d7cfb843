"""A zone: who is inside, who comes and goes, how long they stay."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from tallypost.domain.figures.zones import ZoneFigures
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.base import Glance, Sign


class ZoneElement:
    """Occupancy and stays by class.

    Args:
        counter: Tells who comes in and who goes out.
    """

    def __init__(self, counter: ZoneCounter) -> None:
        self._counter = counter
        self._inside: dict[str, int] = {}
        self._begin()

    @property
    def name(self) -> str:
        """The zone's name."""
        return self._counter.name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        for event in self._counter.update(glance.tracks, glance.scene):
            label = glance.classes[event.class_id]
            match event:
                case ZoneEntry():
                    self._entries[label] += 1
                case ZoneExit():
                    self._exits[label] += 1
                    self._stays_s[label].append(event.dwell_s)
        self._inside = {
            glance.classes[class_id]: count
            for class_id, count in self._counter.occupancy.items()
        }
        self._note_most()
        return ()

    def elapse(self, seconds: float) -> None:
        """Add up who is inside for how long."""
        for label, count in self._inside.items():
            self._occupied_s[label] += count * seconds

    def take(self, observed_s: float) -> ZoneFigures:
        """Return the interval's figures and begin anew with who is inside."""
        figures = ZoneFigures(
            occupancy_mean={
                label: min(seconds / observed_s, float(self._most[label]))
                for label, seconds in self._occupied_s.items()
                if seconds and observed_s
            },
            occupancy_max={label: most for label, most in self._most.items() if most},
            entries=dict(self._entries),
            exits=dict(self._exits),
            dwell_mean_s={
                label: sum(stays_s) / len(stays_s)
                for label, stays_s in self._stays_s.items()
            },
            dwell_max_s={
                label: max(stays_s) for label, stays_s in self._stays_s.items()
            },
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._occupied_s: defaultdict[str, float] = defaultdict(float)
        self._most: Counter[str] = Counter()
        self._entries: Counter[str] = Counter()
        self._exits: Counter[str] = Counter()
        self._stays_s: defaultdict[str, list[float]] = defaultdict(list)
        self._note_most()

    def _note_most(self) -> None:
        for label, count in self._inside.items():
            self._most[label] = max(self._most[label], count)
