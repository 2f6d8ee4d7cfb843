"""Tells who crosses a line, and which way."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import Boxes, Points, areas, signed_distances
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.counting.roster import Facts, Ids, Roster

_KINDS = (LinePassage, LineCrossing)
_MARGIN_SHARES = np.array([0.5, 1.0])  # of clear, for each kind
_BORN_SHARE = 0.5

_SIDES = slice(0, 2)  # where one clearly stood last, for each kind
_X, _Y, _DISTANCE, _TIME_S, _WITHIN, _CROSSED_S, _CLASS, _CLEAR_PX = range(2, 10)
_POINT = slice(_X, _Y + 1)
_FACTS = 10

Mask = NDArray[np.bool_]
Events = list[LinePassage | LineCrossing]


class LineCounter:
    """A directed line of finite length, with hysteresis.

    An object counts when it stands clearly on the other side of the line than it
    clearly stood on before, and its way led over the line between the two ends. Clearly
    means by a share of its own size, so one that stops on the line, sways beside it or
    turns back on it counts as often as it really changed sides.

    A passage is told by the same rule with half that distance: so near to the line that
    going over is told even if it is taken back, and so far that a box that trembles on
    the line all night tells next to nothing.

    Args:
        name: The line's name.
        start: Where the arrow begins, x y in 0..1 of the picture.
        end: Where it ends; not the same point. Forward is from the left to the right of
            the arrow, as seen on the picture.
        classes: Which classes count; None for all.
        anchor: "ground" where the middle of a box's lower edge stands for the object,
            "centre" where the middle of the box does.
        clear_share: How far from the line is clear, in sizes (the root of the area) of
            the object's box. Half of that is enough for the place where an object was
            first or last seen; nearer to the line, nobody knows which side it came from
            or went to.

    Raises:
        ValueError: The line has no length.
    """

    def __init__(
        self,
        *,
        name: str,
        start: tuple[float, float],
        end: tuple[float, float],
        classes: frozenset[int] | None = None,
        anchor: str = Anchor.GROUND,
        clear_share: float = 0.2,
    ) -> None:
        if tuple(start) == tuple(end):
            raise ValueError(f"line {name}: end is the same point as start")
        self._name = name
        self._ends = np.array([start, end], np.float64)
        self._classes = classes
        self._anchor = Anchor(anchor)
        self._clear_share = clear_share
        self._scene: Size | None = None
        self._start = self._end = self._ends[0]
        self._roster = Roster(_FACTS)

    @property
    def name(self) -> str:
        """The line's name."""
        return self._name

    def update(self, tracks: Tracks, scene: Size) -> Events:
        """Return who has passed or crossed since the last update.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        if scene != self._scene:
            self._scene = scene
            self._start, self._end = self._ends * scene
            self._roster.clear()
        events: Events = []
        if len(tracks.ended_ids):
            events += self._end_of(tracks)
        if len(tracks):
            self._admit(tracks)
            events += self._follow(tracks)
        return events

    def _admit(self, tracks: Tracks) -> None:
        """Begin with new tracks where they were first seen."""
        new = self._roster.unknown(tracks.ids)
        if not new.any():
            return
        boxes = tracks.born_boxes[new]
        points = self._anchor.points(boxes)
        distances = signed_distances(points, self._start, self._end)
        facts = np.zeros((len(points), _FACTS))
        facts[:, _POINT] = points
        facts[:, _DISTANCE] = distances
        facts[:, _TIME_S] = tracks.born_s[new]
        facts[:, _CLEAR_PX] = self._clear_px(boxes)
        clear = _clear(facts, _BORN_SHARE)
        facts[:, _SIDES] = np.where(clear, np.sign(distances)[:, None], 0)
        self._roster.add(tracks.ids[new], facts)

    def _follow(self, tracks: Tracks) -> Events:
        """Move everybody on to where they are now."""
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        points = self._anchor.points(tracks.boxes)
        distances = signed_distances(points, self._start, self._end)
        self._sweep(facts, points, distances, tracks.time_s)
        facts[:, _POINT] = points
        facts[:, _DISTANCE] = distances
        facts[:, _TIME_S] = tracks.time_s
        facts[:, _CLASS] = tracks.class_ids
        facts[:, _CLEAR_PX] = self._clear_px(tracks.boxes)
        clear = _clear(facts)
        events = list(self._told(tracks.ids, facts, clear, tracks.time_s))
        sides = np.sign(distances)[:, None]
        facts[:, _SIDES] = np.where(clear, sides, facts[:, _SIDES])
        self._roster.facts[rows] = facts
        return events

    def _end_of(self, tracks: Tracks) -> Events:
        """Decide about those who were given up, and forget them."""
        ids, facts = self._roster.take(tracks.ended_ids)
        return list(self._told(ids, facts, _clear(facts, _BORN_SHARE), tracks.time_s))

    def _sweep(
        self,
        facts: Facts,
        points: Points,
        distances: NDArray[np.float64],
        time_s: float,
    ) -> None:
        """Note where and when the step from the last place to this one met the line."""
        before = facts[:, _DISTANCE]
        met = np.flatnonzero((before < 0) != (distances < 0))
        if not len(met):
            return
        share = before[met] / (before[met] - distances[met])
        place = facts[met, _POINT] + share[:, None] * (points[met] - facts[met, _POINT])
        line = self._end - self._start
        along = (place - self._start) @ line / (line @ line)
        facts[met, _WITHIN] = (along >= 0) & (along <= 1)
        facts[met, _CROSSED_S] = facts[met, _TIME_S] + share * (
            time_s - facts[met, _TIME_S]
        )

    def _told(
        self, ids: Ids, facts: Facts, clear: Mask, time_s: float
    ) -> Iterator[LinePassage | LineCrossing]:
        """Yield the events of who is on the other side, came over, and is wanted."""
        over = clear & (facts[:, _SIDES] * facts[:, _DISTANCE, None] < 0)
        over &= facts[:, _WITHIN, None] > 0
        for row, kind in np.argwhere(over).tolist():
            class_id = int(facts[row, _CLASS])
            if self._classes is not None and class_id not in self._classes:
                continue
            right = facts[row, _DISTANCE] > 0
            yield _KINDS[kind](
                line=self._name,
                class_id=class_id,
                direction=Direction.FORWARD if right else Direction.BACKWARD,
                time_s=time_s,
                crossed_s=float(facts[row, _CROSSED_S]),
                track_id=int(ids[row]),
            )

    def _clear_px(self, boxes: Boxes) -> NDArray[np.float64]:
        """Return how far from the line is clear: shape (n,), pixels."""
        return np.asarray(self._clear_share * np.sqrt(areas(boxes)), np.float64)


def _clear(facts: Facts, share: float = 1.0) -> Mask:
    """Return who is clear of the line, or so far: shape (n, 2), for each kind."""
    enough = facts[:, _CLEAR_PX, None] * (share * _MARGIN_SHARES)
    return np.asarray(np.abs(facts[:, _DISTANCE, None]) >= enough)
