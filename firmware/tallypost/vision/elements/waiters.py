"""Who waits in a place, since when, and whether their turn came."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import Points, areas, inside, signed_distances
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.roster import Facts, Roster
from tallypost.vision.elements.base import Glance

PACE_MAX = 0.4
"""Who goes by less than so many of its own sizes (the root of the area of its box) a
second creeps: a car below 4 km/h, a person below 0.4 m/s."""
PACE_NEAR_MAX = 0.7
"""The same for one who comes up behind somebody who waits."""
NEAR_SIZES = 3.0
"""Who is nearer than so many of its sizes comes up behind somebody."""
CLEAR_SHARE = 0.25
"""Who is beyond the front by so many of its sizes has had its turn: boxes sway by
less."""
OUT_MAX_S = 3.0
"""Who is outside for longer has left."""
LOST_MAX_S = 5.0
"""Who is not found again so soon after it was given up has left."""
FOUND_SIZES = 1.0
"""One who appears within so many sizes of where somebody was lost is the same."""

_X, _Y, _SIZE, _CLASS, _WAITS, _SINCE_S, _IN_S, _OUT_S, _GIVEN_UP_S = range(9)
_BACK_X, _BACK_Y, _FROM_X, _FROM_Y, _FROM_S = range(9, 14)
_FACTS = 14
_POINT = slice(_X, _Y + 1)
_BACK = slice(_BACK_X, _BACK_Y + 1)
"""The last place on the queue's side of the front."""
_FROM = slice(_FROM_X, _FROM_Y + 1)
"""From where, and since _FROM_S, the pace is taken."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What has happened to those who wait.

    Attributes:
        joined: How many have come to wait.
        waits_s: How long those waited whose turn came.
        left: How many left otherwise.
    """

    joined: int
    waits_s: list[float]
    left: int


