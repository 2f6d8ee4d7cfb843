"""How crowded a place is."""

from collections.abc import Sequence
from math import floor

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.zones import CrowdFigures
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.pedestrian_service import Activity, level

EMPTIER_SHARE = 0.1
"""It is over when so much fewer are there than may be; by one at least."""


class CrowdElement:
    """Counts who is at a place, and tells when they are too many.

    Args:
        counter: Tells who is inside.
        persons_max: With more it is overcrowded; None: no number is too many.
        area_m2: How large the place is; None where nobody knows.
        density_max_per_m2: With more persons a square metre it is overcrowded.
        after_s: For how long it must be overcrowded, or emptier again, to be told.
        movement: Which level of service is meant.
    """

    def __init__(
        self,
        *,
        counter: ZoneCounter,
        persons_max: int | None,
        area_m2: float | None,
        density_max_per_m2: float | None,
        after_s: float,
        movement: Activity,
    ) -> None:
        self._counter = counter
        self._area_m2 = area_m2
        self._after_s = after_s
        self._movement = movement
        limits = [] if persons_max is None else [persons_max]
        if density_max_per_m2 is not None and area_m2 is not None:
            limits.append(floor(density_max_per_m2 * area_m2))
        self._persons_max = min(limits, default=None)
        self._persons = 0
        self._told = False
        self._turned_s: float | None = None
        self._most = 0
        self._person_s = self._overcrowded_s = 0.0

    @property
    def name(self) -> str:
        """The place's name."""
        return self._counter.name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        if glance.anew:
            self._told, self._turned_s = False, None
        self._counter.update(glance.tracks, glance.scene)
        self._persons = sum(self._counter.occupancy.values())
        self._most = max(self._most, self._persons)
        if not self._turning():
            self._turned_s = None
            return ()
        if self._turned_s is None:
            self._turned_s = glance.time_s
        if glance.time_s - self._turned_s < self._after_s:
            return ()
        self._told, self._turned_s = not self._told, None
        state = AlertState.BEGUN if self._told else AlertState.ENDED
        return (
            Sign(kind=AlertKind.OVERCROWDING, state=state, value=float(self._persons)),
        )

    def elapse(self, seconds: float) -> None:
        """Add up how many are there for how long."""
        self._most = max(self._most, self._persons)
        self._person_s += self._persons * seconds
        if self._too_many:
            self._overcrowded_s += seconds

    def take(self, observed_s: float) -> CrowdFigures:
        """Return the interval's figures and begin anew with who is there."""
        mean = min(self._person_s / observed_s, self._most) if observed_s else 0.0
        area_m2, most = self._area_m2, self._most
        figures = CrowdFigures(
            persons_mean=mean,
            persons_max=most,
            density_mean_per_m2=None if area_m2 is None else mean / area_m2,
            density_max_per_m2=None if area_m2 is None else most / area_m2,
            level=None if area_m2 is None else level(most, area_m2, self._movement),
            overcrowded_s=None if self._persons_max is None else self._overcrowded_s,
        )
        self._most = 0
        self._person_s = self._overcrowded_s = 0.0
        return figures

    @property
    def _too_many(self) -> bool:
        return self._persons_max is not None and self._persons > self._persons_max

    def _turning(self) -> bool:
        """Return whether it is otherwise than it was told."""
        if self._persons_max is None or not self._told:
            return self._too_many
        emptier = max(EMPTIER_SHARE * self._persons_max, 1.0)
        return self._persons <= max(self._persons_max - emptier, 0.0)
