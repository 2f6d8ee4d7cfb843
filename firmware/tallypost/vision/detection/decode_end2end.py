"""Reads heads that choose by themselves and tell it in one tensor: YOLO end to end."""

from collections.abc import Sequence

import numpy as np

from tallypost.errors import ModelError
from tallypost.vision.detection.decode import Candidates, sound
from tallypost.vision.detection.decode_finished import classes_of
from tallypost.vision.detection.decode_yolo import BOX, box_sides
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.vision.detection.tensors import Tensor, TensorFacts

ROW = 6
"""What one row holds: x1 y1 x2 y2, the score, the class number."""
ROWS_MAX = 1000
"""Exporters choose 100 or 300 boxes; a raw head has thousands."""
STEP_MAX = 0.02
"""Scores and normalised boxes in coarser steps tell nothing."""


def is_end2end(shapes: Sequence[tuple[int, ...]]) -> bool:
    """Return whether outputs look like those of a head that chooses by itself."""
    if len(shapes) != 1 or len(shapes[0]) != 3:  # noqa: PLR2004
        return False
    batch, rows, numbers = shapes[0]
    return batch == 1 and numbers == ROW and rows <= ROWS_MAX


class End2EndDecoder:
    """One tensor [1, n, 6]: corners, score and class number of each box that was kept.

    YOLO version 10, 26 and whatever else needs no suppression, and every export with
    suppression inside; rows without a box are zeros.
    Source: Ultralytics, nn/modules/head.py, Detect.postprocess.

    Args:
        description: The model.
        outputs: What the file says of its outputs.
        score_min: Kept when >=.

    Raises:
        ModelError: The output is not of this shape, or is quantized: one step for
            boxes, scores and class numbers is too coarse for all of them.
    """

    def __init__(
        self,
        description: ModelDescription,
        outputs: Sequence[TensorFacts],
        score_min: float,
    ) -> None:
        self._name = description.name
        shapes = [facts.shape for facts in outputs]
        if not is_end2end(shapes):
            raise ModelError(
                f"{self._name}: its outputs have the shapes "
                f"{[list(shape) for shape in shapes]}; this family has one, [1, n, 6]: "
                f"corners, score and class"
            )
        self._facts = outputs[0]
        if self._facts.quantized and self._facts.scale > STEP_MAX:
            raise ModelError(
                f"{self._name}: its only output holds boxes, scores and class numbers "
                f"in steps of {self._facts.scale:.2g}, and scores need {STEP_MAX} or "
                f"finer; export it with a float output, or end to end off"
            )
        self._score_min = score_min
        self._class_of_label = description.class_of_label()
        self._sides = box_sides(description)

    def decode(self, outputs: Sequence[Tensor]) -> Candidates:
        """Return what is wanted and has a score of `score_min` or more."""
        rows = self._facts.real(outputs[0][0])
        rows = rows[rows[:, BOX] >= self._score_min]
        labels = np.rint(np.nan_to_num(rows[:, BOX + 1], nan=-1)).astype(np.int64)
        class_ids = classes_of(self._name, labels, self._class_of_label)
        rows, class_ids = rows[class_ids >= 0], class_ids[class_ids >= 0]
        return sound(Candidates(rows[:, :BOX] * self._sides, rows[:, BOX], class_ids))
