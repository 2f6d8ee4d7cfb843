"""Draws what has stood still for seconds, where nobody is: one bit a cell."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from tallypost.domain.aiming import SKETCH_EVERY_S, Sketch
from tallypost.domain.vision import Boxes, Detections, Pixels, Size
from tallypost.vision.aiming.edges import Cells, edges

LOOK_EVERY_S = 0.5
LOOKS = 16
"""What is drawn has stood for so many looks, and nobody was there meanwhile: eight
seconds, and longer where fewer pictures come."""
LOOKS_MIN = 12
"""In so many of them somebody must have looked for people there."""
STOOD_SHARE = 0.8
"""An edge was there in so many of those."""
MARGIN_SHARE = 0.15
"""Around a box so much of its own size is blank too: hats, bags, boxes that tremble."""
MARGIN_CELLS = 1
COMPANY_MIN = 2
"""An edge that has fewer neighbours is a speck."""
SPARE_S = 0.01
"""Told so much later than it may be: clocks are rounded."""


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What is kept of a picture: three bits a cell, for sixteen looks.

    Attributes:
        time_s: Its time.
        edges: Where edges were.
        covered: Where somebody was, or next to whom.
        looked: Where somebody would have been found.
    """

    time_s: float
    edges: Cells
    covered: Cells
    looked: Cells


class Sketcher:
    """Takes pictures and what was found on them; gives a sketch now and then.

    Nobody who moves is in a sketch: an edge is drawn only where it stood in four fifths
    of the last sixteen looks, which take eight seconds. Nobody who stands still and is
    found is in it: a cell in which, or next to which, anybody was found meanwhile, with
    whatever score, is blank. Nor is anything drawn where nobody looked for them.
    """

    def __init__(self) -> None:
        self._looks: deque[_Look] = deque(maxlen=LOOKS)
        self._pending: tuple[float, Cells] | None = None
        self._covered: Cells | None = None
        """By whom was found since the last look that was kept."""
        self._told_s = -math.inf

    def look(self, pixels: Pixels, time_s: float) -> None:
        """Take one picture, where it is time for one.

        Args:
            pixels: It.
            time_s: Its time, on a clock that never jumps.
        """
        last_s = self._looks[-1].time_s if self._looks else -math.inf
        if time_s - last_s >= LOOK_EVERY_S:
            self._pending = time_s, edges(pixels)

    def found(self, detections: Detections | None, scene: Size) -> None:
        """Take what was found on it; call it for every picture, soon.

        Args:
            detections: Whom the detector found, with whatever score; None where nobody
                looked, because the camera cannot be trusted: all is forgotten.
            scene: Size of the picture that boxes are told in.
        """
        pending, self._pending = self._pending, None
        if detections is None:
            self.forget()
            return
        shape = self._shape(pending)
        if shape is None:
            return
        covered = cells_of(_wider(detections.boxes), scene, shape, MARGIN_CELLS)
        if self._covered is not None:
            covered |= self._covered
        if pending is None:
            self._covered = covered
            return
        self._covered = None
        time_s, here = pending
        looked = np.ones(shape, np.bool_)
        if detections.looked is not None:
            looked = cells_of(detections.looked, scene, shape, -MARGIN_CELLS)
        self._looks.append(_Look(time_s, here, covered, looked))

    def forget(self) -> None:
        """Begin anew: what was seen before tells nothing of what is there now."""
        self._looks.clear()
        self._pending = self._covered = None

    def take(self, at_s: float) -> Sketch | None:
        """Return a sketch, where it is time for one and there is something to draw on.

        Args:
            at_s: Now, on the clock of `look`.
        """
        if not self._looks or at_s - self._told_s < SKETCH_EVERY_S + SPARE_S:
            return None
        self._told_s = at_s
        cells = self._cells()
        rows, columns = cells.shape
        return Sketch(at_s, columns, rows, np.packbits(cells).tobytes())

    def _shape(self, pending: tuple[float, Cells] | None) -> tuple[int, int] | None:
        """Return the grid's shape; where it has become another, all is forgotten."""
        known = self._looks[-1].edges.shape if self._looks else None
        if pending is None:
            return None if known is None else (known[0], known[1])
        rows, columns = pending[1].shape
        if known is not None and known != (rows, columns):
            self._looks.clear()
            self._covered = None
        return rows, columns

    def _cells(self) -> Cells:
        looked = np.stack([each.looked for each in self._looks])
        stood = np.stack([each.edges for each in self._looks]) & looked
        covered = np.any([each.covered for each in self._looks], axis=0)
        if self._covered is not None:
            covered |= self._covered
        looks = looked.sum(axis=0)
        drawn = (looks >= LOOKS_MIN) & (stood.sum(axis=0) >= STOOD_SHARE * looks)
        return without_specks(drawn & ~covered)


def cells_of(
    boxes: Boxes, scene: Size, shape: tuple[int, int], margin_cells: int
) -> Cells:
    """Return which cells boxes touch, and so many around them.

    Args:
        boxes: Shape (n, 4), in pixels of the scene; may reach beyond it.
        scene: Its size.
        shape: Rows and columns of the grid.
        margin_cells: Below 0: so many of their own border are left out instead.
    """
    rows, columns = shape
    touched = np.zeros(shape, np.bool_)
    per_cell = np.array([scene.width / columns, scene.height / rows] * 2)
    limits = np.array([columns, rows] * 2)
    sides = np.clip(boxes.astype(np.float64) / per_cell, 0, limits)
    # What ends where the picture does has no border there.
    low = np.floor(sides[:, :2]) - np.where(sides[:, :2] > 0, margin_cells, 0)
    high = np.ceil(sides[:, 2:]) + np.where(sides[:, 2:] < limits[2:], margin_cells, 0)
    spans = np.concatenate([np.maximum(low, 0), high], axis=1).astype(int).tolist()
    for left, top, right, bottom in spans:
        touched[top : max(bottom, top), left : max(right, left)] = True
    return touched


def _wider(boxes: Boxes) -> Boxes:
    """Return boxes with a margin of their own size."""
    margin = np.tile((boxes[:, 2:] - boxes[:, :2]) * np.float32(MARGIN_SHARE), 2)
    margin[:, :2] *= -1
    return np.asarray(boxes + margin)


def without_specks(drawn: Cells) -> Cells:
    """Return cells without those that have too few neighbours."""
    padded = np.pad(drawn, 1).astype(np.int8)
    thrice = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    company = thrice[:-2] + thrice[1:-1] + thrice[2:] - 1
    return np.asarray(drawn & (company >= COMPANY_MIN))
