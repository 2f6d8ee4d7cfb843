"""Counts who crosses a line, and which way."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import Boxes, Points, areas, signed_distances
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.counting.roster import Facts, Ids, Roster

_SIDE, _X, _Y, _DISTANCE, _TIME_S, _WITHIN, _CROSSED_S, _CLASS, _MARGIN = range(9)
_POINT = slice(_X, _Y + 1)
_FACTS = 9
_BORN_SHARE = 0.5

Mask = NDArray[np.bool_]


class LineCounter:
    """A directed line of finite length, with hysteresis.

    An object counts when it stands clearly on the other side of the line than it
    clearly stood on before, and its way led over the line between the two ends. Clearly
    means by a share of its own size, so one that stops on the line, sways beside it or
    turns back on it counts as often as it really changed sides.

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
        self._classes = None if classes is None else np.array(sorted(classes))
        self._anchor = Anchor(anchor)
        self._clear_share = clear_share
        self._scene: Size | None = None
        self._start = self._end = self._ends[0]
        self._roster = Roster(_FACTS)

    @property
    def name(self) -> str:
        """The line's name."""
        return self._name

    def update(self, tracks: Tracks, scene: Size) -> list[LineCrossing]:
        """Return who has crossed since the last update.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        if scene != self._scene:
            self._scene = scene
            self._start, self._end = self._ends * scene
            self._roster.clear()
        crossings = []
        if len(tracks.ended_ids):
            crossings += self._end_of(tracks)
        if len(tracks):
            self._admit(tracks)
            crossings += self._follow(tracks)
        return crossings

    def _admit(self, tracks: Tracks) -> None:
        """Begin with new tracks where they were first seen."""
        new = self._roster.unknown(tracks.ids)
        if not new.any():
            return
        boxes = tracks.born_boxes[new]
        points = self._anchor.points(boxes)
        distances = signed_distances(points, self._start, self._end)
        margins = self._margins(boxes)
        facts = np.zeros((len(points), _FACTS))
        clear = np.abs(distances) >= margins * _BORN_SHARE
        facts[:, _SIDE] = np.where(clear, np.sign(distances), 0)
        facts[:, _POINT] = points
        facts[:, _DISTANCE] = distances
        facts[:, _TIME_S] = tracks.born_s[new]
        self._roster.add(tracks.ids[new], facts)

    def _follow(self, tracks: Tracks) -> list[LineCrossing]:
        """Move everybody on to where they are now."""
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        points = self._anchor.points(tracks.boxes)
        distances = signed_distances(points, self._start, self._end)
        margins = self._margins(tracks.boxes)
        self._sweep(facts, points, distances, tracks.time_s)
        facts[:, _POINT] = points
        facts[:, _DISTANCE] = distances
        facts[:, _TIME_S] = tracks.time_s
        facts[:, _CLASS] = tracks.class_ids
        facts[:, _MARGIN] = margins
        clear = np.abs(distances) >= margins
        counted = clear & self._over(facts)
        crossings = list(self._told(tracks.ids, facts, counted, tracks.time_s))
        facts[:, _SIDE] = np.where(clear, np.sign(distances), facts[:, _SIDE])
        self._roster.facts[rows] = facts
        return crossings

    def _end_of(self, tracks: Tracks) -> list[LineCrossing]:
        """Decide about those who were given up, and forget them."""
        ids, facts = self._roster.take(tracks.ended_ids)
        enough = facts[:, _MARGIN] * _BORN_SHARE
        counted = (np.abs(facts[:, _DISTANCE]) >= enough) & self._over(facts)
        return list(self._told(ids, facts, counted, tracks.time_s))

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

    def _over(self, facts: Facts) -> Mask:
        """Return who is on the other side now, came over the line, and is wanted."""
        over = (facts[:, _SIDE] * facts[:, _DISTANCE] < 0) & (facts[:, _WITHIN] > 0)
        if self._classes is not None and over.any():
            over &= np.isin(facts[:, _CLASS], self._classes)
        return np.asarray(over)

    def _told(
        self, ids: Ids, facts: Facts, counted: Mask, time_s: float
    ) -> Iterator[LineCrossing]:
        """Yield the crossings of those who count."""
        for row in np.flatnonzero(counted).tolist():
            right = facts[row, _DISTANCE] > 0
            yield LineCrossing(
                line=self._name,
                class_id=int(facts[row, _CLASS]),
                direction=Direction.FORWARD if right else Direction.BACKWARD,
                time_s=time_s,
                crossed_s=float(facts[row, _CROSSED_S]),
                track_id=int(ids[row]),
            )

    def _margins(self, boxes: Boxes) -> NDArray[np.float64]:
        """Return how far from the line is clear: shape (n,), pixels."""
        return np.asarray(self._clear_share * np.sqrt(areas(boxes)), np.float64)
