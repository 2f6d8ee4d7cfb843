"""What a decoder makes of a model's output tensors."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tallypost.vision.detection.tensors import Tensor


class Candidates(NamedTuple):
    """What one output says, before double boxes are taken out.

    Attributes:
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels of the input.
        scores: Shape (n,), 0..1.
        class_ids: Shape (n,), index into the wanted classes.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Candidates":
        """Return the candidates that a mask or an index array chooses."""
        return Candidates(
            self.boxes[chosen], self.scores[chosen], self.class_ids[chosen]
        )


class Decoder(Protocol):
    """Reads the output tensors of one family of models.

    A constructor takes the `ModelDescription`, what the file says of its outputs (a
    sequence of `TensorFacts`), and `score_min`.

    Raises:
        ModelError: On construction: the outputs are none of this family, or the labels
            do not fit them.
    """

    def decode(self, outputs: Sequence[Tensor]) -> Candidates:
        """Return what is wanted and has a score of `score_min` or more.

        Args:
            outputs: The tensors, in the order of the facts; they are not changed, and
                no part of them is kept.

        Raises:
            ModelError: The numbers make no sense for this model.
        """
        ...


def corners(xywh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return x1 y1 x2 y2 of boxes given as centre and size, shape (n, 4)."""
    half = xywh[:, 2:] / 2
    return np.concatenate([xywh[:, :2] - half, xywh[:, :2] + half], axis=1)


def sound(candidates: Candidates) -> Candidates:
    """Return the candidates whose boxes are finite and not turned inside out."""
    boxes = candidates.boxes
    whole = np.isfinite(boxes).all(axis=1)
    good = np.asarray(whole & (boxes[:, 2:] > boxes[:, :2]).all(axis=1))
    return candidates if good.all() else candidates.only(good)