class Waiters:
    """Follows those who wait, also while they creep on; a rider waits as a vehicle.

    Who waited before nobody watched is forgotten: their turn may have come, or not.

    Args:
        polygon: Where one waits, x y in 0..1 of the picture.
        front: The two ends of the line at which the waiting is over; one waits on that
            side of it on which the middle of the polygon's corners is.
        classes: Which classes wait here; None for all.
        anchor: What of a box stands for the object.
        still_after_s: Who has stood or crept for so long waits.
    """

    def __init__(
        self,
        *,
        polygon: Iterable[tuple[float, float]],
        front: Iterable[tuple[float, float]],
        classes: frozenset[int] | None,
        anchor: str,
        still_after_s: float,
    ) -> None:
        self._drawn = np.array([*polygon]), np.array([*front])
        self._polygon, self._front = self._drawn
        self._side = 1.0
        self._classes = None if classes is None else np.array(sorted(classes))
        self._anchor = Anchor(anchor)
        self._still_after_s = still_after_s
        self._scene: Size | None = None
        self._roster = Roster(_FACTS)
        self._lost: Facts = np.empty((0, _FACTS))

    def __len__(self) -> int:
        facts = self._roster.facts
        here = (facts[:, _WAITS] > 0) & np.isnan(facts[:, _OUT_S])
        return int(np.count_nonzero(here)) + len(self._lost)

    def update(self, glance: Glance) -> tuple[Turns, NDArray[np.intp]]:
        """Take one moment; return what has happened, and which tracks wait."""
        self._draw(glance.scene)
        if glance.anew:
            self._roster.clear()
            self._lost = self._lost[:0]
        tracks, now_s = glance.tracks, glance.time_s
        self._roster.take(np.array(sorted(glance.rider_ids), np.int64))
        left = self._give_up(tracks)
        chosen = np.flatnonzero(self._wanted(tracks) & glance.alone(tracks.ids))
        if not len(chosen):
            return Turns(joined=0, waits_s=[], left=left), chosen
        self._admit(tracks, chosen)
        rows = self._roster.rows(tracks.ids[chosen])
        facts = self._roster.facts[rows]
        facts[:, _POINT] = self._anchor.points(tracks.boxes[chosen])
        facts[:, _SIZE] = np.sqrt(areas(tracks.boxes[chosen]))
        facts[:, _CLASS] = tracks.class_ids[chosen]
        here = inside(facts[:, _POINT], self._polygon)
        waits_s = self._serve(facts, now_s)
        left += self._let_out(facts, here, now_s)
        joined = self._join(facts, here, glance.still_s[chosen], now_s)
        self._roster.facts[rows] = facts
        waiting = chosen[(facts[:, _WAITS] > 0) & here]
        return Turns(joined=joined, waits_s=waits_s, left=left), waiting

    def _draw(self, scene: Size) -> None:
        """Take the drawing to the picture's size."""
        if scene == self._scene:
            return
        self._scene = scene
        self._polygon, self._front = (part * scene for part in self._drawn)
        middle = self._polygon.mean(axis=0, keepdims=True)
        self._side = 1.0
        self._side = -1.0 if self._beyond(middle)[0] > 0 else 1.0

    def _beyond(self, points: Points) -> NDArray[np.float64]:
        """Return how far beyond the front points are; below 0 on the queue's side."""
        return self._side * signed_distances(points, *self._front)

    def _wanted(self, tracks: Tracks) -> Mask:
        if self._classes is None:
            return np.ones(len(tracks), np.bool_)
        return np.isin(tracks.class_ids, self._classes)

    def _admit(self, tracks: Tracks, chosen: NDArray[np.intp]) -> None:
        """Begin with new tracks; some of them are those who were lost."""
        new = chosen[self._roster.unknown(tracks.ids[chosen])]
        if not len(new):
            return
        points = self._anchor.points(tracks.born_boxes[new])
        facts = np.zeros((len(new), _FACTS))
        facts[:, _POINT] = facts[:, _BACK] = facts[:, _FROM] = points
        facts[:, _SIZE] = np.sqrt(areas(tracks.born_boxes[new]))
        facts[:, _CLASS] = tracks.class_ids[new]
        facts[:, _FROM_S] = facts[:, _SINCE_S] = tracks.born_s[new]
        facts[:, _IN_S] = facts[:, _OUT_S] = np.nan
        for fresh in facts:
            self._find(fresh)
        self._roster.add(tracks.ids[new], facts)

    def _find(self, fresh: Facts) -> None:
        """Let one who appears be one who was lost there, if somebody was."""
        away = np.hypot(*(self._lost[:, _POINT] - fresh[_POINT]).T)
        away[self._lost[:, _CLASS] != fresh[_CLASS]] = np.inf
        if not (away <= FOUND_SIZES * fresh[_SIZE]).any():
            return
        nearest = int(away.argmin())
        fresh[_WAITS:_OUT_S] = self._lost[nearest, _WAITS:_OUT_S]
        fresh[_BACK] = self._lost[nearest, _BACK]
        self._lost = np.delete(self._lost, nearest, axis=0)

    def _give_up(self, tracks: Tracks) -> int:
        """Keep those for a while who were lost; return how many have left."""
        left = 0
        if len(tracks.ended_ids):
            _, facts = self._roster.take(tracks.ended_ids)
            waited = facts[facts[:, _WAITS] > 0]
            outside = ~np.isnan(waited[:, _OUT_S])
            left += int(np.count_nonzero(outside))
            waited[:, _GIVEN_UP_S] = tracks.time_s
            self._lost = np.concatenate([self._lost, waited[~outside]])
        over = tracks.time_s - self._lost[:, _GIVEN_UP_S] > LOST_MAX_S
        self._lost = self._lost[~over]
        return left + int(np.count_nonzero(over))

    def _serve(self, facts: Facts, now_s: float) -> list[float]:
        """Let those go whose turn has come; return how long each has waited."""
        beyond = self._beyond(facts[:, _POINT])
        over = (facts[:, _WAITS] > 0) & (beyond > CLEAR_SHARE * facts[:, _SIZE])
        behind = beyond <= 0
        if over.any():
            over[over] = self._between_ends(facts[over], beyond[over])
        facts[behind, _BACK] = facts[behind, _POINT]
        facts[over, _WAITS] = 0
        return list((now_s - facts[over, _SINCE_S]).tolist())

    def _between_ends(self, facts: Facts, beyond: NDArray[np.float64]) -> Mask:
        """Return whose way over the front's line led over the front itself."""
        start, end = self._front
        before = -self._beyond(facts[:, _BACK])
        share = before / np.maximum(before + beyond, np.finfo(float).tiny)
        way = facts[:, _POINT] - facts[:, _BACK]
        met = facts[:, _BACK] + np.clip(share, 0, 1)[:, None] * way
        along = (met - start) @ (end - start) / np.sum((end - start) ** 2)
        return np.asarray((along >= 0) & (along <= 1))

    def _let_out(self, facts: Facts, here: Mask, now_s: float) -> int:
        """Note who is outside, and let those go who have been for long."""
        outside_s = np.where(np.isnan(facts[:, _OUT_S]), now_s, facts[:, _OUT_S])
        facts[:, _OUT_S] = np.where(here, np.nan, outside_s)
        inside_s = np.where(np.isnan(facts[:, _IN_S]), now_s, facts[:, _IN_S])
        facts[:, _IN_S] = np.where(here, inside_s, np.nan)
        gone = (facts[:, _WAITS] > 0) & (now_s - facts[:, _OUT_S] >= OUT_MAX_S)
        facts[gone, _WAITS] = 0
        return int(np.count_nonzero(gone))

    def _join(
        self, facts: Facts, here: Mask, still_s: NDArray[np.float64], now_s: float
    ) -> int:
        """Let those wait who stand or creep; return how many began to."""
        watched_s = now_s - facts[:, _FROM_S]
        due = watched_s >= self._still_after_s
        if not due.any():
            return 0
        way = np.hypot(*(facts[:, _POINT] - facts[:, _FROM]).T)
        pace = way / np.maximum(facts[:, _SIZE] * watched_s, np.finfo(float).tiny)
        slow = (pace <= PACE_MAX) | ((pace <= PACE_NEAR_MAX) & self._near(facts))
        new = due & slow & here & (facts[:, _WAITS] == 0)
        new &= self._beyond(facts[:, _POINT]) <= 0
        since_s = np.minimum(facts[:, _FROM_S], now_s - still_s)
        facts[new, _SINCE_S] = np.maximum(since_s, facts[:, _IN_S])[new]
        facts[new, _WAITS] = 1
        facts[due, _FROM], facts[due, _FROM_S] = facts[due, _POINT], now_s
        return int(np.count_nonzero(new))

    def _near(self, facts: Facts) -> Mask:
        """Return who is close behind somebody who waits."""
        waiting = facts[facts[:, _WAITS] > 0, _POINT]
        gaps = np.hypot(*(facts[:, None, _POINT] - waiting).transpose(2, 0, 1))
        ahead = self._beyond(waiting) > self._beyond(facts[:, _POINT])[:, None]
        close = gaps <= NEAR_SIZES * facts[:, _SIZE, None]
        return np.asarray((ahead & close).any(axis=1))
