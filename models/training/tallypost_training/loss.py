"""What training makes smaller: wrong scores, and sides in the wrong place.

Which cells answer for an object is decided by how well they already do.
Source: Feng et al., "TOOD: Task-aligned One-stage Object Detection", 2021, section 3.2
(alignment = score^a * overlap^b, the best few cells of each object); Li et al.,
"Generalized Focal Loss", 2020, section 3.2 (distances as distributions); Zheng et al.,
"Distance-IoU Loss", 2020 (the overlap's loss).
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from tallypost_training.augment import Batch
from tallypost_training.network import BINS, STRIDES

SCORE_POWER, OVERLAP_POWER = 0.5, 6.0
CELLS_A_BOX = 10
SCORE_SHARE, OVERLAP_SHARE, SIDES_SHARE = 0.7, 7.5, 1.5
REACH = 0.75
"""Cells this many strides around a small object's middle may answer for it as well."""
EPSILON = 1e-9


class Grid(NamedTuple):
    """The cells of all strides, finest first.

    Attributes:
        centres: Shape (n, 2), in pixels.
        strides: Shape (n,), in pixels.
    """

    centres: Tensor
    strides: Tensor


class Losses(NamedTuple):
    """What is made smaller, and its parts."""

    total: Tensor
    scores: Tensor
    overlaps: Tensor
    sides: Tensor


def grid_of(height: int, width: int, device: torch.device) -> Grid:
    """Return the cells of an input."""
    centres, strides = [], []
    for stride in STRIDES:
        rows, columns = height // stride, width // stride
        row, column = torch.meshgrid(
            torch.arange(rows, device=device),
            torch.arange(columns, device=device),
            indexing="ij",
        )
        places = torch.stack([column, row], -1).reshape(-1, 2) + 0.5
        centres.append(places * stride)
        strides.append(torch.full((rows * columns,), stride, device=device))
    return Grid(torch.cat(centres).float(), torch.cat(strides).float())


