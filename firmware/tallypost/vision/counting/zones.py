"""Counts who comes into zones and who leaves them: all zones of a site at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Size, Tracks
from tallypost.geometry import areas
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.roster import Ids, Roster

_IN, _SINCE_S, _ENTERED_S, _INSIDE_S, _ENTRY_CLASS = range(5)
_FACTS = 5
_CORNERS_MIN = 3

Facts = NDArray[np.float64]
"""Shape (n, facts, zones)."""
Mask = NDArray[np.bool_]
Events = list[ZoneEntry | ZoneExit]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDrawing:
    """A polygon on the ground.

    Attributes:
        name: The zone's name.
        polygon: At least three corners in order, x y in 0..1 of the picture.
        classes: Which classes count; None for all.
        anchor: "ground" where the middle of a box's lower edge stands for the object,
            "centre" where the middle of the box does.
        settle_s: How long an object near the border must stay on its other side.
        clear_share: How far from the border is clear, in sizes (the root of the area)
            of the object's box.

    Raises:
        ValueError: The polygon has fewer than three corners.
    """

    name: str
    polygon: tuple[tuple[float, float], ...]
    classes: frozenset[int] | None = None
    anchor: str = Anchor.GROUND
    settle_s: float = 0.6
    clear_share: float = 0.2

    def __post_init__(self) -> None:
        if len(self.polygon) < _CORNERS_MIN:
            corners = len(self.polygon)
            raise ValueError(f"zone {self.name}: polygon has {corners} corners; want 3")


class Zones:
    """Every zone's visitors, with hysteresis in space and time.

    NumPy takes as long for one zone as for twenty, so they are counted together.

    Args:
        drawings: The zones, in the order in which events are told.
    """

    def __init__(self, drawings: Sequence[ZoneDrawing]) -> None:
        self._drawings = tuple(drawings)
        most = max((len(each.polygon) for each in drawings), default=1)
        # A corner told twice changes no polygon.
        padded = [
            (*each.polygon, *[each.polygon[-1]] * (most - len(each.polygon)))
            for each in drawings
        ]
        self._corners = np.array(padded, np.float64).reshape(-1, most, 2)
        self._settle_s = np.array([each.settle_s for each in drawings])
        self._clear_share = np.array([each.clear_share for each in drawings])
        centre = [Anchor(each.anchor) is Anchor.CENTRE for each in drawings]
        self._raised_share = np.where(centre, 0.5, 0.0)
        self._scene: Size | None = None
        self._starts = self._ends = self._corners
        self._shape = (_FACTS, len(drawings))
        self._roster = Roster(_FACTS * len(drawings))
        self._tracks: Tracks | None = None
        self._events: list[Events] = []
        self.occupancy: list[Counter[int]] = [Counter() for _ in drawings]
        """How many are inside now, by zone and the class under which they came in."""

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._roster)

    def update(self, tracks: Tracks, scene: Size) -> list[Events]:
        """Return who has come in or gone out, by zone.

        Asked again about the same tracks, it tells the same.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        if tracks is self._tracks:
            return self._events
        self._tracks = tracks
        self._events = [[] for _ in self._drawings]
        if scene != self._scene:
            self._scene = scene
            self._starts = self._corners * scene
            self._ends = np.roll(self._starts, -1, axis=1)
        if len(tracks.ended_ids):
            ids, facts = self._roster.take(tracks.ended_ids)
            facts = facts.reshape(-1, *self._shape)
            self._exits(ids, facts, facts[:, _IN] > 0, tracks.time_s)
        if len(tracks):
            self._admit(tracks)
            self._follow(tracks)
        self.occupancy = self._occupied()
        return self._events

    def _admit(self, tracks: Tracks) -> None:
        """Begin with new tracks where they were first seen."""
        new = self._roster.unknown(tracks.ids)
        if not new.any():
            return
        boxes, class_ids = tracks.born_boxes[new], tracks.class_ids[new]
        here = self._inside(boxes) & self._wanted(class_ids)
        entered = here.copy()
        entered[here] = self._clear(boxes, *np.nonzero(here))
        born_s = tracks.born_s[new, None]
        facts = np.zeros((len(boxes), *self._shape))
        facts[:, _IN] = entered
        facts[:, _SINCE_S] = np.where(here & ~entered, born_s, np.nan)
        facts[:, _ENTERED_S] = facts[:, _INSIDE_S] = born_s
        facts[:, _ENTRY_CLASS] = class_ids[:, None]
        self._roster.add(tracks.ids[new], facts.reshape(len(boxes), -1))
        self._entries(tracks.ids[new], facts, entered, tracks.time_s)

    def _follow(self, tracks: Tracks) -> None:
        """Move everybody on to where they are now."""
        rows, now_s = self._roster.rows(tracks.ids), tracks.time_s
        facts = self._roster.facts[rows].reshape(-1, *self._shape)
        within = self._inside(tracks.boxes)
        here = within & self._wanted(tracks.class_ids)
        was = facts[:, _IN] > 0
        turned = here != was
        since = facts[:, _SINCE_S]
        since = np.where(np.isnan(since), now_s, since)
        facts[:, _SINCE_S] = np.where(turned, since, np.nan)
        facts[:, _INSIDE_S][here] = now_s
        settled = turned & (now_s - since >= self._settle_s)
        stepped = turned & ~settled & (within != was)
        settled[stepped] = self._clear(tracks.boxes, *np.nonzero(stepped))
        if settled.any():
            came = settled & here
            facts[:, _ENTERED_S][came] = since[came]
            facts[:, _ENTRY_CLASS][came] = tracks.class_ids[came.nonzero()[0]]
            facts[:, _IN][settled] = here[settled]
            facts[:, _SINCE_S][settled] = np.nan
            self._entries(tracks.ids, facts, came, now_s)
            self._exits(tracks.ids, facts, settled & ~here, now_s)
        self._roster.facts[rows] = facts.reshape(len(rows), -1)

    def _points(self, boxes: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where objects stand for each zone: shapes (n, 1) and (n, zones)."""
        x = (boxes[:, 0, None] + boxes[:, 2, None]) / 2.0
        height = boxes[:, 3, None] - boxes[:, 1, None]
        y = boxes[:, 3, None] - height * self._raised_share
        return x.astype(np.float64), y

    def _inside(self, boxes: Boxes) -> Mask:
        """Return who stands in which zone: shape (n, zones).

        Source: W. R. Franklin, "PNPOLY", even-odd rule.
        """
        x, y = (each[..., None] for each in self._points(boxes))
        (x1, y1), (x2, y2) = self._starts.T, self._ends.T
        x1, y1, x2, y2 = x1.T, y1.T, x2.T, y2.T
        slope = (x2 - x1) / np.where(y2 == y1, 1.0, y2 - y1)
        met = ((y1 > y) != (y2 > y)) & (x < slope * (y - y1) + x1)
        return np.asarray(np.logical_xor.reduce(met, axis=2))

    def _wanted(self, class_ids: NDArray[np.int64]) -> Mask:
        """Return whose class counts where: shape (n, zones)."""
        wanted = np.ones((len(class_ids), len(self._drawings)), np.bool_)
        for place, drawing in enumerate(self._drawings):
            if drawing.classes is not None:
                wanted[:, place] = np.isin(class_ids, list(drawing.classes))
        return wanted

    def _clear(self, boxes: Boxes, rows: Ids, places: Ids) -> Mask:
        """Return which pairs of object and zone stand clear of the border."""
        x, y = self._points(boxes)
        points = np.stack([x[rows, 0], y[rows, places]], axis=1)[:, None, :]
        corners = self._starts[places]
        sides = self._ends[places] - corners
        spans = np.maximum((sides**2).sum(axis=2), np.finfo(float).tiny)
        along = ((points - corners) * sides).sum(axis=2) / spans
        nearest = corners + np.clip(along, 0.0, 1.0)[..., None] * sides
        away = np.square(points - nearest).sum(axis=2).min(axis=1, initial=np.inf)
        limits = self._clear_share[places] ** 2 * areas(boxes)[rows]
        return np.asarray(away >= limits)

    def _occupied(self) -> list[Counter[int]]:
        """Return who is inside now, by zone and the class under which they came in."""
        told: list[Counter[int]] = [Counter() for _ in self._drawings]
        facts = self._roster.facts.reshape(-1, *self._shape)
        rows, places = np.nonzero(facts[:, _IN])
        class_ids = facts[rows, _ENTRY_CLASS, places].astype(np.int64)
        for place, class_id in zip(places.tolist(), class_ids.tolist(), strict=True):
            told[place][class_id] += 1
        return told

    def _entries(self, ids: Ids, facts: Facts, came: Mask, time_s: float) -> None:
        for row, place in np.argwhere(came).tolist():
            self._events[place].append(
                ZoneEntry(
                    zone=self._drawings[place].name,
                    class_id=int(facts[row, _ENTRY_CLASS, place]),
                    time_s=time_s,
                    entered_s=float(facts[row, _ENTERED_S, place]),
                    track_id=int(ids[row]),
                )
            )

    def _exits(self, ids: Ids, facts: Facts, went: Mask, time_s: float) -> None:
        for row, place in np.argwhere(went).tolist():
            inside_s = float(facts[row, _INSIDE_S, place])
            self._events[place].append(
                ZoneExit(
                    zone=self._drawings[place].name,
                    class_id=int(facts[row, _ENTRY_CLASS, place]),
                    time_s=time_s,
                    left_s=inside_s,
                    dwell_s=inside_s - float(facts[row, _ENTERED_S, place]),
                    track_id=int(ids[row]),
                )
            )
