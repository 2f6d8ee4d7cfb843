"""An area where no vehicle may stand: those that do, each once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.zones import WatchFigures
from tallypost.domain.vision import Size
from tallypost.geometry import Points, areas, inside
from tallypost.vision.counting.base import Anchor
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.watch import Watch

NEAR_SHARE = 0.4
"""Who stands nearer than this to where a vehicle stands, in sizes (the root of the area
of its box), is that vehicle, whatever its track is called by now."""
STILL_S = 1.0
"""Who has stood for less may just be passing in front of it."""
LEFT_S = 10.0
"""A vehicle that was seen to drive off is gone, unless one stands there again within
this time: then another that passed in front of it has only taken its track along."""

NOBODY = -1
Mask = NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class _Standing:
    """A vehicle that stands where none may.

    Attributes:
        place: Shape (2,), where it stands, in pixels.
        near_px: Who is within this distance is this vehicle.
        label: What it is.
        since_s: Since when it stands.
        seen_s: When it was last seen to stand.
        until_s: When it is held to be gone, unless it is seen again.
        track_id: The track that it was last seen by; None once that has driven off.
    """

    place: NDArray[np.float64]
    near_px: float
    label: str
    since_s: float
    seen_s: float
    until_s: float
    track_id: int | None


class StopElement:
    """One event a vehicle, however often its track is lost and found again.

    What stands is remembered by its place, not by its track: a parked car that is seen
    now and then through the night has stopped once. Where nobody watches for a while,
    what stands there afterwards long enough is told of once more, not counted again.

    Args:
        name: The area's name.
        polygon: At least three corners in order, x y in 0..1 of the picture.
        classes: Which classes may not stand there; None for all.
        anchor: "ground" or "centre": which point of a box stands for the object.
        after_s: Told once a vehicle has stood for so long.
        lost_s: For how long one that is not seen is held to stand there still.
    """

    def __init__(
        self,
        *,
        name: str,
        polygon: tuple[tuple[float, float], ...],
        classes: frozenset[int] | None,
        anchor: str,
        after_s: float,
        lost_s: float,
    ) -> None:
        self._name = name
        self._corners = np.array(polygon, np.float64)
        self._polygon = self._corners
        self._classes = None if classes is None else np.array(sorted(classes))
        self._anchor = Anchor(anchor)
        self._after_s = after_s
        self._lost_s = lost_s
        self._scene: Size | None = None
        self._standing: list[_Standing] = []
        self._before: list[_Standing] = []
        """What stood before nobody watched, as long as it may be seen to stand on."""
        self._watch = Watch()

    @property
    def name(self) -> str:
        """The area's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        if glance.scene != self._scene:
            self._rescale(glance.scene)
        if glance.anew:
            self._remember(glance.time_s)
        signs: list[Sign] = []
        if len(glance.tracks):
            points = self._anchor.points(glance.tracks.boxes)
            still = self._still(glance, points)
            still &= ~self._recognise(glance, points, still)
            long = np.flatnonzero(still & (glance.still_s >= self._after_s))
            signs += [
                self._begin(glance, points[row], row)
                for row in long.tolist()
                if not _at(points[row], self._standing)
            ]
        return [*signs, *self._end(glance.time_s)]

    def elapse(self, seconds: float) -> None:
        """Let time pass."""
        self._watch.elapse(seconds, present=bool(self._standing))

    def take(self, observed_s: float) -> WatchFigures:
        """Return the interval's figures and begin anew with what stands."""
        del observed_s
        return self._watch.take()

    def _rescale(self, scene: Size) -> None:
        """Go over to pictures of another size."""
        if self._scene is not None:
            scale = np.divide(scene, self._scene)
            for standing in (*self._standing, *self._before):
                standing.place = standing.place * scale
                standing.near_px *= float(scale.min())
        self._scene = scene
        self._polygon = self._corners * scene

    def _remember(self, now_s: float) -> None:
        """Begin afresh, with what stood before nobody watched in mind."""
        for standing in self._standing:
            standing.until_s = now_s + self._after_s + self._lost_s
        self._before += self._standing
        self._standing = []

    def _still(self, glance: Glance, points: Points) -> Mask:
        """Return who stands within the area and may not: shape (n,)."""
        still = np.asarray(glance.still_s >= STILL_S)
        if still.any():
            still &= inside(points, self._polygon)
            if self._classes is not None:
                still &= np.isin(glance.tracks.class_ids, self._classes)
        return still

    def _recognise(self, glance: Glance, points: Points, still: Mask) -> Mask:
        """Note who stands on, and who has driven off; return who is at their places."""
        standing, ids = self._standing, glance.tracks.ids
        if not standing:
            return np.zeros(len(ids), np.bool_)
        ways = points[:, None] - np.array([each.place for each in standing])
        away_px = np.hypot(ways[..., 0], ways[..., 1])
        near = away_px <= np.array([each.near_px for each in standing])
        nearest = np.where(near & still[:, None], away_px, np.inf).argmin(axis=0)
        stands = (near & still[:, None]).any(axis=0)
        own = ids[:, None] == [
            NOBODY if each.track_id is None else each.track_id for each in standing
        ]
        left = (own & ~near).any(axis=0) & ~stands
        for place in np.flatnonzero(stands).tolist():
            standing[place].track_id = int(ids[nearest[place]])
            standing[place].seen_s = glance.time_s
            standing[place].until_s = glance.time_s + self._lost_s
        for place in np.flatnonzero(left).tolist():
            left_s = glance.time_s + LEFT_S
            standing[place].track_id = None
            standing[place].until_s = min(standing[place].until_s, left_s)
        return np.asarray(near.any(axis=1))

    def _begin(self, glance: Glance, place: NDArray[np.float64], row: int) -> Sign:
        tracks, now_s = glance.tracks, glance.time_s
        label = glance.classes[int(tracks.class_ids[row])]
        stood_s = float(glance.still_s[row])
        self._standing.append(
            _Standing(
                place=place,
                near_px=NEAR_SHARE * float(np.sqrt(areas(tracks.boxes[row, None])[0])),
                label=label,
                since_s=now_s - stood_s,
                seen_s=now_s,
                until_s=now_s + self._lost_s,
                track_id=int(tracks.ids[row]),
            )
        )
        same = _at(place, self._before)
        self._before = [each for each in self._before if each not in same]
        if not same:
            self._watch.begin(label)
        return _sign(AlertState.BEGUN, label, stood_s)

    def _end(self, now_s: float) -> list[Sign]:
        self._before = [each for each in self._before if now_s < each.until_s]
        if not self._standing:
            return []
        over = [each for each in self._standing if now_s >= each.until_s]
        self._standing = [each for each in self._standing if now_s < each.until_s]
        return [
            _sign(AlertState.ENDED, each.label, each.seen_s - each.since_s)
            for each in over
        ]


def _at(place: NDArray[np.float64], standing: list[_Standing]) -> list[_Standing]:
    """Return who of those that stand is at a place."""
    return [
        each for each in standing if np.hypot(*(place - each.place)) <= each.near_px
    ]


def _sign(state: AlertState, label: str, seconds: float) -> Sign:
    return Sign(kind=AlertKind.STOPPED_VEHICLE, state=state, label=label, value=seconds)
