"""Tells who crosses lines: all lines of a site at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import areas
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.counting.roster import Ids, Roster

_KINDS = (LinePassage, LineCrossing)
_MARGIN_SHARES = np.array([0.5, 1.0])  # of clear, for each kind
_BORN_SHARE = 0.5
_SEEN_SHARE = 0.5

_BOX = slice(0, 4)
_TIME_S, _CLASS = 4, 5
_SHARED = 6
_SIDES = slice(0, 2)  # where one clearly stood last, for each kind
_DISTANCE, _WITHIN, _CROSSED_S = range(2, 5)
_BY_LINE = 5

Facts = NDArray[np.float64]
"""Shape (n, width): what is known of an object, then what of it and each line."""
ByLine = NDArray[np.float64]
"""Shape (n, facts, lines)."""
Turns = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]
"""Shapes (n,) each: objects, kinds of event and lines."""
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
            where an object was first seen; nearer to the line, nobody knows which side
            it came from.

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
        ends = [(each.start, each.end) for each in drawings]
        self._ends = np.array(ends, np.float64).reshape(-1, 2, 2)
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
            self._roster.take(tracks.ended_ids)
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
        (new,) = self._roster.unknown(tracks.ids).nonzero()
        if not len(new):
            return
        facts = np.zeros((len(new), self._roster.facts.shape[1]))
        facts[:, _BOX] = tracks.born_boxes[new]
        facts[:, _TIME_S] = tracks.born_s[new]
        by_line = self._by_line(facts)
        by_line[:, _DISTANCE] = self._distances(facts)
        self._turn(facts, self._turned(facts, _BORN_SHARE))
        self._roster.add(tracks.ids[new], facts)

    def _follow(self, tracks: Tracks) -> None:
        """Move everybody on to where they are now."""
        rows = self._roster.rows(tracks.ids)
        facts = self._roster.facts[rows]
        before = facts.copy()
        facts[:, _BOX] = tracks.boxes
        facts[:, _TIME_S] = tracks.time_s
        facts[:, _CLASS] = tracks.class_ids
        distances = self._distances(facts)
        by_line = self._by_line(facts)
        met = (by_line[:, _DISTANCE] < 0) != (distances < 0)
        by_line[:, _DISTANCE] = distances
        for row, line in zip(*(each.tolist() for each in met.nonzero()), strict=True):
            self._meet(before[row : row + 1], facts[row : row + 1], line)
        turned = self._turned(facts, 1.0)
        if len(turned[0]):
            turned = self._borne_out(tracks, facts, turned)
            self._tell(tracks.ids, facts, turned, tracks.time_s)
            self._turn(facts, turned)
        self._roster.facts[rows] = facts

    def _distances(self, facts: Facts) -> Numbers:
        """Return how far objects are from lines: (n, lines), positive to the right."""
        left, upper, right, lower = facts[:, _BOX, None].swapaxes(0, 1)
        y = lower - (lower - upper) * self._raised_share
        away = (y - self._start[:, 1]) * self._along[:, 0]
        away -= ((left + right) / 2 - self._start[:, 0]) * self._along[:, 1]
        return np.asarray(away)

    def _meet(self, before: Facts, facts: Facts, line: int) -> None:
        """Note where and when the step of one object met a line.

        Args:
            before: Shape (1, width), where it was.
            facts: The same, where it is.
            line: Which line.
        """
        was, now = self._by_line(before)[0, :, line], self._by_line(facts)[0, :, line]
        share = float(was[_DISTANCE] / (was[_DISTANCE] - now[_DISTANCE]))
        (x, y), (to_x, to_y) = self._stand(before, line), self._stand(facts, line)
        (start_x, start_y), (across, down) = self._start[line], self._along[line]
        along = (x + share * (to_x - x) - start_x) * across
        along += (y + share * (to_y - y) - start_y) * down
        since_s, until_s = before[0, _TIME_S], facts[0, _TIME_S]
        now[_WITHIN] = 0 <= along <= self._length[line]
        now[_CROSSED_S] = since_s + share * (until_s - since_s)

    def _stand(self, facts: Facts, line: int) -> tuple[float, float]:
        """Return where one object stands for a line."""
        left, upper, right, lower = facts[0, _BOX].tolist()
        raised = (lower - upper) * float(self._raised_share[line])
        return (left + right) / 2, lower - raised

    def _turned(self, facts: Facts, share: float) -> Turns:
        """Return who is clear of which line where it was not so far."""
        by_line = self._by_line(facts)
        beyond = by_line[:, _SIDES] * by_line[:, _DISTANCE, None] <= 0
        rows, kinds, lines = beyond.nonzero()
        if not len(rows):
            return rows, kinds, lines
        sizes = np.sqrt(areas(facts[rows, _BOX]))
        enough = share * _MARGIN_SHARES[kinds] * self._clear_share[lines] * sizes
        clear = np.abs(by_line[rows, _DISTANCE, lines]) >= enough
        return rows[clear], kinds[clear], lines[clear]

    def _borne_out(self, tracks: Tracks, facts: Facts, turned: Turns) -> Turns:
        """Return of those who are clear of a line whom the last look shows beyond too.

        Who brakes hard is thought to be further on than it is.
        """
        rows, kinds, lines = turned
        seen = facts[rows]
        if tracks.seen_boxes is not None:
            seen[:, _BOX] = tracks.seen_boxes[rows]
        nth = np.arange(len(rows))
        sizes = np.sqrt(areas(seen[:, _BOX]))
        enough = _SEEN_SHARE * _MARGIN_SHARES[kinds] * self._clear_share[lines] * sizes
        side = np.sign(self._by_line(facts)[rows, _DISTANCE, lines])
        beyond = side * self._distances(seen)[nth, lines] >= enough
        return rows[beyond], kinds[beyond], lines[beyond]

    def _turn(self, facts: Facts, turned: Turns) -> None:
        """Note on which side those who are clear of a line are."""
        rows, kinds, lines = turned
        by_line = self._by_line(facts)
        by_line[rows, kinds, lines] = np.sign(by_line[rows, _DISTANCE, lines])

    def _by_line(self, facts: Facts) -> ByLine:
        """Return what is known of each line: a view."""
        lines = len(self._drawings)
        return facts[:, _SHARED:].reshape(len(facts), _BY_LINE, lines)

    def _tell(self, ids: Ids, facts: Facts, turned: Turns, time_s: float) -> None:
        """Tell of who has changed sides, came over the line, and is wanted."""
        rows, kinds, lines = turned
        told = self._by_line(facts)[rows, :, lines].tolist()
        for row, kind, line, facts_of in zip(
            rows.tolist(), kinds.tolist(), lines.tolist(), told, strict=True
        ):
            distance = facts_of[_DISTANCE]
            if facts_of[kind] * distance >= 0 or not facts_of[_WITHIN]:
                continue
            drawing, class_id = self._drawings[line], int(facts[row, _CLASS])
            if drawing.classes is not None and class_id not in drawing.classes:
                continue
            self._events[line].append(
                _KINDS[kind](
                    line=drawing.name,
                    class_id=class_id,
                    direction=Direction.FORWARD if distance > 0 else Direction.BACKWARD,
                    time_s=time_s,
                    crossed_s=facts_of[_CROSSED_S],
                    track_id=int(ids[row]),
                )
            )
