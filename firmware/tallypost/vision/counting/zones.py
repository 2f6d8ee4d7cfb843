"""Counts who comes into zones and who leaves them: all zones of a site at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Size, Tracks
from tallypost.geometry import areas
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.polygons import Mask, Numbers, Places, Polygons
from tallypost.vision.counting.roster import Ids, Roster, Rows

_IN, _SINCE_S, _ENTERED_S, _INSIDE_S, _ENTRY_CLASS = range(5)
_FACTS = 5
_CORNERS_MIN = 3

Facts = NDArray[np.float64]
"""Shape (n, facts, zones)."""
Pairs = tuple[Rows, Places]
"""Shapes (n,) and (n,), objects and zones."""
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

    NumPy takes as long for one zone as for twenty, so they are counted together; what
    costs more is done only for those who step over a border.

    Args:
        drawings: The zones, in the order in which events are told; one at least.
    """

    def __init__(self, drawings: Sequence[ZoneDrawing]) -> None:
        self._drawings = tuple(drawings)
        self._polygons = Polygons([each.polygon for each in drawings])
        self._settle_s = np.array([each.settle_s for each in drawings])
        self._clear_share = np.array([each.clear_share for each in drawings])
        anchors = [Anchor(each.anchor) for each in drawings]
        raised_share = np.array([[each.raised_share] for each in anchors])
        self._raised_share = raised_share if raised_share.any() else None
        self._wanted = _wanted([each.classes for each in drawings])
        self._scene: Size | None = None
        self._roster = Roster(_FACTS * len(drawings))
        self._tracks: Tracks | None = None
        self._events: list[Events] = []
        self._moved: set[int] = set()
        self.occupancy: list[Counter[int]] = [Counter() for _ in drawings]
        """How many are inside now, by zone and the class under which they came in;
        replaced when that changes."""

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
        self._moved.clear()
        self._events = [[] for _ in self._drawings]
        if scene != self._scene:
            self._scene = scene
            self._polygons.fit(scene)
        if len(tracks.ended_ids):
            self._end(tracks)
        if len(tracks):
            self._admit(tracks)
            self._follow(tracks)
        self._count()
        return self._events

    def _end(self, tracks: Tracks) -> None:
        """Let those go who were given up inside, and forget all who were given up."""
        ids, facts = self._roster.take(tracks.ended_ids)
        by_zone = self._by_zone(facts)
        for row, zone in np.argwhere(by_zone[:, _IN]).tolist():
            self._leave(int(ids[row]), zone, by_zone[row, :, zone], tracks.time_s)

    def _admit(self, tracks: Tracks) -> None:
        """Begin with new tracks where they were first seen."""
        (new,) = self._roster.unknown(tracks.ids).nonzero()
        if not len(new):
            return
        boxes, class_ids = tracks.born_boxes[new], tracks.class_ids[new]
        born_s = tracks.born_s[new, None]
        facts = np.zeros((len(new), self._roster.facts.shape[1]))
        by_zone = self._by_zone(facts)
        by_zone[:, _SINCE_S] = np.nan
        by_zone[:, _ENTERED_S] = by_zone[:, _INSIDE_S] = born_s
        by_zone[:, _ENTRY_CLASS] = class_ids[:, None]
        rows, zones = np.nonzero(self._counted(boxes, class_ids)[1])
        clear = self._clear(boxes, rows, zones)
        by_zone[rows, _IN, zones] = clear
        by_zone[rows[~clear], _SINCE_S, zones[~clear]] = born_s[rows[~clear], 0]
        self._roster.add(tracks.ids[new], facts)
        for row, zone in _listed((rows, zones), clear):
            track_id = int(tracks.ids[new[row]])
            self._enter(track_id, zone, by_zone[row, :, zone], tracks.time_s)

    def _follow(self, tracks: Tracks) -> None:
        """Move everybody on to where they are now."""
        rows, now_s = self._roster.rows(tracks.ids), tracks.time_s
        facts = self._roster.facts[rows]
        by_zone = self._by_zone(facts)
        within, here = self._counted(tracks.boxes, tracks.class_ids)
        was = by_zone[:, _IN] > 0
        turned = here != was
        np.copyto(by_zone[:, _INSIDE_S], now_s, where=here)
        since_s = np.fmin(by_zone[:, _SINCE_S], now_s)
        by_zone[:, _SINCE_S] = np.where(turned, since_s, np.nan)
        who, zones = turned.nonzero()
        if len(who):
            settled = now_s - since_s[who, zones] >= self._settle_s[zones]
            stepped = ~settled & (within[who, zones] != was[who, zones])
            settled[stepped] = self._clear(tracks.boxes, who[stepped], zones[stepped])
            who, zones = who[settled], zones[settled]
            self._settle(tracks, by_zone, here[who, zones], (who, zones))
        self._roster.facts[rows] = facts

    def _settle(self, tracks: Tracks, by_zone: Facts, came: Mask, pairs: Pairs) -> None:
        """Let those in or out who are on the other side for good.

        Args:
            tracks: The objects.
            by_zone: What is known of them.
            came: Shape (n,), who comes in.
            pairs: Shape (n,), who, and where.
        """
        for row, zone in _listed(pairs, came):
            visit = by_zone[row, :, zone]
            visit[_ENTERED_S] = visit[_SINCE_S]
            visit[_ENTRY_CLASS] = tracks.class_ids[row]
            visit[_IN], visit[_SINCE_S] = True, np.nan
            self._enter(int(tracks.ids[row]), zone, visit, tracks.time_s)
        for row, zone in _listed(pairs, ~came):
            visit = by_zone[row, :, zone]
            visit[_IN], visit[_SINCE_S] = False, np.nan
            self._leave(int(tracks.ids[row]), zone, visit, tracks.time_s)

    def _by_zone(self, facts: NDArray[np.float64]) -> Facts:
        """Return what is known of each zone: a view."""
        return facts.reshape(len(facts), _FACTS, len(self._drawings))

    def _stands(self, boxes: Boxes) -> tuple[Numbers, Numbers]:
        """Return where objects stand: shapes (n,) and (zones, n), or (1, n) for all."""
        left, upper, right, lower = boxes.T.astype(np.float64)
        if self._raised_share is None:
            return (left + right) / 2, lower[None]
        return (left + right) / 2, lower - self._raised_share * (lower - upper)

    def _counted(self, boxes: Boxes, class_ids: Ids) -> tuple[Mask, Mask]:
        """Return who stands in which zone, and who of them counts: (n, zones)."""
        within = self._polygons.inside(*self._stands(boxes))
        if self._wanted is None:
            return within, within
        wanted = self._wanted[np.minimum(class_ids, len(self._wanted) - 1)]
        return within, within & wanted

    def _clear(self, boxes: Boxes, rows: Rows, zones: Places) -> Mask:
        """Return which pairs of object and zone stand clear of the border."""
        if not len(rows):
            return np.zeros(0, np.bool_)
        boxes = boxes[rows]
        x, y = self._stands(boxes)
        y = y[0] if len(y) == 1 else y[zones, np.arange(len(rows))]
        away = self._polygons.distances(x, y, zones)
        return np.asarray(away >= self._clear_share[zones] * np.sqrt(areas(boxes)))

    def _count(self) -> None:
        """Count who is inside by now, where that has changed."""
        by_zone = self._by_zone(self._roster.facts)
        for zone in self._moved:
            class_ids = by_zone[by_zone[:, _IN, zone] > 0, _ENTRY_CLASS, zone]
            self.occupancy[zone] = Counter(map(int, class_ids.tolist()))

    def _enter(self, track_id: int, zone: int, visit: Numbers, time_s: float) -> None:
        """Tell that one has come in; `visit` is what is known of it and the zone."""
        self._moved.add(zone)
        event = ZoneEntry(
            zone=self._drawings[zone].name,
            class_id=int(visit[_ENTRY_CLASS]),
            time_s=time_s,
            entered_s=float(visit[_ENTERED_S]),
            track_id=track_id,
        )
        self._events[zone].append(event)

    def _leave(self, track_id: int, zone: int, visit: Numbers, time_s: float) -> None:
        """Tell that one has gone out."""
        self._moved.add(zone)
        event = ZoneExit(
            zone=self._drawings[zone].name,
            class_id=int(visit[_ENTRY_CLASS]),
            time_s=time_s,
            left_s=float(visit[_INSIDE_S]),
            dwell_s=float(visit[_INSIDE_S] - visit[_ENTERED_S]),
            track_id=track_id,
        )
        self._events[zone].append(event)


def _listed(pairs: Pairs, chosen: Mask) -> Iterator[tuple[int, int]]:
    return zip(*(each[chosen].tolist() for each in pairs), strict=True)


def _wanted(classes: Sequence[frozenset[int] | None]) -> Mask | None:
    """Return which class counts where; None where all do everywhere.

    Returns:
        Shape (classes, zones), the last for all others.
    """
    if all(each is None for each in classes):
        return None
    most = max(
        (max(each, default=-1) for each in classes if each is not None), default=-1
    )
    wanted = np.zeros((most + 2, len(classes)), np.bool_)
    for place, each in enumerate(classes):
        wanted[slice(None) if each is None else list(each), place] = True
    return wanted
