"""An approach: how well traffic flows on a stretch of road."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.traffic import ApproachFigures
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.congestion import Congestion
from tallypost.vision.elements.traffic import State, Traffic
from tallypost.vision.elements.traffic_service import grade

NOBODY = State()


class ApproachElement:
    """Adds up how many are there, how many stand, and how fast they go.

    Speed is the mean over time and vehicles: all the way that was gone, over all the
    time that it took. Density is that time over the length and the time watched.
    Source: L. C. Edie, "Discussion of traffic stream measurements and definitions",
    2nd International Symposium on the Theory of Traffic Flow (1963).

    Args:
        name: The approach's name.
        traffic: Tells who is on it.
        congestion: Tells when it is congested.
        free_flow_kmh: How fast traffic goes when nothing hinders it; None: the share of
            time in which vehicles go, and do not stand, takes the place of their speed.
        length_m: Of the stretch, along the road; None where it is not known.
    """

    def __init__(
        self,
        *,
        name: str,
        traffic: Traffic,
        congestion: Congestion,
        free_flow_kmh: float | None = None,
        length_m: float | None = None,
    ) -> None:
        self._name = name
        self._traffic = traffic
        self._congestion = congestion
        self._free_flow_kmh = free_flow_kmh
        self._length_m = length_m
        self._state = NOBODY
        self._stopped_max = 0
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._flow: Counter[str] = Counter()

    @property
    def name(self) -> str:
        """The approach's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment; tell where congestion begins or ends."""
        if glance.anew:
            self._congestion.forget()
        self._state, came = self._traffic.update(glance)
        self._flow.update(glance.classes[class_id] for class_id in came)
        self._stopped_max = max(self._stopped_max, self._state.standing)
        if not self._congestion.turned():
            return ()
        begun = self._congestion.is_congested
        state = AlertState.BEGUN if begun else AlertState.ENDED
        return (
            Sign(kind=AlertKind.CONGESTION, state=state, value=self._congestion.count),
        )

    def elapse(self, seconds: float) -> None:
        """Add up who is there for how long."""
        state = self._state
        self._stopped_max = max(self._stopped_max, state.standing)
        count, free = self._hindered(state)
        sums = self._sums
        sums["occupied"] += seconds * (state.count > 0)
        sums["stays"] += seconds * state.count
        sums["stands"] += seconds * state.standing
        sums["timed"] += seconds * len(state.speeds_kmh)
        sums["way"] += seconds * float(state.speeds_kmh.sum())
        sums["graded"] += seconds * count
        sums["free"] += seconds * free
        sums["congested"] += seconds * self._congestion.is_congested
        self._congestion.elapse(seconds, count, free)

    def take(self, observed_s: float) -> ApproachFigures:
        """Return the interval's figures and begin anew with who is there."""
        sums = self._sums
        watched_s = observed_s or 1.0  # where nothing was watched, all sums are 0
        figures = ApproachFigures(
            occupancy=min(sums["occupied"] / watched_s, 1.0),
            density_per_km=(
                sums["stays"] / watched_s / self._length_m * 1000
                if self._length_m
                else None
            ),
            speed_mean_kmh=sums["way"] / sums["timed"] if sums["timed"] else None,
            stopped_mean=sums["stands"] / watched_s,
            stopped_max=self._stopped_max,
            flow=dict(self._flow),
            level=grade(sums["free"] / sums["graded"]) if sums["graded"] else None,
            congested_s=sums["congested"],
        )
        self._sums.clear()
        self._flow.clear()
        self._stopped_max = 0
        return figures

    def _hindered(self, state: State) -> tuple[int, float]:
        """Return how many are graded, and the sum of their shares of free flow."""
        if self._free_flow_kmh:
            speeds_kmh = state.speeds_kmh
            return len(speeds_kmh), float(speeds_kmh.sum()) / self._free_flow_kmh
        return state.count, state.count - state.standing
