"""Who is on a stretch of road, and which way they go."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Size
from tallypost.geometry import Points, areas, inside
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.roster import Roster
from tallypost.vision.elements.base import Glance

STANDS_S = 2.0
"""Who has not gone a quarter of its size for so long stands: slower than 1 km/h."""
DECIDED_SHARE = 0.5
"""After half its size, it is clear which way one goes."""

_X, _Y, _WAY, _IS_ON, _COUNTED, _STANDS, _SPEED_KMH, _CLASS = range(8)
_POINT = slice(_X, _Y + 1)
_FACTS = 8


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Who is on it at one moment, those included whom something hides just now.

    Attributes:
        count: How many.
        standing: How many of them stand.
        speeds_kmh: How fast those go of whom it is known.
    """

    count: int = 0
    standing: int = 0
    speeds_kmh: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


class Traffic:
    """Follows who is on a polygon; who goes against its direction is not part of it.

    Args:
        polygon: Its corners, x y in 0..1 of the picture.
        direction: Where an arrow along the traffic begins and ends; None where every
            way is welcome.
        classes: Which classes count; None for all.
        anchor: As a zone's.
    """

    def __init__(
        self,
        *,
        polygon: tuple[tuple[float, float], ...],
        direction: tuple[tuple[float, float], ...] | None = None,
        classes: frozenset[int] | None = None,
        anchor: str = Anchor.GROUND,
    ) -> None:
        self._polygon = np.array(polygon, np.float64)
        self._arrow = None if direction is None else np.array(direction, np.float64)
        self._classes = None if classes is None else np.array(sorted(classes))
        self._anchor = Anchor(anchor)
        self._roster = Roster(_FACTS)

    def update(self, glance: Glance) -> tuple[State, list[int]]:
        """Return who is on it, and the classes of those who came since the last look.

        Args:
            glance: The moment.
        """
        if len(glance.tracks.ended_ids):
            self._roster.take(glance.tracks.ended_ids)
        came = self._follow(glance) if len(glance.tracks) else []
        facts = self._roster.facts
        there = facts[(facts[:, _IS_ON] > 0) & (facts[:, _WAY] >= 0)]
        speeds_kmh = there[:, _SPEED_KMH]
        state = State(
            count=len(there),
            standing=int(there[:, _STANDS].sum()),
            speeds_kmh=speeds_kmh[np.isfinite(speeds_kmh)],
        )
        return state, came

    def _follow(self, glance: Glance) -> list[int]:
        tracks = glance.tracks
        points = self._anchor.points(tracks.boxes)
        new = self._roster.unknown(tracks.ids)
        if new.any():
            fresh = np.zeros((int(new.sum()), _FACTS))
            fresh[:, _POINT] = points[new]
            self._roster.add(tracks.ids[new], fresh)
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        stands = glance.still_s >= STANDS_S
        facts[:, _STANDS] = stands
        known = np.isfinite(glance.ground_m).all(axis=1)
        facts[:, _SPEED_KMH] = np.where(stands & known, 0.0, glance.speeds_kmh)
        facts[:, _CLASS] = tracks.class_ids
        facts[:, _IS_ON] = inside(points / glance.scene, self._polygon)
        facts[:, _IS_ON] *= self._wanted(glance)
        self._decide(facts, points, tracks.boxes, glance.scene)
        came = (facts[:, _IS_ON] > 0) & (facts[:, _COUNTED] == 0)
        came &= (facts[:, _WAY] > 0) | (self._arrow is None)
        facts[came, _COUNTED] = 1
        self._roster.facts[rows] = facts
        return [int(class_id) for class_id in facts[came, _CLASS]]

    def _wanted(self, glance: Glance) -> NDArray[np.bool_]:
        """Return whose class counts, less people whose vehicle counts."""
        wanted = glance.alone(glance.tracks.ids)
        if self._classes is not None:
            wanted &= np.isin(glance.tracks.class_ids, self._classes)
        return wanted

    def _decide(
        self, facts: NDArray[np.float64], points: Points, boxes: Boxes, scene: Size
    ) -> None:
        """Note which way each goes: 1 along the arrow, -1 against it, 0 unknown."""
        if self._arrow is None:
            return
        start, end = self._arrow * scene
        along = (points - facts[:, _POINT]) @ ((end - start) / np.hypot(*(end - start)))
        clear = np.abs(along) > DECIDED_SHARE * np.sqrt(areas(boxes))
        facts[clear, _WAY] = np.sign(along[clear])
        facts[clear, _POINT] = points[clear]
