"""The one way in which each thing is spelled that is told while somebody aims."""

from collections.abc import Iterator, Sequence
from typing import Final

from tallypost.domain.aiming import (
    BOX_STEPS,
    BOXES_MAX,
    SKETCH_CELLS_MAX,
    SKETCH_SIDE_MAX,
    Aimed,
    Box,
    Boxes,
    Passed,
    Sight,
    Sketch,
    Way,
)
from tallypost.errors import WallError
from tallypost.wall import frame as layout
from tallypost.wall.frame import Alphabet, Frame, Kind

WAYS: Final = tuple(Way)
BOXES_A_FRAME = (layout.BODY_BYTES - layout.BOXES.size) // layout.BOX.size
CELLS_BYTES_A_FRAME = layout.BODY_BYTES - layout.SKETCH.size
RATE_DECIHERTZ_MAX = 10_000
PERCENT = 100
_MILLI = 1000
_DECI = 10


def spelled_aimed(told: Aimed, alphabet: Alphabet) -> list[Frame]:
    """Return the frames that say something; their sequence is 0.

    Args:
        told: What is said.
        alphabet: What both halves know.

    Raises:
        WallError: It is none of what may be told; names its field.
    """
    match told:
        case Passed():
            return [_passed(told, alphabet)]
        case Boxes():
            return [*_boxes(told, alphabet)]
        case Sketch():
            return [*_sketch(told)]
        case Sight():
            return [_sight(told)]


def _passed(told: Passed, alphabet: Alphabet) -> Frame:
    names = alphabet.names(told.collection)
    body = layout.EVENT.pack(
        milliseconds(told.at_monotonic_s),
        _place("collection", layout.COLLECTIONS, told.collection),
        _place("direction", WAYS, told.direction),
        0,
    )
    element = _place("element", names, told.element)
    return _frame(Kind.EVENT, body, element, _class(told.class_name, alphabet))


def _boxes(told: Boxes, alphabet: Alphabet) -> Iterator[Frame]:
    count = len(told.boxes)
    if count > BOXES_MAX:
        raise WallError(f"wall: Boxes.boxes: {count} are more than {BOXES_MAX}")
    # In one order: else it could tell something.
    packed = sorted(_box(each, alphabet) for each in told.boxes)
    # At least one frame: nobody is there.
    for place in range(0, max(count, 1), BOXES_A_FRAME):
        head = layout.BOXES.pack(milliseconds(told.at_monotonic_s), count, place, 0)
        here = packed[place : place + BOXES_A_FRAME]
        yield _frame(Kind.BOX, head + b"".join(here))


def _box(box: Box, alphabet: Alphabet) -> bytes:
    sides = (box.x1, box.y1, box.x2, box.y2)
    if not (box.x1 <= box.x2 and box.y1 <= box.y2):
        raise WallError(f"wall: Boxes.boxes: {sides} are the sides of no box")
    steps = [whole(side, BOX_STEPS, BOX_STEPS, "Boxes.boxes") for side in sides]
    return layout.BOX.pack(_class(box.class_name, alphabet), *steps)


def _sketch(told: Sketch) -> Iterator[Frame]:
    check_grid(told.width, told.height)
    size = cells_bytes(told.width, told.height)
    spare = 8 * size - told.width * told.height
    if len(told.cells) != size or told.cells[-1] & ((1 << spare) - 1):
        raise WallError(
            f"wall: Sketch.cells: {len(told.cells)} bytes are not one bit for each of "
            f"{told.width} x {told.height} cells"
        )
    for place in range(0, size, CELLS_BYTES_A_FRAME):
        at_ms = milliseconds(told.at_monotonic_s)
        head = layout.SKETCH.pack(at_ms, told.width, told.height, place)
        yield _frame(
            Kind.SKETCH, head + told.cells[place : place + CELLS_BYTES_A_FRAME]
        )


def _sight(told: Sight) -> Frame:
    body = layout.SIGHT.pack(
        milliseconds(told.at_monotonic_s),
        whole(told.rate_hz, _DECI, RATE_DECIHERTZ_MAX, "Sight.rate_hz"),
        whole(told.sharpness, PERCENT, PERCENT, "Sight.sharpness"),
        whole(told.light, PERCENT, PERCENT, "Sight.light"),
    )
    return _frame(Kind.SIGHT, body)


def check_grid(width: int, height: int) -> None:
    """Make sure that a sketch is coarse.

    Raises:
        WallError: It has more cells than may be told, or none.
    """
    sides = 0 < width <= SKETCH_SIDE_MAX and 0 < height <= SKETCH_SIDE_MAX
    if not sides or width * height > SKETCH_CELLS_MAX:
        raise WallError(
            f"wall: a sketch of {width} x {height} cells; no side may be above "
            f"{SKETCH_SIDE_MAX}, nor all of them above {SKETCH_CELLS_MAX}"
        )


def cells_bytes(width: int, height: int) -> int:
    """Return how many bytes one bit a cell takes."""
    return -(-width * height // 8)


def milliseconds(seconds: float) -> int:
    """Return whole milliseconds."""
    return round(seconds * _MILLI)


def whole(value: float, steps: int, most: int, field: str) -> int:
    """Return a value in whole steps.

    Raises:
        WallError: It is below 0, or above the most.
    """
    # Compared first: what is no number cannot be rounded.
    if 0 <= value <= most / steps:
        return round(value * steps)
    raise WallError(f"wall: {field}: {value} is not between 0 and {most / steps:g}")


def _class(name: str, alphabet: Alphabet) -> int:
    return _place("class_name", alphabet.classes, name)


def _place(field: str, names: Sequence[str], name: str) -> int:
    if name not in names:
        raise WallError(f"wall: {field}: {name!a} is none that was agreed on")
    return names.index(name)


def _frame(
    kind: Kind, body: bytes, element: int = 0, class_id: int = layout.NO_CLASS
) -> Frame:
    return Frame(kind, 0, element, class_id, body.ljust(layout.BODY_BYTES, b"\0"))
