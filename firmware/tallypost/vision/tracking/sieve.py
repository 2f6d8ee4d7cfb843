"""Which detections are worth a look: whole, not too many, each object once."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections
from tallypost.geometry import Boxes, iou

TWIN_IOU_MIN = 0.8
"""Boxes of two classes that overlap so much are one object: the model wavers."""
DETECTIONS_MAX = 400
"""More at one look is no scene but a fault; the best are kept."""


def sieve(detections: Detections) -> Detections:
    """Return the detections that can be objects, best score first where it matters."""
    boxes = detections.boxes
    finite = np.isfinite(boxes).all(axis=1)
    whole = np.asarray(finite & (boxes[:, 2:] > boxes[:, :2]).all(axis=1))
    if not whole.all():
        detections = detections.only(whole)
    if len(detections) > DETECTIONS_MAX:
        order = np.argsort(-detections.scores, kind="stable")
        detections = detections.only(order[:DETECTIONS_MAX])
    class_ids = detections.class_ids
    if len(detections) and (class_ids != class_ids[0]).any():
        detections = _without_twins(detections)
    return detections


def _without_twins(detections: Detections) -> Detections:
    """Return each object once, under the class that scored best."""
    twins = iou(detections.boxes, detections.boxes) >= TWIN_IOU_MIN
    twins &= detections.class_ids[:, None] != detections.class_ids[None, :]
    if not twins.any():
        return detections
    kept = np.ones(len(detections), np.bool_)
    for place in np.argsort(-detections.scores, kind="stable").tolist():
        if kept[place]:
            kept &= ~twins[place]
    return detections.only(kept)


def watched(boxes: NDArray[np.float64], looked: Boxes | None) -> NDArray[np.bool_]:
    """Return who was looked for: shape (n,), those who are whole in one look."""
    if looked is None:
        return np.ones(len(boxes), np.bool_)
    within = (boxes[:, None, :2] >= looked[None, :, :2]) & (
        boxes[:, None, 2:] <= looked[None, :, 2:]
    )
    return np.asarray(np.any(within.all(axis=2), axis=1))
