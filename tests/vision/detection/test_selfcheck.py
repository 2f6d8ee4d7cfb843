"""What a model's answers tell of it, asked of answers that are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tallypost.domain.vision import Pixels
from tallypost.vision.detection.manifest import Family, ModelDescription
from tallypost.vision.detection.selfcheck import Finding, check_answers
from tallypost.vision.detection.tensors import Tensor, TensorFacts


class Answering:
    """Gives one answer to the drawn picture, and an empty one to the plain."""

    invoke_s = None

    def __init__(
        self, description: ModelDescription, rows: NDArray[np.float32]
    ) -> None:
        self.description = description
        self.rows = rows
        self.outputs = (TensorFacts("", rows.shape, rows.dtype),)

    def answers(self, pixels: Pixels) -> list[Tensor]:
        return [self.rows if np.ptp(pixels) else self.rows * 0]


def rows_of(*rows: list[float]) -> NDArray[np.float32]:
    empty = [[0.0] * 6] * (300 - len(rows))
    return np.array([[*rows, *empty]], np.float32)


SOUND = [0.1, 0.1, 0.4, 0.9, 0.8, 2.0]


def verdict(description: ModelDescription, *rows: list[float]) -> Finding:
    findings = check_answers(Answering(description, rows_of(*rows)))  # type: ignore[arg-type]  # looked into, never run
    return next(each for each in findings if each.name == "boxes")


@pytest.fixture
def chooses(describe_as: object) -> ModelDescription:
    assert callable(describe_as)
    made = describe_as(Family.YOLO_END2END)
    assert isinstance(made, ModelDescription)
    return made


def test_sound_rows_are_good(chooses: ModelDescription) -> None:
    assert verdict(chooses, SOUND).good is True


@pytest.mark.parametrize(
    ("place", "number"),
    [(2, 0.05), (4, 1.5), (5, 4.0), (5, 1.5)],
    ids=["corners turned", "a score above 1", "a class too many", "half a class"],
)
def test_rows_that_cannot_be_boxes_are_found_out(
    chooses: ModelDescription, place: int, number: float
) -> None:
    wrong = [*SOUND]
    wrong[place] = number
    assert verdict(chooses, SOUND, wrong).good is False


def test_a_box_may_be_two_classes_but_never_twice_the_same(
    chooses: ModelDescription,
) -> None:
    """Which is what exports in 16-bit floats do: boxes beside the scores of others."""
    other = [*SOUND[:4], 0.5, 1.0]
    assert verdict(chooses, SOUND, other).good is True
    again = [*SOUND[:4], 0.5, 2.0]
    assert verdict(chooses, SOUND, again).good is False


def test_a_head_that_chooses_nothing_is_not_judged(chooses: ModelDescription) -> None:
    faint = [0.1, 0.1, 0.4, 0.9, 0.0, 2.0]
    assert verdict(chooses, faint).good is None
