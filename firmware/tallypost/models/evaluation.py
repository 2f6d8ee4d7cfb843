"""How well detections agree with labelled pictures, as COCO defines it.

Source: cocodataset/cocoapi, pycocotools/cocoeval.py, and cocodataset.org, "Detection
evaluation": average precision is the mean of the precision at 101 recalls; matching is
greedy by score; 100 detections a picture count; small is an area below 32 x 32 pixels,
large one above 96 x 96.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import areas, iou

IOU_LEVELS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
DETECTIONS_MAX = 100
AREAS = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}
"""Pixels of the picture as it is stored; both bounds belong to it, as COCO has it."""

Boxes = NDArray[np.floating]
Precision = tuple[float, float]
"""At an overlap of 0.50, and the mean over 0.50 to 0.95."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How one class fares.

    Attributes:
        name: The class.
        truth_count: How many boxes are labelled.
        precision: By size (all, small, medium, large): AP50 and AP50-95, 0..1; a size
            of which nothing is labelled is absent.
    """

    name: str
    truth_count: int
    precision: dict[str, Precision]


@dataclass(frozen=True, slots=True)
class Figures:
    """How all classes fare.

    Attributes:
        classes: Those of which something is labelled.
        precision: By size, the means over those classes.
    """

    classes: tuple[ClassFigures, ...]
    precision: dict[str, Precision]


@dataclass(slots=True)
class _Outcome:
    """What became of one class's detections on the pictures so far, for one size."""

    truth_count: int = 0
    scores: list[NDArray[np.floating]] = field(default_factory=list)
    hits: list[NDArray[np.bool_]] = field(default_factory=list)
    ignored: list[NDArray[np.bool_]] = field(default_factory=list)


class Evaluation:
    """Compares detections with labels, picture by picture.

    Args:
        classes: Names of the classes that are labelled and told.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._classes = tuple(classes)
        self._outcomes = {
            (name, size): _Outcome() for name in self._classes for size in AREAS
        }

    def add(
        self,
        found: tuple[Boxes, NDArray[np.floating], NDArray[np.integer]],
        truth: tuple[Boxes, NDArray[np.integer]],
        complete: Collection[str] | None = None,
    ) -> None:
        """Compare one picture.

        Args:
            found: Boxes (n, 4), scores (n,) and class ids (n,).
            truth: Boxes (m, 4) and class ids (m,), in the same pixels.
            complete: The classes of which this picture labels all there is; what is
                told of others is neither right nor wrong. None: all.
        """
        boxes, scores, class_ids = found
        for number, name in enumerate(self._classes):
            if complete is not None and name not in complete:
                continue
            mine = np.flatnonzero(class_ids == number)
            mine = mine[np.argsort(-scores[mine], kind="stable")][:DETECTIONS_MAX]
            real = truth[0][truth[1] == number]
            overlaps = iou(boxes[mine].astype(np.float64), real.astype(np.float64))
            for size, bounds in AREAS.items():
                self._compare(
                    self._outcomes[name, size],
                    scores[mine],
                    overlaps,
                    _outside(boxes[mine], bounds),
                    _outside(real, bounds),
                )

    @staticmethod
    def _compare(
        outcome: _Outcome,
        scores: NDArray[np.floating],
        overlaps: NDArray[np.floating],
        found_outside: NDArray[np.bool_],
        truth_outside: NDArray[np.bool_],
    ) -> None:
        hits, on_ignored = match(overlaps, truth_outside)
        outcome.truth_count += int((~truth_outside).sum())
        outcome.scores.append(scores)
        outcome.hits.append(hits)
        outcome.ignored.append(on_ignored | (~hits & found_outside))

    def figures(self) -> Figures:
        """Return how the classes fare on the pictures so far."""
        classes = []
        for name in self._classes:
            precision = {
                size: _precision(self._outcomes[name, size])
                for size in AREAS
                if self._outcomes[name, size].truth_count
            }
            if precision:
                count = self._outcomes[name, "all"].truth_count
                classes.append(ClassFigures(name, count, precision))
        means: dict[str, Precision] = {}
        for size in AREAS:
            told = [each.precision[size] for each in classes if size in each.precision]
            if told:
                first, second = np.mean(told, axis=0).tolist()
                means[size] = (first, second)
        return Figures(tuple(classes), means)


def _outside(boxes: Boxes, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    area = areas(boxes)
    return np.asarray((area < bounds[0]) | (area > bounds[1]))


def match(
    overlaps: NDArray[np.floating], ignored: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which detections hit, and which hit only what does not count.

    Args:
        overlaps: Shape (n, m) of detections, best score first, with labels.
        ignored: Shape (m,), labels that do not count here.

    Returns:
        Two masks of shape (10, n), one row for each of IOU_LEVELS.
    """
    levels = np.minimum(IOU_LEVELS, 1 - 1e-10)
    found, labels = overlaps.shape
    free = np.ones((len(levels), labels), np.bool_)
    hits = np.zeros((len(levels), found), np.bool_)
    on_ignored = np.zeros((len(levels), found), np.bool_)
    if not labels:
        return hits, on_ignored
    rows = np.arange(len(levels))
    for number, overlap in enumerate(overlaps):
        near = free & (overlap >= levels[:, None])
        # a label that counts is taken before one that does not, however they overlap
        counts = near & ~ignored
        chosen = np.where(counts.any(axis=1, keepdims=True), counts, near)
        worth = np.where(chosen, overlap, -1)
        # of labels that it overlaps alike COCO takes the last
        best = labels - 1 - worth[:, ::-1].argmax(axis=1)
        taken = worth[rows, best] >= 0
        free[rows[taken], best[taken]] = False
        hits[:, number] = taken & ~ignored[best]
        on_ignored[:, number] = taken & ignored[best]
    return hits, on_ignored


def _precision(outcome: _Outcome) -> Precision:
    scores = np.concatenate(outcome.scores)
    order = np.argsort(-scores, kind="stable")
    hits = np.concatenate(outcome.hits, axis=1)[:, order]
    counted = ~np.concatenate(outcome.ignored, axis=1)[:, order]
    told = [
        average_precision(hits[level][counted[level]], outcome.truth_count)
        for level in range(len(IOU_LEVELS))
    ]
    return told[0], float(np.mean(told))


def average_precision(hits: NDArray[np.bool_], truth_count: int) -> float:
    """Return the mean precision at 101 recalls, 0..1.

    Args:
        hits: Shape (n,), detections in order of score: whether each hit.
        truth_count: How many there were to hit; not 0.
    """
    right = np.cumsum(hits)
    recall = right / truth_count
    precision = right / np.arange(1, len(hits) + 1)
    # what is to come at a higher recall counts for the lower one too
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS, side="left")
    return float(np.append(envelope, 0.0)[np.minimum(places, len(hits))].mean())
