"""How unlike a track a detection is."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import Boxes, Spans, shared_lengths

Costs = NDArray[np.float64]
ClassIds = NDArray[np.int64]

_FAMILIES = (
    frozenset({"car", "van", "truck", "bus"}),
    frozenset({"bicycle", "motorcycle"}),
)
_RIDERS = frozenset({"person", "bicycle", "motorcycle"})
KIN_COST = 0.1
"""Classes that cost no more than this may be one object's."""
_SAME_FAMILY, _RIDER, _STRANGER = 0.05, 0.15, 0.6
_ANY_CLASS = 0.1


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
    wide = 2 * buffers
    shared_width = _shared(tracks[:, 0::2], detections[:, 0::2], wide[:, 0, None])
    shared_height = _shared(tracks[:, 1::2], detections[:, 1::2], wide[:, 1, None])
    own = tracks[:, 2:] - tracks[:, :2] + wide
    sides = detections[:, 2:] - detections[:, :2]
    other_height = sides[None, :, 1] + wide[:, 1, None]
    common = shared_width * shared_height
    union = (sides[None, :, 0] + wide[:, 0, None]) * other_height
    union += (own[:, 0] * own[:, 1])[:, None]
    union -= common
    height = other_height + own[:, 1, None] - shared_height
    return np.asarray(common / union * (shared_height / height))


def _shared(tracks: Spans, detections: Spans, wide: Costs) -> Costs:
    """Return how much of their widened sides boxes share: shape (n, m), 0 or more."""
    shared = shared_lengths(tracks, detections) + wide
    return np.asarray(np.maximum(shared, 0.0, out=shared))


class Kinship:
    """What it costs to take an object of one class for one of another.

    A detector wavers between a car and a truck, seldom between a car and a person.

    Args:
        classes: Names of the detector's classes; without them, any class may be taken
            for any other at a small cost.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._costs = np.array([[_penalty(a, b) for b in classes] for a in classes])

    def check(self, class_ids: ClassIds) -> None:
        """Make sure that all classes are known.

        Raises:
            ValueError: One has no name.
        """
        known = len(self._costs) or math.inf
        most = class_ids.max(initial=0)
        if most >= known or class_ids.min(initial=0) < 0:
            raise ValueError(f"class {most} has no name; the detector names {known}")

    def costs(self, one: ClassIds, other: ClassIds) -> Costs:
        """Return what each of some costs to be each of others: (n,), (m,) -> (n, m)."""
        if not len(self._costs):
            return np.asarray(_ANY_CLASS * (one[:, None] != other[None, :]))
        return np.asarray(self._costs[one[:, None], other[None, :]])

    def kin(self, one: ClassIds, other: ClassIds) -> NDArray[np.bool_]:
        """Return which classes may be one object's: (n,), (m,) -> (n, m)."""
        return np.asarray(self.costs(one, other) <= KIN_COST)


def _penalty(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if any(one in family and other in family for family in _FAMILIES):
        return _SAME_FAMILY
    return _RIDER if one in _RIDERS and other in _RIDERS else _STRANGER
