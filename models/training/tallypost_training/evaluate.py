"""How a network fares on packed pictures, judged as `tallypost models eval` judges."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tallypost.geometry import iou
from tallypost.models.evaluation import Evaluation, Figures
from tallypost.vision.detection.suppression import suppress
from tallypost_training.augment import Store, letterboxed
from tallypost_training.loss import boxes_of, flat, grid_of
from tallypost_training.pack import Packed
from tallypost_training.pictures import CLASSES

SCORE_MIN = 0.01
OVERLAP_MAX = 0.6
CANDIDATES = 300
BATCH = 32
HIT_MIN = 0.5
THRESHOLDS = np.round(np.arange(0.2, 0.65, 0.05), 2)

Network = Callable[[Tensor], list[tuple[Tensor, Tensor]]]


class Look(NamedTuple):
    """One picture: what was found on it, and what is there; boxes in its own pixels.

    Attributes:
        number: Which picture.
        boxes: Shape (n, 4), x1 y1 x2 y2.
        scores: Shape (n,).
        class_ids: Shape (n,).
        truth: Shape (m, 4).
        truth_ids: Shape (m,).
    """

    number: int
    boxes: NDArray[np.float64]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    truth: NDArray[np.float64]
    truth_ids: NDArray[np.int64]


@torch.no_grad()
def looks(
    network: Network, packed: Packed, store: Store, size: tuple[int, int]
) -> Iterator[Look]:
    """Look at every picture as the appliance does.

    Args:
        network: Takes (b, 3, height, width).
        packed: The pictures.
        store: The same on the device.
        size: Width and height of the input.
    """
    width, height = size
    grid = grid_of(height, width, store.device)
    for chosen in torch.arange(len(store), device=store.device).split(BATCH):
        batch = letterboxed(store, chosen, height, width)
        scores, sides = flat(network(batch.pictures))
        boxes = boxes_of(sides, grid)
        best, kinds = scores.sigmoid().max(-1)
        count = min(CANDIDATES, best.shape[1])
        best, rows = best.topk(count, dim=1)
        kinds = kinds.gather(1, rows)
        boxes = boxes.gather(1, rows[..., None].expand(-1, -1, 4))
        told = [x.cpu().numpy() for x in (boxes, best, kinds)]
        for row, number in enumerate(chosen.tolist()):
            found = _kept(*(x[row] for x in told), size=(width, height))
            labels = packed.labels[number]
            sides_px = packed.sizes[number].astype(float)
            gain = min(width / sides_px[0], height / sides_px[1])
            offset = np.round((np.array([width, height]) - sides_px * gain) / 2)
            limits = np.tile(sides_px, 2)
            back = np.clip((found[0] - np.tile(offset, 2)) / gain, 0, limits)
            yield Look(
                number, back, *found[1:], labels.boxes * limits, labels.class_ids
            )


def evaluate(
    network: Network, packed: Packed, store: Store, size: tuple[int, int]
) -> Figures:
    """Return how a network fares; all classes are taken for completely labelled."""
    judge = Evaluation(list(CLASSES))
    for look in looks(network, packed, store, size):
        judge.add(
            (look.boxes, look.scores, look.class_ids), (look.truth, look.truth_ids)
        )
    return judge.figures()


def threshold(seen: Iterable[Look], complete: Callable[[int], Sequence[int]]) -> float:
    """Return the score from which a box should count.

    Precision and recall together (F1) are nearly level over a wide range: of the
    scores within a hundredth of the best, the highest tells the fewest false things.

    Args:
        seen: Looks at pictures that nobody learned from.
        complete: Which classes are wholly labelled on a picture.
    """
    right = np.zeros(len(THRESHOLDS))
    told = np.zeros(len(THRESHOLDS))
    there = 0
    for look in seen:
        known = list(complete(look.number))
        ours = np.isin(look.class_ids, known)
        truth = np.isin(look.truth_ids, known)
        there += int(truth.sum())
        hits = _hits(
            (look.boxes[ours], look.class_ids[ours]),
            (look.truth[truth], look.truth_ids[truth]),
        )
        for place, score in enumerate(THRESHOLDS):
            kept = look.scores[ours] >= score
            told[place] += kept.sum()
            right[place] += (kept & hits).sum()
    f1 = 2 * right / np.maximum(told + there, 1)
    return float(THRESHOLDS[np.flatnonzero(f1 >= f1.max() - 0.01).max()])


def _hits(
    found: tuple[NDArray[np.float64], NDArray[np.int64]],
    truth: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> NDArray[np.bool_]:
    """Return which boxes, best score first, meet an object that none before has met."""
    overlap = iou(found[0], truth[0])
    overlap[found[1][:, None] != truth[1][None]] = 0
    hits = np.zeros(len(found[0]), np.bool_)
    for row in range(len(overlap)):
        if overlap.shape[1] and overlap[row].max() >= HIT_MIN:
            hits[row] = True
            overlap[:, overlap[row].argmax()] = 0
    return hits


def _kept(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    kinds: NDArray[np.int64],
    *,
    size: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    likely = scores >= SCORE_MIN
    boxes, scores, kinds = boxes[likely], scores[likely], kinds[likely]
    boxes = np.clip(boxes, 0, np.tile(np.array(size, np.float32), 2))
    keep = suppress(boxes, scores, kinds, OVERLAP_MAX)
    return boxes[keep], scores[keep], kinds[keep]
