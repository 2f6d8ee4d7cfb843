"""How unlike a track a detection is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import Boxes

Costs = NDArray[np.float64]

_FAMILIES = (
    frozenset({"car", "van", "truck", "bus"}),
    frozenset({"bicycle", "motorcycle"}),
)
_RIDERS = frozenset({"person", "bicycle", "motorcycle"})
KIN_COST = 0.1
"""Classes that cost no more than this may be one object's."""
_SAME_FAMILY, _RIDER, _STRANGER = 0.05, 0.15, 0.6


def similarities(
    tracks: Boxes, detections: Boxes, buffers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how well detections fit where tracks are thought to be.

    Intersection over union of boxes that have been widened on all sides, times how much
    of their common height they share. At two frames a second the boxes of one object
    need not touch from frame to frame; widened by how far it may have gone, they do. At
    full rate the buffer is next to nothing.

    Args:
        tracks: Shape (n, 4), x1 y1 x2 y2 in pixels.
        detections: Shape (m, 4).
        buffers: Shape (n, 2), pixels added left and right, above and below to a track's
            box, and to each detection that it is compared with.

    Returns:
        Shape (n, m), 0..1.

    Sources: F. Yang et al., "Hard to Track Objects with Irregular Motions and Similar
    Appearances? Make It Easier by Buffering the Matching Space", WACV 2023, 3.2 (there
    the buffer is a share of the box, here it is the filter's own doubt); M. Yang et
    al., "Hybrid-SORT: Weak Cues Matter for Online Multi-Object Tracking", AAAI 2024,
    "height modulated IoU".
    """
    shared_width, own, other = _sides(tracks, detections, buffers, 0)
    shared_height, own_height, other_height = _sides(tracks, detections, buffers, 1)
    common = shared_width * shared_height
    union = own * own_height + other * other_height - common
    height = own_height + other_height - shared_height
    return np.asarray(common / union * (shared_height / height))


def _sides(
    tracks: Boxes, detections: Boxes, buffers: NDArray[np.float64], axis: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what sides share, and how long each is, once widened: shape (n, m)."""
    low, high = tracks[:, axis, None], tracks[:, axis + 2, None]
    wide = 2 * buffers[:, axis, None]
    other_low, other_high = detections[:, axis], detections[:, axis + 2]
    shared = np.minimum(high, other_high) - np.maximum(low, other_low) + wide
    return np.maximum(shared, 0.0), high - low + wide, other_high - other_low + wide


def class_penalties(classes: Sequence[str]) -> Costs:
    """Return what it costs to take an object of one class for one of another.

    A detector wavers between a car and a truck, seldom between a car and a person.

    Args:
        classes: Names of the detector's classes.

    Returns:
        Shape (n, n), 0 on the diagonal.
    """
    return np.array([[_penalty(one, other) for other in classes] for one in classes])


def _penalty(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if any(one in family and other in family for family in _FAMILIES):
        return _SAME_FAMILY
    return _RIDER if one in _RIDERS and other in _RIDERS else _STRANGER
