"""Reads models that finish by themselves: SSD, EfficientDet-Lite."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.errors import ModelError
from tallypost.vision.detection.decode import Candidates, sound
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.vision.detection.tensors import Tensor, TensorFacts

POSTPROCESS = "TFLite_Detection_PostProcess"
"""The operation that SSD ends with, and the name of its first output, the boxes."""


class FinishedDecoder:
    """Boxes, classes, scores and a count, as four tensors whose order is no promise.

    Boxes are y1 x1 y2 x2 in 0..1 of the input.
    Source: TensorFlow Lite, kernels/detection_postprocess.cc.

    Args:
        description: The model; `output.order` where its file's order is known.
        outputs: What the file says of its outputs.
        score_min: Kept when >=.

    Raises:
        ModelError: The outputs are not those four.
    """

    def __init__(
        self,
        description: ModelDescription,
        outputs: Sequence[TensorFacts],
        score_min: float,
    ) -> None:
        check_finished(description.name, outputs)
        self._description = description
        self._facts = tuple(outputs)
        self._score_min = score_min
        self._class_of_label = description.class_of_label()
        width, height = description.input.size
        self._sides = np.array([width, height, width, height], np.float32)
        self._order = description.output.order or order_by_name(outputs)

    def decode(self, outputs: Sequence[Tensor]) -> Candidates:
        """Return what is wanted and has a score of `score_min` or more."""
        real = [facts.real(x) for facts, x in zip(self._facts, outputs, strict=True)]
        order = self._order or order_by_value(self._description.name, real)
        boxes, labels, scores, count = (real[index] for index in order)
        told = min(int(count.flat[0]), scores.size)
        scores = scores[0, :told]
        kept = np.flatnonzero(scores >= self._score_min)
        class_ids = classes_of(
            self._description.name,
            np.rint(labels[0, kept]).astype(np.int64),
            self._class_of_label,
        )
        kept, class_ids = kept[class_ids >= 0], class_ids[class_ids >= 0]
        corners = boxes[0, kept][:, [1, 0, 3, 2]] * self._sides
        return sound(Candidates(corners, scores[kept], class_ids))


def classes_of(
    name: str, labels: NDArray[np.int64], class_of_label: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return our class of each box, -1 where it is not wanted.

    Args:
        name: The model's, for the message.
        labels: Shape (n,), the model's own class numbers.
        class_of_label: Shape (labels,), our class of each.

    Raises:
        ModelError: The model told a class that it has no label of.
    """
    count = len(class_of_label)
    if len(labels) and not 0 <= labels.min() <= labels.max() < count:
        raise ModelError(
            f"{name}: labels: the model told class "
            f"{labels.max() if labels.min() >= 0 else labels.min()}, and there are "
            f"{count} labels; give the list that belongs to this model"
        )
    return np.asarray(class_of_label[labels])


def check_finished(name: str, outputs: Sequence[TensorFacts]) -> None:
    """Make sure that the outputs are boxes, two rows of numbers and a count.

    Raises:
        ModelError: They are not.
    """
    if not is_finished(outputs):
        shapes = ", ".join(str(list(facts.shape)) for facts in outputs)
        raise ModelError(
            f"{name}: its outputs have the shapes {shapes}; this family has four: "
            f"boxes [1, n, 4], classes [1, n], scores [1, n] and a count [1]"
        )


def is_finished(outputs: Sequence[TensorFacts]) -> bool:
    """Return whether outputs are those of a model that finishes by itself."""
    shapes = sorted((facts.shape for facts in outputs), key=lambda s: (len(s), s))
    if len(shapes) != len(POSTPROCESS_ORDER) or len(shapes[3]) != 3:  # noqa: PLR2004
        return False
    count = shapes[3][1]
    return shapes == [(1,), (1, count), (1, count), (1, count, 4)]


POSTPROCESS_ORDER = (0, 1, 2, 3)


def order_by_name(
    outputs: Sequence[TensorFacts],
) -> tuple[int, int, int, int] | None:
    """Return where boxes, classes, scores and count stand, where names can be believed.

    Only the post-processing operation names its outputs by their meaning.
    """
    names = [facts.name for facts in outputs]
    wanted = [POSTPROCESS, *(f"{POSTPROCESS}:{number}" for number in (1, 2, 3))]
    if sorted(names) != wanted:
        return None
    boxes, classes, scores, count = (names.index(name) for name in wanted)
    return boxes, classes, scores, count


def order_by_value(name: str, outputs: Sequence[Tensor]) -> tuple[int, int, int, int]:
    """Return where boxes, classes, scores and count stand, by what they hold.

    Classes are whole numbers, scores fall and lie in 0..1.

    Raises:
        ModelError: They cannot be told apart.
    """
    boxes = next(i for i, x in enumerate(outputs) if x.ndim == 3)  # noqa: PLR2004
    count = next(i for i, x in enumerate(outputs) if x.ndim == 1)
    rows = [i for i in range(len(outputs)) if i not in (boxes, count)]
    whole = [i for i in rows if (outputs[i] == np.rint(outputs[i])).all()]
    falling = [i for i in rows if _falls(outputs[i][0])]
    for classes, scores in (rows, rows[::-1]):
        if whole == [classes] and scores in falling:
            return boxes, classes, scores, count
    raise ModelError(
        f"{name}: which output holds the classes and which the scores cannot be told; "
        f"write output.order in a manifest.toml"
    )


def _falls(row: Tensor) -> bool:
    inside = bool((row >= 0).all() and (row <= 1).all())
    return inside and bool((np.diff(row) <= 0).all())
