"""A zone: who is inside, who comes and goes, how long they stay and wait."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tallypost.domain.figures.zones import SecondsByClass, ZoneFigures
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.quantiles import quantile
from tallypost.vision.elements.waiting import Waiting

Times = Mapping[str, Sequence[float]]
"""By class, how long each of those who went out has stayed or waited, in seconds."""


class ZoneElement:
    """Occupancy, stays and waiting times by class.

    Args:
        counter: Tells who comes in and who goes out.
    """

    def __init__(self, counter: ZoneCounter) -> None:
        self._counter = counter
        self._waiting = Waiting()
        self._occupancy: Mapping[int, int] = {}
        self._inside: dict[str, int] = {}
        self._begin()

    @property
    def name(self) -> str:
        """The zone's name."""
        return self._counter.name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        for stand in glance.stands:
            self._waiting.note(stand)
        for event in self._counter.update(glance.tracks, glance.scene):
            self._note(event, glance)
        occupancy = self._counter.occupancy
        if occupancy is not self._occupancy:
            self._occupancy = occupancy
            self._inside = {
                glance.classes[class_id]: count for class_id, count in occupancy.items()
            }
            self._note_most()
        return ()

    def elapse(self, seconds: float) -> None:
        """Add up who is inside for how long."""
        self._note_most()
        for label, count in self._inside.items():
            self._occupied_s[label] += count * seconds

    def take(self, observed_s: float) -> ZoneFigures:
        """Return the interval's figures and begin anew with who is inside."""
        stays_s, waits_s = self._stays_s, self._waits_s
        figures = ZoneFigures(
            occupancy_mean={
                label: min(seconds / observed_s, float(self._most[label]))
                for label, seconds in self._occupied_s.items()
                if seconds and observed_s
            },
            occupancy_max={label: most for label, most in self._most.items() if most},
            entries=dict(self._entries),
            exits=dict(self._exits),
            dwell_mean_s=_means(stays_s),
            dwell_max_s=_quantiles(stays_s, 1.0),
            dwell_p50_s=_quantiles(stays_s, 0.5),
            dwell_p85_s=_quantiles(stays_s, 0.85),
            dwell_p95_s=_quantiles(stays_s, 0.95),
            waiting_mean_s=_means(waits_s),
            waiting_p50_s=_quantiles(waits_s, 0.5),
            waiting_p85_s=_quantiles(waits_s, 0.85),
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._occupied_s: defaultdict[str, float] = defaultdict(float)
        self._most: Counter[str] = Counter()
        self._entries: Counter[str] = Counter()
        self._exits: Counter[str] = Counter()
        self._stays_s: defaultdict[str, list[float]] = defaultdict(list)
        self._waits_s: defaultdict[str, list[float]] = defaultdict(list)

    def _note(self, event: ZoneEntry | ZoneExit, glance: Glance) -> None:
        label = glance.classes[event.class_id]
        match event:
            case ZoneEntry():
                self._entries[label] += 1
                self._waiting.enter(event)
            case ZoneExit():
                self._exits[label] += 1
                self._stays_s[label].append(event.dwell_s)
                self._waits_s[label].append(self._waiting.leave(event, glance))

    def _note_most(self) -> None:
        for label, count in self._inside.items():
            self._most[label] = max(self._most[label], count)


def _means(times: Times) -> SecondsByClass:
    return {label: sum(each) / len(each) for label, each in times.items()}


def _quantiles(times: Times, share: float) -> SecondsByClass:
    return {
        label: found
        for label, each in times.items()
        if (found := quantile(each, share)) is not None
    }
