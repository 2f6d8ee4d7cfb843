"""Draws what has stood still for seconds, where nobody is: one bit a cell."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from tallypost.domain.aiming import SKETCH_EVERY_S, Sketch
from tallypost.domain.vision import Boxes, Detections, Pixels, Size
from tallypost.vision.aiming.edges import Cells, Grid, edges, grid_of

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
    whatever score, is blank, and what is in it changes no other cell. Nor is anything
    drawn where nobody looked for them.
    """

    def __init__(self) -> None:
        self._looks: deque[_Look] = deque(maxlen=LOOKS)
        self._covered: Cells | None = None
        """By whom was found since the last look that was kept."""
        self._told_s = -math.inf

    def look(
        self, pixels: Pixels, detections: Detections, scene: Size, time_s: float
    ) -> None:
        """Take one picture, and who is on it; call it for every picture.

        Args:
            pixels: The picture.
            detections: Whom the detector found on it, with whatever score.
            scene: Size of the picture that boxes are told in.
            time_s: Its time, on a clock that never jumps.
        """
        grid = grid_of(pixels)
        if self._looks and self._looks[-1].edges.shape != grid[:2]:
            self.forget()
        boxes = detections.boxes
        if detections.glimpsed is not None:
            boxes = np.concatenate([boxes, detections.glimpsed])
        covered = cells_of(_wider(boxes), scene, grid, MARGIN_CELLS)
        if self._covered is not None:
            covered |= self._covered
        self._covered = covered
        if self._looks and time_s - self._looks[-1].time_s < LOOK_EVERY_S:
            return
        looked = np.ones(grid[:2], np.bool_)
        if detections.looked is not None:
            looked = cells_of(detections.looked, scene, grid, -MARGIN_CELLS)
        found = edges(pixels, covered | ~looked)
        self._looks.append(_Look(time_s, found, covered, looked))
        self._covered = None

    def forget(self) -> None:
        """Begin anew: what was seen before tells nothing of what is there now."""
        self._looks.clear()
        self._covered = None

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

    def _cells(self) -> Cells:
        looked = np.stack([each.looked for each in self._looks])
        stood = np.stack([each.edges for each in self._looks]) & looked
        covered = np.any([each.covered for each in self._looks], axis=0)
        if self._covered is not None:
            covered |= self._covered
        looks = looked.sum(axis=0)
        drawn = (looks >= LOOKS_MIN) & (stood.sum(axis=0) >= STOOD_SHARE * looks)
        return without_specks(drawn & ~covered)


def cells_of(boxes: Boxes, scene: Size, grid: Grid, margin_cells: int) -> Cells:
    """Return which cells boxes touch, and so many around them.

    Args:
        boxes: Shape (n, 4), in pixels of the scene; may reach beyond it.
        scene: Its size.
        grid: Of the picture.
        margin_cells: Below 0: so many of their own border are left out instead.
    """
    touched = np.zeros(grid[:2], np.bool_)
    per_cell = np.array([scene.width * grid.across, scene.height * grid.down] * 2)
    limits = np.array([grid.columns, grid.rows] * 2)
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
