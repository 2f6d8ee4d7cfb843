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

_X, _LOWER, _HEIGHT, _SIZE, _TIME_S, _CLASS = range(6)
_SHARED = 6
_SIDES = slice(0, 2)  # where one clearly stood last, for each kind
_DISTANCE, _WITHIN, _CROSSED_S = range(2, 5)
_BY_LINE = 5

Facts = NDArray[np.float64]
"""Shape (n, width): what is known of an object, then what of it and each line."""
ByLine = NDArray[np.float64]
"""Shape (n, facts, lines)."""
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
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

    NumPy takes as long for one line as for ten, so they are looked at together; what
    costs more is done only for those who meet a line or change sides.

    Args:
        drawings: The lines, in the order in which events are told; one at least.
    """

    def __init__(self, drawings: Sequence[LineDrawing]) -> None:
        self._drawings = tuple(drawings)
        self._ends = np.array([[each.start, each.end] for each in drawings])
        self._clear_share = np.array([each.clear_share for each in drawings])
        anchors = [Anchor(each.anchor) for each in drawings]
        self._raised_share = np.array([each.raised_share for each in anchors])
        self._scene: Size | None = None
        self._roster = Roster(_SHARED + _BY_LINE * len(drawings))
        self._tracks: Tracks | None = None
        self._events: list[Events] = []
        self._fit(Size(1, 1))

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
            self._scene = scene
            self._fit(scene)
            self._roster.clear()
        if len(tracks.ended_ids):
            ids, facts = self._roster.take(tracks.ended_ids)
            self._tell(ids, facts, self._turned(facts, _BORN_SHARE), tracks.time_s)
        if len(tracks):
            self._admit(tracks)
            self._follow(tracks)
        return self._events

    def _fit(self, scene: Size) -> None:
        """Draw the lines on pictures of this size."""
        self._start = self._ends[:, 0] * scene
        way = self._ends[:, 1] * scene - self._start
        self._length = np.hypot(way[:, 0], way[:, 1])
        self._along = way / self._length[:, None]

    def _admit(self, tracks: Tracks) -> None:
        """Begin with new tracks where they were first seen."""
        new = np.flatnonzero(self._roster.unknown(tracks.ids))
        if not len(new):
            return
        facts = np.zeros((len(new), self._roster.facts.shape[1]))
        self._place(facts, tracks.born_boxes[new])
        facts[:, _TIME_S] = tracks.born_s[new]
        by_line = self._by_line(facts)
        sides = np.sign(by_line[:, _DISTANCE, None])
        by_line[:, _SIDES] = np.where(self._clear(facts, _BORN_SHARE), sides, 0)
        self._roster.add(tracks.ids[new], facts)

    def _follow(self, tracks: Tracks) -> None:
        """Move everybody on to where they are now."""
        rows = self._roster.rows(tracks.ids)
        before = self._roster.facts[rows]
        facts = before.copy()
        self._place(facts, tracks.boxes)
        facts[:, _TIME_S] = tracks.time_s
        facts[:, _CLASS] = tracks.class_ids
        self._sweep(before, facts)
        turned = self._turned(facts, 1.0)
        if len(turned):
            self._tell(tracks.ids, facts, turned, tracks.time_s)
            who, kinds, lines = turned.T
            by_line = self._by_line(facts)
            by_line[who, kinds, lines] = np.sign(by_line[who, _DISTANCE, lines])
        self._roster.facts[rows] = facts

    def _place(self, facts: Facts, boxes: Boxes) -> None:
        """Note where objects stand, and how far that is from each line."""
        left, upper, right, lower = boxes.T.astype(np.float64)
        facts[:, _X] = x = (left + right) / 2
        facts[:, _LOWER] = lower
        facts[:, _HEIGHT] = height = lower - upper
        facts[:, _SIZE] = np.sqrt(areas(boxes))
        y = lower[:, None] - height[:, None] * self._raised_share
        away = (y - self._start[:, 1]) * self._along[:, 0]
        away -= (x[:, None] - self._start[:, 0]) * self._along[:, 1]
        self._by_line(facts)[:, _DISTANCE] = away

    def _sweep(self, before: Facts, facts: Facts) -> None:
        """Note where and when the step from the last place to this one met a line."""
        was, now = self._by_line(before), self._by_line(facts)
        who, lines = np.nonzero((was[:, _DISTANCE] < 0) != (now[:, _DISTANCE] < 0))
        if not len(who):
            return
        gone = was[who, _DISTANCE, lines]
        share = gone / (gone - now[who, _DISTANCE, lines])
        point = self._points(before[who], lines) * (1 - share)
        point += self._points(facts[who], lines) * share
        on_line = (point - self._start[lines].T) * self._along[lines].T
        along = on_line.sum(axis=0) / self._length[lines]
        now[who, _WITHIN, lines] = (along >= 0) & (along <= 1)
        since_s, until_s = before[who, _TIME_S], facts[who, _TIME_S]
        now[who, _CROSSED_S, lines] = since_s + share * (until_s - since_s)

    def _points(self, facts: Facts, lines: NDArray[np.intp]) -> Numbers:
        """Return where each object stands for its line: shape (2, n)."""
        raised = facts[:, _HEIGHT] * self._raised_share[lines]
        return np.stack([facts[:, _X], facts[:, _LOWER] - raised])

    def _turned(self, facts: Facts, share: float) -> NDArray[np.intp]:
        """Return who is clear of a line where it was not so far.

        Returns:
            Shape (m, 3): the row, the kind of event and the line of each.
        """
        by_line = self._by_line(facts)
        beyond = by_line[:, _SIDES] * by_line[:, _DISTANCE, None] <= 0
        return np.argwhere(beyond & self._clear(facts, share))

    def _clear(self, facts: Facts, share: float) -> Mask:
        """Return who is clear of which line, or so far: (n, 2, lines), for each kind."""
        away = np.abs(self._by_line(facts)[:, _DISTANCE, None])
        enough = share * _MARGIN_SHARES * self._clear_share
        return np.asarray(away >= facts[:, _SIZE, None, None] * enough)

    def _by_line(self, facts: Facts) -> ByLine:
        """Return what is known of each line: a view."""
        lines = len(self._drawings)
        return facts[:, _SHARED:].reshape(len(facts), _BY_LINE, lines)

    def _tell(
        self, ids: Ids, facts: Facts, turned: NDArray[np.intp], time_s: float
    ) -> None:
        """Tell of who has changed sides, came over the line, and is wanted."""
        by_line = self._by_line(facts)
        for row, kind, line in turned.tolist():
            drawing, class_id = self._drawings[line], int(facts[row, _CLASS])
            distance = by_line[row, _DISTANCE, line]
            if (
                by_line[row, kind, line] * distance >= 0
                or not by_line[row, _WITHIN, line]
            ):
                continue
            if drawing.classes is not None and class_id not in drawing.classes:
                continue
            self._events[line].append(
                _KINDS[kind](
                    line=drawing.name,
                    class_id=class_id,
                    direction=Direction.FORWARD if distance > 0 else Direction.BACKWARD,
                    time_s=time_s,
                    crossed_s=float(by_line[row, _CROSSED_S, line]),
                    track_id=int(ids[row]),
                )
            )
