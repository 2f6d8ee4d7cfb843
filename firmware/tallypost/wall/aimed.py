"""The speaking side of what passes while somebody aims: so much, so often, so long."""

import math
from dataclasses import dataclass

from tallypost.domain.aiming import (
    BOX_STEPS,
    BOXES_EVERY_S,
    BOXES_MAX,
    EVENTS_PER_MINUTE,
    SIGHT_EVERY_S,
    SKETCH_CELLS_MAX,
    SKETCH_EVERY_S,
    Aimed,
    Aiming,
    Box,
    Boxes,
    Passed,
    Sight,
    Sketch,
    Way,
)
from tallypost.errors import WallError
from tallypost.wall import frame as layout
from tallypost.wall.aimed_spelling import (
    BOXES_A_FRAME,
    CELLS_BYTES_A_FRAME,
    PERCENT,
    WAYS,
    cells_bytes,
    check_grid,
)
from tallypost.wall.budget import Budget
from tallypost.wall.frame import PIPE_FRAMES, Alphabet, Frame, Kind
from tallypost.wall.single import element_of

LATE_S = 60.0
"""So long after its end a reader that was busy may still hear of it."""
AHEAD_S = 1.0
"""Nobody tells of what is to come; both halves have the one clock."""
EVERY_MS = {
    Kind.BOX: round(BOXES_EVERY_S * 1000),
    Kind.SKETCH: round(SKETCH_EVERY_S * 1000),
    Kind.SIGHT: round(SIGHT_EVERY_S * 1000),
}
"""No two of a kind are of moments closer together. So a reader that was away and finds
many at once can still tell that they were not said too often."""
FRAMES_OF = {
    Kind.BOX: math.ceil(BOXES_MAX / BOXES_A_FRAME),
    Kind.SKETCH: math.ceil(SKETCH_CELLS_MAX / 8 / CELLS_BYTES_A_FRAME),
    Kind.SIGHT: 1,
}
"""So many frames each of them takes, at most."""
FRAMES_PER_MINUTE = sum(
    60_000 / EVERY_MS[kind] * frames for kind, frames in FRAMES_OF.items()
)
"""By the clock of who reads. A reader that has just begun knows of no moment before: it
believes as much as a pipe can hold, and not half an hour at once."""
WAYS_OF = {
    "lines": (Way.FORWARD, Way.BACKWARD),
    "zones": (Way.IN, Way.OUT),
}
_MILLI = 1000
_DECI = 10


@dataclass(slots=True)
class _Gathering:
    """Something that takes several frames, while they come in.

    Attributes:
        kind: What it is.
        head: What each of them says besides its own part.
        frames: Those that have come.
        count: So many are wanted.
    """

    kind: Kind
    head: tuple[int, int, int]
    frames: list[Frame]
    count: int


Whole = tuple[Aimed, list[Frame]]
"""What was said, and the frames that said it."""


