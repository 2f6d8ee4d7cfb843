"""Reads recorded detections: MOT Challenge text."""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Detections, Size
from tallypost.errors import RecordingError

MOT_CLASSES = {
    1: "person",
    2: "person",  # on a vehicle
    3: "car",
    4: "bicycle",
    5: "motorcycle",
    6: "vehicle",  # not motorized
    7: "person",  # standing still
    8: "distractor",
    9: "occluder",
    10: "occluder",  # on the ground
    11: "occluder",  # full
    12: "reflection",
    13: "crowd",
}
"""Source: Milan et al., "MOT16: A Benchmark for Multi-Object Tracking", 2016."""
NO_OBJECTS = frozenset(("distractor", "occluder", "reflection", "crowd"))
DEFAULT_CLASS = "person"

LINES_MAX = 10_000_000
FRAMES_MAX = 10_000_000
LINE_BYTES_MAX = 1000
PIXELS_MAX = 1e6
FIELDS_MIN, FIELDS_MAX = 6, 64
SCORE, CLASS = 6, 7
"""Columns, from 0: frame, id, x, y, w, h, score, class."""
WISH = "want frame,id,x,y,w,h,score,class"
FORBIDDEN = frozenset('"\\<>{}')


class _Row(NamedTuple):
    """One line that tells of an object."""

    frame: int
    box: tuple[float, float, float, float]
    score: float
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class RecordedDetections:
    """What somebody's detector, or a person, has found on footage, frame by frame.

    Iterating gives `Detections` for frame 1, 2, ... up to the last that has any; a
    frame without detections was looked at too, and nothing was there.

    Attributes:
        classes: Names of what is told; class ids index into it.
        size: Size of the pictures that boxes are told in; boxes are clipped to it.
        score_max: The best score; 0 where there are no detections.
        frame_count: Number of the last frame that has detections.
        frames: Shape (n,), in order, from 1.
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels.
        scores: Shape (n,), as they were written: some recordings go beyond 0..1.
        class_ids: Shape (n,).
    """

    classes: tuple[str, ...]
    size: Size
    score_max: float
    frame_count: int
    frames: NDArray[np.int64]
    boxes: Boxes
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return self.frame_count

    def __iter__(self) -> Iterator[Detections]:
        for number in range(1, self.frame_count + 1):
            yield self.at(number)

    def numbered(self) -> Iterator[tuple[int, Detections]]:
        """Tell every frame's number, from 1, and what was found on it."""
        return enumerate(self, start=1)

    def at(self, number: int) -> Detections:
        """Return what was found on one frame, best score first; numbers begin at 1."""
        first, last = np.searchsorted(self.frames, [number, number + 1])
        order = first + np.argsort(-self.scores[first:last], kind="stable")
        return Detections(self.boxes[order], self.scores[order], self.class_ids[order])


def read_recording(
    path: Path,
    *,
    size: Size,
    classes: Sequence[str] | None = None,
    score_min: float | None = None,
) -> RecordedDetections:
    """Return the detections that a file of MOT Challenge text tells of.

    A line is frame,id,x,y,w,h,score,class,...: frames are numbered from 1 and may come
    in any order, x y is the upper left corner, what follows h may be missing. A score
    of -1 says that there is none: it counts as 1. A score of 0 is what ground truth
    writes for lines that are not to be counted: they are left out. A class is a name,
    or a number of MOT Challenge's list; -1 and the world coordinates of MOT15 name
    none: a person. Empty lines and lines that begin with # are passed over.

    Args:
        path: The file.
        size: Size of the pictures that its boxes are told in.
        classes: What is told, in this order; None: all that occur.
        score_min: Kept when >=; None: all.

    Raises:
        RecordingError: A line cannot be read; tells the file and the line.
    """
    columns = _Columns(classes, score_min)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(path, file), start=1):
                row = _row(f"{path}:{number}", line)
                if row is not None:
                    columns.add(row)
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be read ({error.strerror}); name a file of MOT Challenge "
            f"text"
        ) from error
    return columns.recording(size)


def _lines(path: Path, file: object) -> Iterator[str]:
    """Tell the lines of a file; no line and no file is read beyond its bound."""
    readline = file.readline  # type: ignore[attr-defined]
    for number in range(1, LINES_MAX + 2):
        raw: bytes = readline(LINE_BYTES_MAX + 1)
        if not raw:
            return
        if len(raw) > LINE_BYTES_MAX:
            raise RecordingError(
                f"{path}:{number}: has more than {LINE_BYTES_MAX} letters; {WISH}"
            )
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            raise RecordingError(f"{path}:{number}: is no text; {WISH}") from None
    raise RecordingError(
        f"{path}: has more than {LINES_MAX} lines; cut it into several recordings"
    )


