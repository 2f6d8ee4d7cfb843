"""A queue: how many wait, how long it is, how long it takes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.traffic import QueueFigures
from tallypost.geometry import Points
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.quantiles import quantile
from tallypost.vision.elements.waiters import Waiters

SETTLE_S = 5.0
"""A queue is long, or no longer, when it has been for so long."""


class QueueElement:
    """Those who wait, counted, and timed until their turn comes.

    Args:
        name: The queue's name.
        waiters: Follows them.
        long_from: From so many on the queue is long; None: never.
        front_m: Shape (2,), the middle of the front on the ground, in metres of the
            site's calibration; without it, a queue begins with the first who waits.
    """

    def __init__(
        self,
        *,
        name: str,
        waiters: Waiters,
        long_from: int | None = None,
        front_m: Points | None = None,
    ) -> None:
        self._name = name
        self._waiters = waiters
        self._long_from = long_from
        self._front_m = front_m
        self._long = False
        self._turned_s: float | None = None
        self._length = 0
        self._length_m = np.nan
        self._calibrated = False
        self._begin()

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        if glance.anew:
            self._long, self._turned_s = False, None
        turns, waiting = self._waiters.update(glance)
        self._joined += turns.joined
        self._left += turns.left
        self._waits_s += turns.waits_s
        self._length = len(self._waiters)
        self._length_m = self._metres(glance, waiting)
        self._note_most()
        return self._sign(glance.time_s)

    def elapse(self, seconds: float) -> None:
        """Add up how many wait for how long."""
        self._note_most()
        self._length_s += self._length * seconds
        if not np.isnan(self._length_m):
            self._metre_s += self._length_m * seconds
            self._measured_s += seconds

    def take(self, observed_s: float) -> QueueFigures:
        """Return the interval's figures and begin anew with who waits."""
        waits_s = self._waits_s
        mean = self._length_s / observed_s if observed_s else float(self._length)
        figures = QueueFigures(
            length_mean=min(mean, float(self._most)),
            length_max=self._most,
            length_mean_m=(
                self._metre_s / self._measured_s if self._measured_s else None
            ),
            length_max_m=None if np.isnan(self._most_m) else self._most_m,
            joined=self._joined,
            served=len(waits_s),
            left=self._left,
            wait_mean_s=sum(waits_s) / len(waits_s) if waits_s else None,
            wait_p50_s=quantile(waits_s, 0.5),
            wait_p85_s=quantile(waits_s, 0.85),
            wait_max_s=max(waits_s, default=None),
        )
        self._begin()
        return figures

    def _begin(self) -> None:
        self._length_s = self._metre_s = self._measured_s = 0.0
        self._joined = self._left = self._most = 0
        self._most_m = np.nan
        self._waits_s: list[float] = []

    def _note_most(self) -> None:
        self._most = max(self._most, self._length)
        self._most_m = float(np.fmax(self._most_m, self._length_m))

    def _metres(self, glance: Glance, waiting: NDArray[np.intp]) -> float:
        """Return how far the queue reaches; NaN where nobody knows."""
        if not len(waiting):
            return 0.0 if self._calibrated else np.nan
        if len(glance.ground_m) != len(glance.tracks):
            return np.nan
        places = glance.ground_m[waiting]
        if not np.isfinite(places).all():
            return np.nan
        self._calibrated = True
        if self._front_m is not None:
            return float(np.hypot(*(places - self._front_m).T).max())
        between = places[:, None] - places
        return float(np.hypot(between[..., 0], between[..., 1]).max())

    def _sign(self, time_s: float) -> list[Sign]:
        """Tell that the queue is long from now on, or no longer."""
        if self._long_from is None or (self._length >= self._long_from) == self._long:
            self._turned_s = None
            return []
        if self._turned_s is None:
            self._turned_s = time_s
        if time_s - self._turned_s < SETTLE_S:
            return []
        self._long, self._turned_s = not self._long, None
        state = AlertState.BEGUN if self._long else AlertState.ENDED
        return [Sign(kind=AlertKind.LONG_QUEUE, state=state, value=float(self._length))]
