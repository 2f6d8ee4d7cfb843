"""What elements of a site are shown, and what they have to say at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.vision import Size, Tracks
from tallypost.vision.counting.events import LineCrossing, LinePassage
from tallypost.vision.elements.motion import Motion, unknown
from tallypost.vision.elements.stillness import Stand


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """Everything that elements may know of one moment.

    Attributes:
        tracks: The confirmed objects; those that ended are told once.
        scene: The size of the picture that their boxes are told in.
        classes: Names of the detector's classes.
        crossings: Who has crossed a line at this moment, all lines together.
        passages: Who has gone over a line, which may be taken back at once.
        still_s: Shape (n,), for how long each object has stood where it stands.
        stands: Who stood still for a while and was found to have moved on, or was given
            up.
        ground_m: Shape (n, 2), where each object stands on the ground, in metres of the
            site's calibration; NaN where that is not known.
        speeds_kmh: Shape (n,), how fast each object goes; NaN where nobody knows.
        motion: The same with more beside it.
        rider_ids: Who rides a bicycle or motorcycle that is told by itself.
        anew: Whether nobody has watched for so long before it that whatever went on may
            be over: all that elements had said to go on was told to be over, and all
            tracks have ended.
    """

    tracks: Tracks
    scene: Size
    classes: Sequence[str]
    crossings: Sequence[LineCrossing] = ()
    passages: Sequence[LinePassage] = ()
    still_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    stands: Sequence[Stand] = ()
    ground_m: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    speeds_kmh: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    motion: Motion = field(default_factory=lambda: unknown(0))
    rider_ids: frozenset[int] = frozenset()
    anew: bool = False

    @property
    def time_s(self) -> float:
        """The frame's time, on the scene's clock."""
        return self.tracks.time_s

    def alone(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of these ids are no riders, whose vehicle counts: shape (n,)."""
        return np.isin(ids, list(self.rider_ids), invert=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What an element says at once; the pipeline makes an alert of it.

    Attributes:
        kind: What it is about.
        state: Whether it begins or is over.
        label: The class of who caused it.
        value: How much of it: persons, seconds, metres, by kind.
    """

    kind: AlertKind
    state: AlertState
    label: str | None = None
    value: float | None = None


class Element(Protocol):
    """Watches one element of the site and gathers its figures."""

    @property
    def name(self) -> str:
        """The element's name."""
        ...

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment; return what must be said at once.

        Call it for every frame that was looked at, also when nobody was there.
        """
        ...

    def elapse(self, seconds: float) -> None:
        """Note that all has stood as it stands for so many watched seconds."""
        ...

    def take(self, observed_s: float) -> object | None:
        """Return the interval's figures and begin anew.

        What stands belongs to the next interval as soon as time elapses in it: nobody
        may watch for most of that.
        """
        ...