def _row(place: str, line: str) -> _Row | None:
    """Return what a line tells; None if it tells of nothing that counts."""
    if not line or line.startswith("#"):
        return None
    words = [word.strip() for word in line.split(",")]
    if not FIELDS_MIN <= len(words) <= FIELDS_MAX:
        raise RecordingError(f"{place}: has {len(words)} fields; {WISH}")
    frame = _number(place, "frame", words[0])
    if frame != int(frame) or not 1 <= frame <= FRAMES_MAX:
        raise RecordingError(
            f"{place}: frame {words[0][:20]} is no number from 1 to {FRAMES_MAX}"
        )
    box = _box(place, words[2:6])
    score = _number(place, "score", words[SCORE]) if len(words) > SCORE else 1.0
    if score == 0:
        return None
    label = _label(place, words)
    if label in NO_OBJECTS:
        return None
    return _Row(int(frame), box, 1.0 if score == -1 else score, label)


def _number(place: str, name: str, word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RecordingError(f"{place}: {name} {word[:20]!r} is no number; {WISH}")
    return number


def _box(place: str, words: Sequence[str]) -> tuple[float, float, float, float]:
    names = ("x", "y", "w", "h")
    x, y, w, h = (
        _number(place, name, word) for name, word in zip(names, words, strict=True)
    )
    if w <= 0 or h <= 0:
        raise RecordingError(
            f"{place}: a box of {w:g} x {h:g} pixels is none; w and h are above 0"
        )
    if max(abs(x), abs(y), w, h) > PIXELS_MAX:
        raise RecordingError(
            f"{place}: the box lies beyond {PIXELS_MAX:g} pixels; want pixels of the "
            f"picture"
        )
    return x, y, x + w, y + h


def _label(place: str, words: Sequence[str]) -> str:
    """Return the class that a line names, in our words."""
    word = words[CLASS] if len(words) > CLASS else ""
    try:
        number = float(word)
    except ValueError:
        return _name(place, word)
    after = words[CLASS + 1 :]
    world = len(after) > 1 and after[:2] != ["-1", "-1"]
    if number == -1 or number != number or world:  # noqa: PLR0124 - nan
        return DEFAULT_CLASS
    if number not in MOT_CLASSES:
        raise RecordingError(
            f"{place}: class {word[:20]} is none of MOT Challenge's "
            f"1 to {max(MOT_CLASSES)}; write the class's name"
        )
    return MOT_CLASSES[int(number)]


def _name(place: str, word: str) -> str:
    name = word.lower()
    if not name:
        return DEFAULT_CLASS
    if len(name) > 64 or not name.isprintable() or FORBIDDEN & set(name):  # noqa: PLR2004
        raise RecordingError(f"{place}: {word[:20]!r} is no class; {WISH}")
    return name


class _Columns:
    """Gathers rows without an object for each: recordings are long."""

    def __init__(self, classes: Sequence[str] | None, score_min: float | None) -> None:
        self._open = classes is None
        self._ids = {name: number for number, name in enumerate(classes or ())}
        self._score_min = -math.inf if score_min is None else score_min
        self._frames = array("q")
        self._boxes = array("f")
        self._scores = array("f")
        self._class_ids = array("q")
        self._last = 0

    def add(self, row: _Row) -> None:
        """Take one row, if it is wanted; its frame was looked at in any case."""
        self._last = max(self._last, row.frame)
        if self._open:
            self._ids.setdefault(row.label, len(self._ids))
        if row.label in self._ids and row.score >= self._score_min:
            self._frames.append(row.frame)
            self._boxes.extend(row.box)
            self._scores.append(row.score)
            self._class_ids.append(self._ids[row.label])

    def recording(self, size: Size) -> RecordedDetections:
        """Return the rows in order of their frames, boxes clipped to the picture."""
        frames = np.array(self._frames, np.int64)
        limits = np.array([size.width, size.height] * 2, np.float32)
        boxes = np.clip(np.array(self._boxes, np.float32).reshape(-1, 4), 0, limits)
        seen = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        order = np.flatnonzero(seen)[np.argsort(frames[seen], kind="stable")]
        scores = np.array(self._scores, np.float32)[order]
        return RecordedDetections(
            classes=tuple(self._ids) or (DEFAULT_CLASS,),
            size=size,
            score_max=float(scores.max()) if len(scores) else 0.0,
            frame_count=self._last,
            frames=frames[order],
            boxes=boxes[order],
            scores=scores,
            class_ids=np.array(self._class_ids, np.int64)[order],
        )
