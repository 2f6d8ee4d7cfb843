"""Makes one set of boxes of what several looks at one picture have found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Detections, Region, Size
from tallypost.geometry import areas, shared_areas

BORDER_SHARE = 0.02
"""A box so near to a region's inner border, as a share of its side, is cut by it."""
SAME_IOU_MIN = 0.4
"""Two looks' boxes of one class that overlap so much show one object."""
SAME_SHARE_MIN = 0.7
"""They do, too, if so much of the smaller one lies in the other: it shows a part."""
TWIN_IOU_MIN = 0.7
"""Two looks' boxes that overlap so much show one object, whatever its class."""
DETECTIONS_MAX = 600
SCORE_TINY = 1e-6

Found = tuple[Region, Detections]
"""Where a look was directed, and what it found there, in pixels of that region."""


def merge(found: Sequence[Found], scene: Size) -> Detections:
    """Return what all looks have found, each object once, best score first.

    A look answers for whoever is whole in it: boxes that its inner border cuts are left
    out, for the half of a person stands on other ground than the person. Boxes that
    several looks have of one object become their mean, weighed by the scores: the best
    one alone would jump from look to look, and an object on a line with it. Boxes of
    one look are never weighed against each other: the detector has done so.

    Source: R. Solovyev et al., "Weighted boxes fusion", Image and Vision Computing 107
    (2021), section 3; ours takes one box of each look into the mean, and knows parts.

    Args:
        found: One for each look, of the whole scene too.
        scene: Size of the picture.

    Returns:
        Boxes in pixels of the scene, with the parts of it that were looked at, and
        with all that any look gave: who must show nobody leaves out halves as well.
    """
    looked = np.array([_answers_for(region, scene) for region, _ in found], np.float32)
    shifts = [np.array([region.left, region.top] * 2) for region, _ in found]
    boxes = np.concatenate(
        [each.boxes + shift for (_, each), shift in zip(found, shifts, strict=True)]
    ).astype(np.float32)
    looks = np.repeat(np.arange(len(found)), [len(each) for _, each in found])
    told = Detections(
        boxes,
        np.concatenate([each.scores for _, each in found]),
        np.concatenate([each.class_ids for _, each in found]),
        looked,
        glimpsed=boxes,
    )
    parts = looked[looks]
    whole = (boxes[:, :2] >= parts[:, :2]) & (boxes[:, 2:] <= parts[:, 2:])
    kept = np.flatnonzero(whole.all(axis=1))
    kept = kept[np.argsort(-told.scores[kept], kind="stable")][:DETECTIONS_MAX]
    return _each_once(told.only(kept), looks[kept])


def _answers_for(region: Region, scene: Size) -> list[float]:
    """Return the part of a region where a box is whole; outer borders cut nobody."""
    ends = (region.left + region.width, region.top + region.height)
    low = [
        begin + BORDER_SHARE * side if begin > 1 else -np.inf
        for begin, side in zip(region[:2], region.size, strict=True)
    ]
    # an odd scene's last column belongs to no region
    high = [
        end - BORDER_SHARE * side if end < whole - 1 else np.inf
        for end, side, whole in zip(ends, region.size, scene, strict=True)
    ]
    return [*low, *high]


def _each_once(found: Detections, looks: NDArray[np.intp]) -> Detections:
    """Return detections, best first, each object of several looks as one."""
    overlaps, shares = _overlaps(found.boxes)
    same = found.class_ids[:, None] == found.class_ids[None, :]
    alike = same & (overlaps >= SAME_IOU_MIN)
    shown_twice = (same & (shares >= SAME_SHARE_MIN)) | (overlaps >= TWIN_IOU_MIN)
    doubles = alike | shown_twice
    doubles &= np.triu(looks[:, None] != looks[None, :])
    kept = np.ones(len(found), np.bool_)
    boxes = found.boxes.copy()
    for place in np.flatnonzero(doubles.any(axis=1)).tolist():
        if not kept[place]:
            continue
        mine = np.flatnonzero(doubles[place] & kept)
        mean = mine[alike[place, mine]]
        mean = mean[np.argsort(-overlaps[place, mean], kind="stable")]
        _, first = np.unique(looks[mean], return_index=True)
        # Of each look one box shows this object; the next best is a neighbour's.
        kept[mean[first]] = False
        kept[mine[shown_twice[place, mine]]] = False
        mean = np.append(mean[first], place)
        weights = np.maximum(found.scores[mean], SCORE_TINY)
        boxes[place] = np.average(found.boxes[mean], axis=0, weights=weights)
    return replace(found, boxes=boxes).only(kept)


def _overlaps(boxes: Boxes) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return intersections over the union, and over the smaller box: shape (n, n)."""
    shared = shared_areas(boxes, boxes)
    own = areas(boxes)
    union = own[:, None] + own[None, :] - shared
    smaller = np.minimum(own[:, None], own[None, :])
    tiny = np.finfo(np.float32).tiny
    return shared / np.maximum(union, tiny), shared / np.maximum(smaller, tiny)