def flat(outputs: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Return logits of all cells: scores (b, n, classes), sides (b, n, 4, bins)."""
    scores = torch.cat([x.flatten(2) for x, _ in outputs], 2).transpose(1, 2)
    sides = torch.cat([x.flatten(2) for _, x in outputs], 2).transpose(1, 2)
    return scores.float(), sides.float().unflatten(2, (4, BINS))


def boxes_of(sides: Tensor, grid: Grid) -> Tensor:
    """Return boxes in pixels: shape (b, n, 4), x1 y1 x2 y2."""
    bins = torch.arange(BINS, device=sides.device, dtype=sides.dtype)
    distances = (sides.softmax(-1) @ bins) * grid.strides[:, None]
    return torch.cat(
        [grid.centres - distances[..., :2], grid.centres + distances[..., 2:]], -1
    )


def complete_overlap(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Return intersection over union, and the same less what is off in place and shape.

    Args:
        first: Shape (..., 4).
        second: Shape (..., 4).
    """
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., 2:], second[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    size_first = (first[..., 2:] - first[..., :2]).clamp(min=1e-3)
    size_second = (second[..., 2:] - second[..., :2]).clamp(min=1e-3)
    union = size_first.prod(-1) + size_second.prod(-1) - shared
    overlap = shared / union.clamp(min=EPSILON)
    hull = torch.maximum(first[..., 2:], second[..., 2:]) - torch.minimum(
        first[..., :2], second[..., :2]
    )
    middle = (first[..., :2] + first[..., 2:] - second[..., :2] - second[..., 2:]) / 2
    away = (middle**2).sum(-1) / (hull**2).sum(-1).clamp(min=EPSILON)
    angles = torch.atan(size_first[..., 0] / size_first[..., 1]) - torch.atan(
        size_second[..., 0] / size_second[..., 1]
    )
    shape = (4 / torch.pi**2) * angles**2
    with torch.no_grad():
        weight = shape / (1 - overlap + shape).clamp(min=EPSILON)
    return overlap, overlap - away - weight * shape


class Assignment(NamedTuple):
    """Which cell answers for what.

    Attributes:
        wanted: Shape (b, n, classes), the scores that are wanted, 0..1.
        boxes: Shape (b, n, 4), the boxes that are wanted where a cell answers.
        answers: Shape (b, n).
    """

    wanted: Tensor
    boxes: Tensor
    answers: Tensor


@torch.no_grad()
def assign(scores: Tensor, boxes: Tensor, batch: Batch, grid: Grid) -> Assignment:
    """Return which cells answer for which objects.

    Args:
        scores: Shape (b, n, classes), 0..1.
        boxes: Shape (b, n, 4), as told now.
        batch: What is there.
        grid: The cells.
    """
    kinds = batch.class_ids.clamp(min=0)
    near = near_cells(batch, grid)
    told = scores.transpose(1, 2).gather(
        1, kinds[..., None].expand(-1, -1, scores.shape[1])
    )
    overlap = _overlaps(batch.boxes, boxes) * near
    alignment = told**SCORE_POWER * overlap**OVERLAP_POWER * near
    # where nothing overlaps yet, the nearest cells begin
    middle = (batch.boxes[..., 2:] + batch.boxes[..., :2]) / 2
    distance = ((grid.centres - middle[:, :, None]) ** 2).sum(-1)
    ranked = alignment + near * 1e-12 / (1 + distance)
    best, places = ranked.topk(min(CELLS_A_BOX, ranked.shape[2]), dim=2)
    chosen = torch.zeros_like(near).scatter_(2, places, best > 0)
    chosen = _one_owner_a_cell(chosen, overlap)
    answers = chosen.any(1)
    owner = chosen.float().argmax(1)
    strength = alignment * chosen
    most_strength = strength.amax(2, keepdim=True)
    most_overlap = (overlap * chosen).amax(2, keepdim=True)
    share = (strength / (most_strength + EPSILON) * most_overlap).amax(1)
    kind = functional.one_hot(kinds.gather(1, owner), scores.shape[2])
    return Assignment(
        kind * (share * answers)[..., None],
        batch.boxes.gather(1, owner[..., None].expand(-1, -1, 4)),
        answers,
    )


def near_cells(batch: Batch, grid: Grid) -> Tensor:
    """Return which cells may answer for which objects: shape (b, m, n).

    Those whose middle lies in the object's box, and for a small object those close by:
    it has a few however tiny it is.
    """
    real = batch.sure & (batch.class_ids >= 0)
    size = batch.boxes[..., 2:] - batch.boxes[..., :2]
    middle = (batch.boxes[..., 2:] + batch.boxes[..., :2]) / 2
    half = torch.maximum(
        size[:, :, None] / 2, (grid.strides[:, None] * REACH).clamp(max=8 * REACH)
    )
    near: Tensor = ((grid.centres - middle[:, :, None]).abs() < half).all(-1)
    return near & real[..., None]


def _overlaps(truth: Tensor, boxes: Tensor) -> Tensor:
    """Return intersection over union: shape (b, m, n)."""
    low = torch.maximum(truth[:, :, None, :2], boxes[:, None, :, :2])
    high = torch.minimum(truth[:, :, None, 2:], boxes[:, None, :, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    areas = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)
    sizes = (truth[..., 2:] - truth[..., :2]).prod(-1)
    union = sizes[..., None] + areas[:, None] - shared
    return shared / union.clamp(min=EPSILON)


def _one_owner_a_cell(chosen: Tensor, overlap: Tensor) -> Tensor:
    """Let a cell that several objects want answer for the one it covers best."""
    crowded = chosen.sum(1) > 1
    best = torch.where(chosen, overlap, overlap - 1).argmax(1, keepdim=True)
    winner = torch.zeros_like(chosen).scatter_(1, best, value=True)
    return torch.where(crowded[:, None], chosen & winner, chosen)


@torch.no_grad()
def learned(batch: Batch, assignment: Assignment, grid: Grid, classes: int) -> Tensor:
    """Return where each class is learned: shape (b, n, classes), 0 or 1."""
    doubtful = ~batch.sure & (batch.class_ids >= 0)
    low, high = batch.boxes[:, :, None, :2], batch.boxes[:, :, None, 2:]
    inside = ((grid.centres > low) & (grid.centres < high)).all(-1)
    inside &= doubtful[..., None]
    kinds = functional.one_hot(batch.class_ids.clamp(min=0), classes).float()
    masked = torch.einsum("bmn,bmc->bnc", inside.float(), kinds) > 0
    return (~masked | (assignment.wanted > 0)).float()


def losses(outputs: list[tuple[Tensor, Tensor]], batch: Batch) -> Losses:
    """Return what is to be made smaller.

    Args:
        outputs: The network's, of each stride.
        batch: What should have been told.
    """
    height, width = batch.pictures.shape[2:]
    grid = grid_of(height, width, batch.pictures.device)
    scores, sides = flat(outputs)
    boxes = boxes_of(sides, grid)
    assignment = assign(scores.detach().sigmoid(), boxes.detach(), batch, grid)
    mask = learned(batch, assignment, grid, scores.shape[2])
    total = assignment.wanted.sum().clamp(min=1)
    wrong = functional.binary_cross_entropy_with_logits(
        scores, assignment.wanted, reduction="none"
    )
    score_loss = (wrong * mask).sum() / total
    weight = assignment.wanted.sum(-1)
    # Weights instead of picked rows: shapes stay fixed, and nothing waits for the GPU.
    _, complete = complete_overlap(boxes, assignment.boxes)
    overlap_loss = ((1 - complete) * weight).sum() / total
    wanted = (
        torch.cat(
            [
                grid.centres - assignment.boxes[..., :2],
                assignment.boxes[..., 2:] - grid.centres,
            ],
            -1,
        )
        / grid.strides[:, None]
    )
    side_loss = (_distribution_loss(sides, wanted).mean(-1) * weight).sum() / total
    return Losses(
        SCORE_SHARE * score_loss
        + OVERLAP_SHARE * overlap_loss
        + SIDES_SHARE * side_loss,
        score_loss.detach(),
        overlap_loss.detach(),
        side_loss.detach(),
    )


def _distribution_loss(sides: Tensor, wanted: Tensor) -> Tensor:
    """Return how far distributions are from the two bins around each distance."""
    wanted = wanted.clamp(0, BINS - 1.01)
    left = wanted.floor()
    share = wanted - left
    log = sides.log_softmax(-1)
    near = log.gather(-1, left.long()[..., None])[..., 0]
    far = log.gather(-1, left.long()[..., None] + 1)[..., 0]
    return -(near * (1 - share) + far * share)
