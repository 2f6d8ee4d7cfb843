"""Counts who comes into a zone, who leaves it, and how long they stay."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import Boxes, areas, inside
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.roster import Facts, Ids, Roster

_IN, _SINCE_S, _ENTERED_S, _INSIDE_S, _CLASS, _ENTRY_CLASS = range(6)
_FACTS = 6
_CORNERS_MIN = 3

Mask = NDArray[np.bool_]
Events = list[ZoneEntry | ZoneExit]


class ZoneCounter:
    """A polygon on the ground, with hysteresis in space and time.

    An object that appears inside has come in, and one that is lost inside has gone out
    when its track is given up; until then it is held to be inside. Who steps over the
    border comes in or goes out when it stands clearly on the other side, by a share of
    its own size, or has stayed there for `settle_s`.

    Args:
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

    def __init__(
        self,
        *,
        name: str,
        polygon: tuple[tuple[float, float], ...],
        classes: frozenset[int] | None = None,
        anchor: str = Anchor.GROUND,
        settle_s: float = 0.6,
        clear_share: float = 0.2,
    ) -> None:
        if len(polygon) < _CORNERS_MIN:
            raise ValueError(f"zone {name}: polygon has {len(polygon)} corners; want 3")
        self._name = name
        self._corners = np.array(polygon, np.float64)
        self._polygon = self._corners
        self._classes = None if classes is None else np.array(sorted(classes))
        self._anchor = Anchor(anchor)
        self._settle_s = settle_s
        self._clear_share = clear_share
        self._scene: Size | None = None
        self._roster = Roster(_FACTS)

    @property
    def name(self) -> str:
        """The zone's name."""
        return self._name

    @property
    def occupancy(self) -> dict[int, int]:
        """How many are inside now, by class; a class of which nobody is is absent."""
        facts = self._roster.facts
        present = facts[facts[:, _IN] > 0, _CLASS].astype(np.int64)
        found, counts = np.unique(present, return_counts=True)
        return dict(zip(found.tolist(), counts.tolist(), strict=True))

    def update(self, tracks: Tracks, scene: Size) -> Events:
        """Return who has come in or gone out since the last update.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        events: Events = []
        if scene != self._scene:
            self._scene = scene
            self._polygon = self._corners * scene
        if len(tracks.ended_ids):
            events += self._end_of(tracks)
        if len(tracks):
            events += self._admit(tracks)
            events += self._follow(tracks)
        return events

    def _admit(self, tracks: Tracks) -> Events:
        """Begin with new tracks where they were first seen."""
        new = np.flatnonzero(self._roster.unknown(tracks.ids))
        if not len(new):
            return []
        boxes = tracks.born_boxes[new]
        here = inside(self._anchor.points(boxes), self._polygon)
        here &= self._wanted(tracks, new)
        facts = np.zeros((len(new), _FACTS))
        facts[:, _IN] = here & self._clear(boxes)
        near = here & (facts[:, _IN] == 0)
        facts[:, _SINCE_S] = np.where(near, tracks.born_s[new], np.nan)
        facts[:, _ENTERED_S] = facts[:, _INSIDE_S] = tracks.born_s[new]
        facts[:, _CLASS] = facts[:, _ENTRY_CLASS] = tracks.class_ids[new]
        self._roster.add(tracks.ids[new], facts)
        return self._entries(tracks.ids[new], facts, facts[:, _IN] > 0, tracks.time_s)

    def _follow(self, tracks: Tracks) -> Events:
        """Move everybody on to where they are now."""
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        now_s = tracks.time_s
        within = inside(self._anchor.points(tracks.boxes), self._polygon)
        here = within & self._wanted(tracks, slice(None))
        was = facts[:, _IN] > 0
        turned = here != was
        since = np.where(np.isnan(facts[:, _SINCE_S]), now_s, facts[:, _SINCE_S])
        facts[:, _SINCE_S] = np.where(turned, since, np.nan)
        facts[:, _CLASS] = tracks.class_ids
        settled = turned & (now_s - since >= self._settle_s)
        if turned.any():
            settled |= turned & (within != was) & self._clear(tracks.boxes)
        came, went = settled & here, settled & ~here
        facts[here, _INSIDE_S] = now_s
        events: Events = []
        if settled.any():
            facts[came, _ENTERED_S] = since[came]
            facts[came, _ENTRY_CLASS] = facts[came, _CLASS]
            facts[settled, _IN] = here[settled]
            facts[settled, _SINCE_S] = np.nan
            events += self._entries(tracks.ids, facts, came, now_s)
            events += self._exits(tracks.ids, facts, went, now_s)
        self._roster.facts[rows] = facts
        return events

    def _end_of(self, tracks: Tracks) -> Events:
        """Let those go who were given up inside, and forget all who were given up."""
        ids, facts = self._roster.take(tracks.ended_ids)
        return self._exits(ids, facts, facts[:, _IN] > 0, tracks.time_s)

    def _wanted(self, tracks: Tracks, chosen: NDArray[np.intp] | slice) -> Mask:
        """Return whose class counts here."""
        class_ids = tracks.class_ids[chosen]
        if self._classes is None:
            return np.ones(len(class_ids), np.bool_)
        return np.isin(class_ids, self._classes)

    def _clear(self, boxes: Boxes) -> Mask:
        """Return who stands clear of the border, on either side."""
        points = self._anchor.points(boxes)[:, None, :]
        corners = self._polygon[None, :, :]
        sides = np.concatenate([corners[:, 1:], corners[:, :1]], axis=1) - corners
        spans = np.maximum((sides**2).sum(axis=2), np.finfo(float).tiny)
        along = ((points - corners) * sides).sum(axis=2) / spans
        nearest = corners + np.clip(along, 0.0, 1.0)[..., None] * sides
        distances = np.hypot(*np.moveaxis(points - nearest, 2, 0)).min(axis=1)
        return np.asarray(distances >= self._clear_share * np.sqrt(areas(boxes)))

    def _entries(self, ids: Ids, facts: Facts, came: Mask, time_s: float) -> Events:
        return [
            ZoneEntry(
                zone=self._name,
                class_id=int(facts[row, _ENTRY_CLASS]),
                time_s=time_s,
                entered_s=float(facts[row, _ENTERED_S]),
                track_id=int(ids[row]),
            )
            for row in np.flatnonzero(came).tolist()
        ]

    def _exits(self, ids: Ids, facts: Facts, went: Mask, time_s: float) -> Events:
        return [
            ZoneExit(
                zone=self._name,
                class_id=int(facts[row, _ENTRY_CLASS]),
                time_s=time_s,
                left_s=float(facts[row, _INSIDE_S]),
                dwell_s=float(facts[row, _INSIDE_S] - facts[row, _ENTERED_S]),
                track_id=int(ids[row]),
            )
            for row in np.flatnonzero(went).tolist()
        ]
