"""MOTA, IDF1 and HOTA of one tracker on one sequence."""

from collections.abc import Sequence
from typing import NamedTuple

import motmetrics
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from tallypost.geometry import iou

ALPHAS = np.arange(0.05, 0.99, 0.05)
OVERLAP_MIN = 0.5


class Look(NamedTuple):
    """Who is where at one moment: ids (n,), boxes (n, 4), x1 y1 x2 y2 in pixels."""

    ids: NDArray[np.int64]
    boxes: NDArray[np.float64]


class Scores(NamedTuple):
    """Shares, 1 for perfect; MOTA may fall below 0."""

    mota: float
    idf1: float
    hota: float


def scores(truth: Sequence[Look], told: Sequence[Look]) -> Scores:
    """Return how well a tracker's looks agree with the true ones, moment by moment."""
    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    for real, found in zip(truth, told, strict=True):
        distance = 1 - iou(real.boxes, found.boxes)
        distance[distance > OVERLAP_MIN] = np.nan
        accumulator.update(real.ids, found.ids, distance)
    summary = motmetrics.metrics.create().compute(accumulator, metrics=["mota", "idf1"])
    return Scores(
        float(summary["mota"].iloc[0]),
        float(summary["idf1"].iloc[0]),
        hota(truth, told),
    )


def hota(truth: Sequence[Look], told: Sequence[Look]) -> float:
    """Return the higher order tracking accuracy.

    Source: J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object
    Tracking", IJCV 2020, section 5, matched as TrackEval's `trackeval/metrics/hota.py`.
    """
    real_ids, real_index = _numbered(truth)
    told_ids, told_index = _numbered(told)
    overlaps = [iou(r.boxes, t.boxes) for r, t in zip(truth, told, strict=True)]
    alignment = _alignment(
        overlaps, real_index, told_index, len(real_ids), len(told_ids)
    )
    together = np.zeros((len(ALPHAS), len(real_ids), len(told_ids)))
    for overlap, mine, theirs in zip(overlaps, real_index, told_index, strict=True):
        if not overlap.size:
            continue
        worth = alignment[np.ix_(mine, theirs)] * overlap
        rows, columns = linear_sum_assignment(-worth)
        for level, alpha in enumerate(ALPHAS):
            good = overlap[rows, columns] >= alpha - np.finfo(float).eps
            together[level, mine[rows[good]], theirs[columns[good]]] += 1
    real_count = np.bincount(np.concatenate(real_index), minlength=len(real_ids))
    told_count = np.bincount(np.concatenate(told_index), minlength=len(told_ids))
    hits = together.sum(axis=(1, 2))
    found = hits / np.maximum(real_count.sum() + told_count.sum() - hits, 1)
    joined = together / np.maximum(
        real_count[:, None] + told_count[None, :] - together, 1
    )
    associated = (together * joined).sum(axis=(1, 2)) / np.maximum(hits, 1)
    return float(np.sqrt(found * associated).mean())


def _numbered(
    looks: Sequence[Look],
) -> tuple[NDArray[np.int64], list[NDArray[np.intp]]]:
    """Return the ids that occur, and each look's ids as indices into them."""
    ids = np.unique(np.concatenate([look.ids for look in looks]))
    return ids, [np.searchsorted(ids, look.ids) for look in looks]


def _alignment(
    overlaps: Sequence[NDArray[np.floating]],
    real_index: Sequence[NDArray[np.intp]],
    told_index: Sequence[NDArray[np.intp]],
    real_count: int,
    told_count: int,
) -> NDArray[np.float64]:
    """Return how well each true object and each told one go together, over all time."""
    shared = np.zeros((real_count, told_count))
    real_seen = np.zeros(real_count)
    told_seen = np.zeros(told_count)
    for overlap, mine, theirs in zip(overlaps, real_index, told_index, strict=True):
        rivals = overlap.sum(axis=0)[None, :] + overlap.sum(axis=1)[:, None] - overlap
        shared[np.ix_(mine, theirs)] += np.divide(
            overlap, rivals, out=np.zeros_like(overlap), where=rivals > 0
        )
        real_seen[mine] += 1
        told_seen[theirs] += 1
    union = real_seen[:, None] + told_seen[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1))
