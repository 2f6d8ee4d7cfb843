"""Reads YOLO's raw heads: version 8 and later, and version 5 with its objectness."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.errors import ModelError
from tallypost.vision.detection.decode import Candidates, corners, sound
from tallypost.vision.detection.manifest import (
    BoxFormat,
    BoxUnit,
    Family,
    ModelDescription,
)
from tallypost.vision.detection.tensors import Tensor, TensorFacts

BOX = 4


def single_head(
    name: str, outputs: Sequence[TensorFacts], channels: int, layout: str
) -> bool:
    """Return whether the only output counts its channels last.

    Args:
        name: The model's, for the message.
        outputs: What the file says of its outputs.
        channels: How many numbers a box must have: 4, objectness, one a label.
        layout: How the family's head looks, for the message.

    Raises:
        ModelError: It is not one tensor with that many channels.
    """
    shapes = [list(facts.shape) for facts in outputs]
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][0] != 1:  # noqa: PLR2004
        raise ModelError(
            f"{name}: its outputs have the shapes {shapes}; this family has one, "
            f"{layout}"
        )
    if channels not in shapes[0]:
        raise ModelError(
            f"{name}: labels: its output has the shape {shapes[0]}, which does not fit "
            f"{channels} numbers a box; want {layout} with one number a label"
        )
    return shapes[0][2] == channels


class WantedRows:
    """The class numbers of a head that are looked at.

    Args:
        class_of_label: Shape (labels,), our class of each, -1: not wanted.
    """

    def __init__(self, class_of_label: NDArray[np.int64]) -> None:
        self.labels = np.flatnonzero(class_of_label >= 0)
        self.class_ids = class_of_label[self.labels]

    def best(self, scores: Tensor) -> tuple[Tensor, NDArray[np.int64]]:
        """Return the best score of each box, and whose it is.

        Args:
            scores: Shape (labels, n), of all the labels; quantized or not.

        Returns:
            The scores as they came, shape (n,), and our class ids, shape (n,).
        """
        rows = scores[self.labels]
        choice = rows.argmax(axis=0)
        return rows[choice, np.arange(rows.shape[1])], self.class_ids[choice]


class YoloV8Decoder:
    """One tensor [1, 4 + labels, n]: a box and one score a label, already decoded.

    The four numbers are centre and size, or two corners (version 10 and the heads that
    need no suppression): the description says which.
    Source: Ultralytics, nn/modules/head.py, Detect.

    Args:
        description: The model.
        outputs: What the file says of its outputs.
        score_min: Kept when >=.

    Raises:
        ModelError: The output is not of this shape, or the labels do not fit it.
    """

    def __init__(
        self,
        description: ModelDescription,
        outputs: Sequence[TensorFacts],
        score_min: float,
    ) -> None:
        channels = BOX + len(description.labels)
        self._channels_last = single_head(
            description.name, outputs, channels, "[1, 4 + labels, n]"
        )
        self._facts = outputs[0]
        self._score_min = score_min
        self._rows = WantedRows(description.class_of_label())
        self._box_format = description.output.box_format
        self._sides = box_sides(description)

    def decode(self, outputs: Sequence[Tensor]) -> Candidates:
        """Return what is wanted and has a score of `score_min` or more."""
        head = outputs[0][0].T if self._channels_last else outputs[0][0]
        # a quick look at the wanted rows alone, in the tensor's own numbers
        wanted = head[BOX:][self._rows.labels]
        near = np.flatnonzero(self._facts.at_least(wanted.max(axis=0), self._score_min))
        scores, class_ids = self._rows.best(head[BOX:, near])
        real = self._facts.real(scores)
        boxes = self._facts.real(head[:BOX, near].T) * self._sides
        if self._box_format is BoxFormat.XYWH:
            boxes = corners(boxes)
        return sound(Candidates(boxes, real, class_ids).only(real >= self._score_min))


class YoloV5Decoder:
    """One tensor [1, n, 5 + labels]: a box, objectness and one score a label.

    Also YOLOX where its export decodes the boxes. A score is objectness times the
    label's. Source: Ultralytics YOLOv5, models/yolo.py, Detect.forward.

    Args:
        description: The model.
        outputs: What the file says of its outputs.
        score_min: Kept when >=.

    Raises:
        ModelError: The output is not of this shape, or the labels do not fit it.
    """

    def __init__(
        self,
        description: ModelDescription,
        outputs: Sequence[TensorFacts],
        score_min: float,
    ) -> None:
        channels = BOX + 1 + len(description.labels)
        self._channels_last = single_head(
            description.name, outputs, channels, "[1, n, 5 + labels]"
        )
        self._facts = outputs[0]
        self._score_min = score_min
        self._rows = WantedRows(description.class_of_label())
        self._box_format = description.output.box_format
        self._sides = box_sides(description)

    def decode(self, outputs: Sequence[Tensor]) -> Candidates:
        """Return what is wanted and has a score of `score_min` or more."""
        head = outputs[0][0] if self._channels_last else outputs[0][0].T
        # no score is above its objectness: most boxes go here
        near = np.flatnonzero(self._facts.at_least(head[:, BOX], self._score_min))
        few = self._facts.real(head[near])
        scores, class_ids = self._rows.best(few[:, BOX + 1 :].T)
        scores = scores * few[:, BOX]
        kept = scores >= self._score_min
        boxes = self._boxes(few[kept, :BOX], near[kept])
        return sound(Candidates(boxes, scores[kept], class_ids[kept]))

    def _boxes(
        self, boxes: NDArray[np.float32], cells: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Return corners in pixels; `cells` tells which box of the head each is."""
        del cells
        boxes = boxes * self._sides
        return corners(boxes) if self._box_format is BoxFormat.XYWH else boxes


def box_sides(description: ModelDescription) -> NDArray[np.float32]:
    """Return what boxes are multiplied by to be in pixels of the input: shape (4,).

    Raises:
        ModelError: This family's boxes are not told in that unit.
    """
    output = description.output
    if output.box_unit is BoxUnit.GRID and output.family is not Family.YOLOX:
        raise ModelError(
            f"{description.name}: output.box_unit: is grid, which only yolox has; want "
            f"normalised or pixels"
        )
    if output.box_unit is BoxUnit.NORMALISED:
        width, height = description.input.size
        return np.array([width, height, width, height], np.float32)
    return np.ones(BOX, np.float32)
