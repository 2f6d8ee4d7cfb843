"""Tells who crosses lines: all lines of a site at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Size, Tracks
from tallypost.geometry import areas
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.counting.roster import Ids, Roster

_KINDS = (LinePassage, LineCrossing)
_MARGIN_SHARES = np.array([0.5, 1.0])[:, None]  # of clear, for each kind
_BORN_SHARE = 0.5

_SIDES = slice(0, 2)  # where one clearly stood last, for each kind
_X, _Y, _DISTANCE, _TIME_S, _WITHIN, _CROSSED_S, _CLASS, _CLEAR_PX = range(2, 10)
_FACTS = 10

Facts = NDArray[np.float64]
"""Shape (n, facts, lines)."""
Mask = NDArray[np.bool_]
Pixels = NDArray[np.float64]
Events = list[LinePassage | LineCrossing]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDrawing:
    """A directed line of finite length.

    Attributes:
        name: The line's name.
        start: Where the arrow begins, x y in 0..1 of the picture.
        end: Where it ends; not the same point. Forward is from the left to the right of
            the arrow, as seen on the picture.
        classes: Which classes count; None for all.
        anchor: "ground" where the middle of a box's lower edge stands for the object,
            "centre" where the middle of the box does.
        clear_share: How far from the line is clear, in sizes (the root of the area) of
            the object's box. Half of that is enough for a passage, and for the place
            where an object was first or last seen; nearer to the line, nobody knows
            which side it came from or went to.

    Raises:
        ValueError: The line has no length.
    """

    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    classes: frozenset[int] | None = None
    anchor: str = Anchor.GROUND
    clear_share: float = 0.2

    def __post_init__(self) -> None:
        if tuple(self.start) == tuple(self.end):
            raise ValueError(f"line {self.name}: end is the same point as start")


class Lines:
    """Every line's passers-by, with hysteresis.

    NumPy takes as long for one line as for ten, so they are looked at together.

    Args:
        drawings: The lines, in the order in which events are told.
    """

    def __init__(self, drawings: Sequence[LineDrawing]) -> None:
        self._drawings = tuple(drawings)
        ends = [(each.start, each.end) for each in drawings]
        self._shares = np.array(ends, np.float64).reshape(-1, 2, 2)
        self._clear_share = np.array([each.clear_share for each in drawings])
        centre = [Anchor(each.anchor) is Anchor.CENTRE for each in drawings]
        self._raised_share = np.where(centre, 0.5, 0.0)
        self._scene: Size | None = None
        self._start = self._along = self._shares[:, 0]
        self._length = np.ones(len(drawings))
        self._shape = (_FACTS, len(drawings))
        self._roster = Roster(_FACTS * len(drawings))
        self._tracks: Tracks | None = None
        self._events: list[Events] = []

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._roster)

    def update(self, tracks: Tracks, scene: Size) -> list[Events]:
        """Return who has passed or crossed, by line.

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
            self._fit(scene)
        if len(tracks.ended_ids):
            ids, facts = self._roster.take(tracks.ended_ids)
            facts = facts.reshape(-1, *self._shape)
            self._tell(ids, facts, _clear(facts, _BORN_SHARE), tracks.time_s)
        if len(tracks):
            self._admit(tracks)
            self._follow(tracks)
        return self._events

    def _fit(self, scene: Size) -> None:
        """Draw the lines on pictures of this size, and begin afresh."""
        self._scene = scene
        self._start = self._shares[:, 0] * scene
        way = self._shares[:, 1] * scene - self._start
        self._length = np.hypot(way[:, 0], way[:, 1])
        self._along = way / self._length[:, None]
        self._roster.clear()

    def _admit(self, tracks: Tracks) -> None:
        """Begin with new tracks where they were first seen."""
        new = self._roster.unknown(tracks.ids)
        if not new.any():
            return
        boxes = tracks.born_boxes[new]
        facts = np.zeros((len(boxes), *self._shape))
        self._place(facts, boxes)
        facts[:, _TIME_S] = tracks.born_s[new, None]
        sides = np.sign(facts[:, _DISTANCE, None])
        facts[:, _SIDES] = np.where(_clear(facts, _BORN_SHARE), sides, 0)
        self._roster.add(tracks.ids[new], facts.reshape(len(boxes), -1))

    def _follow(self, tracks: Tracks) -> None:
        """Move everybody on to where they are now."""
        rows = self._roster.rows(tracks.ids)
        before = self._roster.facts[rows].reshape(-1, *self._shape)
        facts = before.copy()
        self._place(facts, tracks.boxes)
        facts[:, _TIME_S] = tracks.time_s
        facts[:, _CLASS] = tracks.class_ids[:, None]
        self._sweep(before, facts)
        clear = _clear(facts, 1.0)
        self._tell(tracks.ids, facts, clear, tracks.time_s)
        sides = np.sign(facts[:, _DISTANCE, None])
        facts[:, _SIDES] = np.where(clear, sides, facts[:, _SIDES])
        self._roster.facts[rows] = facts.reshape(len(rows), -1)

    def _place(self, facts: Facts, boxes: Boxes) -> None:
        """Note where objects stand, and how far that is from each line."""
        x = (boxes[:, 0, None] + boxes[:, 2, None]) / 2.0
        height = boxes[:, 3, None] - boxes[:, 1, None]
        facts[:, _X] = x
        facts[:, _Y] = boxes[:, 3, None] - height * self._raised_share
        facts[:, _DISTANCE] = (facts[:, _Y] - self._start[:, 1]) * self._along[:, 0]
        facts[:, _DISTANCE] -= (facts[:, _X] - self._start[:, 0]) * self._along[:, 1]
        facts[:, _CLEAR_PX] = np.sqrt(areas(boxes))[:, None] * self._clear_share

    def _sweep(self, before: Facts, facts: Facts) -> None:
        """Note where and when the step from the last place to this one met a line."""
        met = (before[:, _DISTANCE] < 0) != (facts[:, _DISTANCE] < 0)
        if not met.any():
            return
        rows, places = np.nonzero(met)
        old, new = before[rows, :, places], facts[rows, :, places]
        share = old[:, _DISTANCE] / (old[:, _DISTANCE] - new[:, _DISTANCE])
        point = old[:, _X : _Y + 1] * (1 - share[:, None])
        point += new[:, _X : _Y + 1] * share[:, None]
        on_line = (point - self._start[places]) * self._along[places]
        along = on_line.sum(axis=1) / self._length[places]
        facts[rows, _WITHIN, places] = (along >= 0) & (along <= 1)
        step_s = new[:, _TIME_S] - old[:, _TIME_S]
        facts[rows, _CROSSED_S, places] = old[:, _TIME_S] + share * step_s

    def _tell(self, ids: Ids, facts: Facts, clear: Mask, time_s: float) -> None:
        """Tell of who is on the other side, came over the line, and is wanted."""
        over = clear & (facts[:, _SIDES] * facts[:, _DISTANCE, None] < 0)
        over &= facts[:, _WITHIN, None] > 0
        for row, kind, place in np.argwhere(over).tolist():
            drawing, class_id = self._drawings[place], int(facts[row, _CLASS, place])
            if drawing.classes is not None and class_id not in drawing.classes:
                continue
            right = facts[row, _DISTANCE, place] > 0
            event = _KINDS[kind](
                line=drawing.name,
                class_id=class_id,
                direction=Direction.FORWARD if right else Direction.BACKWARD,
                time_s=time_s,
                crossed_s=float(facts[row, _CROSSED_S, place]),
                track_id=int(ids[row]),
            )
            self._events[place].append(event)


def _clear(facts: Facts, share: float) -> Mask:
    """Return who is clear of which line, or so far: (n, 2, lines), for each kind."""
    enough = facts[:, _CLEAR_PX, None] * (share * _MARGIN_SHARES)
    return np.asarray(np.abs(facts[:, _DISTANCE, None]) >= enough)
