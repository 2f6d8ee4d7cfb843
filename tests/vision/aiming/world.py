"""Streets of a few shapes, and who walks and stands in them, frame by frame."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.aiming import Sketch
from tallypost.domain.vision import Detections, Pixels, Size
from tallypost.vision.aiming.sketch import Sketcher

SIZE = Size(320, 180)
CELL = 5
"""Pixels a side: 64 cells across."""
SCENE = Size(1280, 720)
STEP_S = 0.25
Paint = Callable[[Pixels, float], None]
"""Draws over a picture what is there at a moment."""


def street(_: float = 0.0) -> Pixels:
    """An empty street: a kerb, a pole, a house."""
    pixels = np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)
    pixels[90:] = 60  # the kerb
    pixels[20:120, 200:206] = 20  # the pole
    pixels[10:50, 20:80] = 220  # the house
    return pixels


def frames(*paints: Paint, lasts_s: float = 12.0) -> Iterator[tuple[float, Pixels]]:
    """Yield moments and what is seen at them."""
    for time_s in np.arange(0, lasts_s, STEP_S).tolist():
        pixels = street()
        for paint in paints:
            paint(pixels, time_s)
        yield time_s, pixels


def found(*boxes: tuple[float, float, float, float]) -> Detections:
    """Whom a detector found, by boxes in shares of the picture."""
    count = len(boxes)
    sides = np.array(boxes, np.float32).reshape(count, 4) * np.tile(SCENE, 2)
    return Detections(
        sides.astype(np.float32),
        np.full(count, 0.1, np.float32),
        np.zeros(count, np.int64),
    )


NOBODY = found()


def cells(told: Sketch | None) -> NDArray[np.bool_]:
    """The cells of a sketch."""
    assert told is not None
    bits = np.unpackbits(np.frombuffer(told.cells, np.uint8))
    count = told.width * told.height
    return bits[:count].reshape(told.height, told.width).astype(bool)


def sketch(
    seen: Iterable[tuple[float, Pixels]],
    who: Callable[[float], Detections] = lambda _: NOBODY,
) -> NDArray[np.bool_]:
    """The cells that are drawn at the end."""
    sketcher = Sketcher()
    for time_s, pixels in seen:
        sketcher.look(pixels, who(time_s), SCENE, time_s)
    return cells(sketcher.take(1e6))
