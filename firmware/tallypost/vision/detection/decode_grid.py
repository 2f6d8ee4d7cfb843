"""Reads heads that measure boxes from the cells of a grid: YOLOX and NanoDet."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size
from tallypost.errors import ModelError
from tallypost.vision.detection.decode import Candidates, corners, sound
from tallypost.vision.detection.decode_yolo import BOX, WantedRows, YoloV5Decoder
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.vision.detection.tensors import Tensor, TensorFacts

STRIDES = (8, 16, 32)
STRIDES_WITH_64 = (8, 16, 32, 64)


def cell_count(size: Size, stride: int) -> int:
    """Return how many cells of so many pixels a side cover an input."""
    return -(-size.width // stride) * -(-size.height // stride)


def cells(size: Size, strides: Sequence[int]) -> NDArray[np.float32]:
    """Return the cells of a head, finest grid first, row by row.

    Returns:
        Shape (n, 3): column, row, and the stride in pixels.
    """
    grids = []
    for stride in strides:
        columns, rows = -(-size.width // stride), -(-size.height // stride)
        row, column = np.divmod(np.arange(rows * columns), columns)
        grids.append(np.stack([column, row, np.full_like(row, stride)], axis=1))
    return np.concatenate(grids).astype(np.float32)


class YoloxDecoder(YoloV5Decoder):
    """YOLOX as it is exported: centres in cells, sizes as logarithms of cells.

    Source: Megvii YOLOX, yolox/models/yolo_head.py, decode_outputs:
    centre = (offset + cell) * stride; size = exp(logarithm) * stride.

    Raises:
        ModelError: The output is not of this shape, or the labels do not fit it.
    """

    def __init__(
        self,
        description: ModelDescription,
        outputs: Sequence[TensorFacts],
        score_min: float,
    ) -> None:
        super().__init__(description, outputs, score_min)
        self._cells = cells(description.input.size, STRIDES)
        if len(self._cells) not in outputs[0].shape:
            raise ModelError(
                f"{description.name}: its output has the shape "
                f"{list(outputs[0].shape)}; YOLOX at {description.input.size} has "
                f"{len(self._cells)} cells of {STRIDES} pixels"
            )

    def _boxes(
        self, boxes: NDArray[np.float32], cells: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        places = self._cells[cells]
        strides = places[:, 2:]
        centres = (boxes[:, :2] + places[:, :2]) * strides
        # a logarithm that no picture can hold must not overflow: it is clipped later
        sizes = np.exp(np.minimum(boxes[:, 2:], 10)) * strides
        return corners(np.concatenate([centres, sizes], axis=1))


class NanoDetDecoder:
    """NanoDet: scores, and each side's distance as a distribution over whole cells.

    Outputs are a pair for each stride, scores [1, n, labels] and distances
    [1, n, 4 * bins], in any order; or one tensor [1, n, labels + 4 * bins] over all
    strides. Sides come left, top, right, bottom; scores are after the sigmoid,
    distances before the softmax.
    Source: RangiLyu/nanodet, nanodet/model/head/nanodet_head.py, and Li et al.,
    "Generalized Focal Loss", 2020, section 3.2: distance = sum(bin * softmax(bin)).

    Args:
        description: The model.
        outputs: What the file says of its outputs.
        score_min: Kept when >=.

    Raises:
        ModelError: The outputs are none of these, or the labels do not fit them.
    """

    def __init__(
        self,
        description: ModelDescription,
        outputs: Sequence[TensorFacts],
        score_min: float,
    ) -> None:
        self._facts = tuple(outputs)
        self._score_min = score_min
        self._rows = WantedRows(description.class_of_label())
        self._labels = len(description.labels)
        self._levels = self._match(description)
        offset = np.array([description.output.cell_centre] * 2, np.float32)
        self._cells = [
            (grid[:, :2] + offset, grid[:, 2:])
            for grid in (
                cells(description.input.size, strides) for strides, *_ in self._levels
            )
        ]

    def _match(
        self, description: ModelDescription
    ) -> list[tuple[tuple[int, ...], int, int]]:
        """Return for each grid its strides, and which outputs hold scores and sides."""
        shapes = [facts.shape[-2:] for facts in self._facts]
        size = description.input.size
        for strides in (STRIDES, STRIDES_WITH_64):
            counts = [cell_count(size, stride) for stride in strides]
            together = len(shapes) == 1 and shapes[0][0] == sum(counts)
            if together and self._bins(shapes[0][1] - self._labels):
                return [(strides, 0, 0)]
            if len(shapes) == 2 * len(strides):
                pairs = [self._pair(shapes, count) for count in counts]
                found = [pair for pair in pairs if pair is not None]
                if len(found) == len(strides):
                    return [
                        ((stride,), *pair)
                        for stride, pair in zip(strides, found, strict=True)
                    ]
        raise ModelError(
            f"{description.name}: its outputs have the shapes "
            f"{[list(facts.shape) for facts in self._facts]}; NanoDet at {size} with "
            f"{self._labels} labels has scores [1, n, {self._labels}] and distances "
            f"[1, n, 4 * bins] for each stride, or both in one"
        )

    def _pair(
        self, shapes: Sequence[tuple[int, ...]], count: int
    ) -> tuple[int, int] | None:
        """Return which outputs are scores and distances of a grid of so many cells."""
        scores = [i for i, shape in enumerate(shapes) if shape == (count, self._labels)]
        sides = [
            i
            for i, shape in enumerate(shapes)
            if shape[0] == count and i not in scores and self._bins(shape[1])
        ]
        return (scores[0], sides[0]) if len(scores) == len(sides) == 1 else None

    @staticmethod
    def _bins(channels: int) -> int | None:
        return channels // BOX if channels >= 2 * BOX and channels % BOX == 0 else None

    def decode(self, outputs: Sequence[Tensor]) -> Candidates:
        """Return what is wanted and has a score of `score_min` or more."""
        parts = [self._level(outputs, number) for number in range(len(self._levels))]
        return sound(
            Candidates(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        )

    def _level(self, outputs: Sequence[Tensor], number: int) -> Candidates:
        _, score_index, side_index = self._levels[number]
        together = score_index == side_index
        head = outputs[score_index].reshape(outputs[score_index].shape[-2:])
        sides = outputs[side_index].reshape(outputs[side_index].shape[-2:])
        facts = self._facts[score_index]
        wanted = head[:, self._rows.labels]
        near = np.flatnonzero(facts.at_least(wanted.max(axis=1), self._score_min))
        scores, class_ids = self._rows.best(head[near, : self._labels].T)
        start = self._labels if together else 0
        bins = self._facts[side_index].real(sides[near, start:])
        centres, strides = self._cells[number]
        boxes = distribution_boxes(bins, centres[near] * strides[near], strides[near])
        real = facts.real(scores)
        return Candidates(boxes, real, class_ids).only(real >= self._score_min)


def distribution_boxes(
    logits: NDArray[np.float32],
    centres: NDArray[np.float32],
    strides: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return boxes from distributions of their sides' distances.

    Args:
        logits: Shape (n, 4 * bins), left top right bottom, before the softmax.
        centres: Shape (n, 2), where distances are measured from, in pixels.
        strides: Shape (n, 1), what one bin is worth in pixels.

    Returns:
        Shape (n, 4), x1 y1 x2 y2 in pixels.
    """
    logits = logits.reshape(len(logits), BOX, logits.shape[1] // BOX)
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    bins = np.arange(logits.shape[2], dtype=np.float32)
    distances = (weights @ bins) / weights.sum(axis=2) * strides
    return np.concatenate(
        [centres - distances[:, :2], centres + distances[:, 2:]], axis=1
    ).astype(np.float32)