class AimedReader:
    """Takes frames of the kinds that pass while somebody aims.

    Args:
        alphabet: What both halves know.
        aiming: For how long; None: nobody aims, and none of them passes.
        paced: Whether they come as they are said, and none long after another.
    """

    def __init__(
        self, alphabet: Alphabet, aiming: Aiming | None, *, paced: bool = True
    ) -> None:
        self._alphabet = alphabet
        self._aiming = aiming
        self._budget = Budget(
            "events", EVENTS_PER_MINUTE, EVENTS_PER_MINUTE + PIPE_FRAMES
        )
        waiting_max = PIPE_FRAMES + sum(FRAMES_OF.values()) if paced else math.inf
        self._frames = Budget("frames while aiming", FRAMES_PER_MINUTE, waiting_max)
        self._last_ms = dict.fromkeys(EVERY_MS, -math.inf)
        self._gathering: _Gathering | None = None

    def forget(self) -> None:
        """Forget what is not whole: who sees begins afresh. What it may say stays."""
        self._gathering = None

    def allow(self, frame: Frame, now_s: float) -> None:
        """Make sure that a frame may come now.

        Args:
            frame: Of any kind.
            now_s: Monotonic seconds.

        Raises:
            WallError: Nobody aims, or not any more, or the sender tells more than it
                may, or something else before it has told what it has begun.
        """
        gathering = self._gathering
        if gathering is not None and frame.kind not in (gathering.kind, Kind.HELLO):
            raise WallError(f"wall: frame {frame.sequence} begins before one has ended")
        if frame.kind not in layout.AIMED:
            return
        if self._aiming is None or self._aiming.is_over(now_s - LATE_S):
            raise WallError(
                f"wall: frame {frame.sequence} tells what may be told only while "
                "somebody aims; nobody does"
            )
        if frame.kind is Kind.EVENT:
            self._budget.spend(now_s)
        else:
            self._frames.spend(now_s)
        self._check_moment(frame, now_s)

    def take(self, frame: Frame) -> Whole | None:
        """Return what has become whole with this frame, once it was allowed.

        Raises:
            WallError: It says what nobody may say.
        """
        if frame.kind is Kind.EVENT:
            return self._passed(frame), [frame]
        if frame.kind is Kind.SIGHT:
            return _sight(frame), [frame]
        gathering = self._gathered(frame)
        if len(gathering.frames) < gathering.count:
            return None
        self._gathering = None
        if gathering.kind is Kind.SKETCH:
            return _sketch(gathering), gathering.frames
        return self._boxes(gathering), gathering.frames

    def _check_moment(self, frame: Frame, now_s: float) -> None:
        assert self._aiming is not None
        end_s = self._aiming.until_monotonic_s
        begin_s = end_s - self._aiming.for_s
        at_ms = _at_ms(frame)
        if not begin_s * _MILLI - 1 <= at_ms <= min(end_s, now_s + AHEAD_S) * _MILLI:
            raise WallError(
                f"wall: frame {frame.sequence} is of a moment at which nobody aimed"
            )
        if frame.kind not in EVERY_MS or continues(frame):
            return
        if at_ms - self._last_ms[frame.kind] < EVERY_MS[frame.kind]:
            raise WallError(
                f"wall: frame {frame.sequence} follows too soon; one "
                f"{frame.kind.name.lower()} in {EVERY_MS[frame.kind]} ms may pass"
            )
        self._last_ms[frame.kind] = at_ms

    def _gathered(self, frame: Frame) -> _Gathering:
        """Return what this frame is part of, and it with it.

        Raises:
            WallError: It is part of nothing, or of something that may not be told.
        """
        one, two, three, place = _parts(frame)
        step = _step(frame.kind)
        known = self._gathering
        if known is None:
            known = _Gathering(frame.kind, (one, two, three), [], _count(frame))
            self._gathering = known
        if (one, two, three) != known.head or place != len(known.frames) * step:
            raise WallError(f"wall: frame {frame.sequence} is no next part of anything")
        known.frames.append(frame)
        return known

    def _passed(self, frame: Frame) -> Passed:
        at_ms, place, way, _ = layout.EVENT.unpack_from(frame.body)
        element = element_of(frame, place, self._alphabet)
        collection = layout.COLLECTIONS[place]
        if way >= len(WAYS) or WAYS[way] not in WAYS_OF.get(collection, ()):
            raise WallError(
                f"wall: frame {frame.sequence}: nobody passes {collection} that way"
            )
        name = self._class(frame, frame.class_id)
        return Passed(collection, element, name, WAYS[way], at_ms / _MILLI)

    def _boxes(self, gathering: _Gathering) -> Boxes:
        at_ms, count, _ = gathering.head
        boxes = []
        for at in range(count):
            frame = gathering.frames[at // BOXES_A_FRAME]
            place = layout.BOXES.size + at % BOXES_A_FRAME * layout.BOX.size
            class_id, *steps = layout.BOX.unpack_from(frame.body, place)
            sides = (step / BOX_STEPS for step in steps)
            boxes.append(Box(self._class(frame, class_id), *sides))
        return Boxes(at_ms / _MILLI, tuple(boxes))

    def _class(self, frame: Frame, class_id: int) -> str:
        if class_id >= len(self._alphabet.classes):
            raise WallError(f"wall: frame {frame.sequence} names an unknown class")
        return self._alphabet.classes[class_id]


def continues(frame: Frame) -> bool:
    """Return whether a frame is a later part of something."""
    return frame.kind in (Kind.BOX, Kind.SKETCH) and _parts(frame)[3] > 0


def _at_ms(frame: Frame) -> int:
    return int.from_bytes(frame.body[:8], "little", signed=True)


def _parts(frame: Frame) -> tuple[int, int, int, int]:
    """Return what all parts say alike, and the place of this one."""
    if frame.kind is Kind.SKETCH:
        return layout.SKETCH.unpack_from(frame.body)
    at_ms, count, place, _ = layout.BOXES.unpack_from(frame.body)
    return at_ms, count, 0, place


def _step(kind: Kind) -> int:
    return CELLS_BYTES_A_FRAME if kind is Kind.SKETCH else BOXES_A_FRAME


def _count(frame: Frame) -> int:
    """Return how many frames are wanted, by the first of them.

    Raises:
        WallError: It promises more than may be told.
    """
    _, one, two, _ = _parts(frame)
    if frame.kind is Kind.SKETCH:
        check_grid(one, two)
        return -(-cells_bytes(one, two) // CELLS_BYTES_A_FRAME)
    if one > BOXES_MAX:
        raise WallError(f"wall: frame {frame.sequence} promises {one} boxes")
    return -(-max(one, 1) // BOXES_A_FRAME)


def _sketch(gathering: _Gathering) -> Sketch:
    at_ms, width, height = gathering.head
    cells = b"".join(each.body[layout.SKETCH.size :] for each in gathering.frames)
    size = cells_bytes(width, height)
    return Sketch(at_ms / _MILLI, width, height, cells[:size])


def _sight(frame: Frame) -> Sight:
    at_ms, rate, sharpness, light = layout.SIGHT.unpack_from(frame.body)
    return Sight(at_ms / _MILLI, rate / _DECI, sharpness / PERCENT, light / PERCENT)
