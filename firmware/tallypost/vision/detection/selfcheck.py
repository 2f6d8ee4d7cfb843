"""Asks a model whether its numbers can be boxes at all, before anybody counts with it.

A quantized export may load, run and give sound scores, and still be useless: its boxes
were cut to the range that the scores needed.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections, Pixels
from tallypost.errors import ModelError
from tallypost.vision.detection.base import Detector
from tallypost.vision.detection.decode_yolo import BOX
from tallypost.vision.detection.identify import drawn_picture
from tallypost.vision.detection.manifest import (
    FINISHED_FAMILIES,
    BoxUnit,
    Family,
    ModelDescription,
)
from tallypost.vision.detection.tensors import Tensor, TensorFacts

PILED_MAX = 0.2
"""In sound heads less than a tenth of the offsets and sizes lie at one same limit."""
SPREAD_MIN = 0.4
"""A head that covers the picture puts its centres over most of it."""
OFFSET_LEAST = -0.5
"""A centre left of its cell, or a size below one; every head tells of some."""
LOGARITHM_MOST = 1.5
"""A size of four and a half cells; every head has to tell of larger ones."""
WHOLE_MAX = 0.25
"""How far a class number may lie from a whole one where it is quantized."""


class Inspectable(Detector, Protocol):
    """A detector that lets itself be looked into."""

    description: ModelDescription
    """What the model is."""
    invoke_s: float | None
    """How long the interpreter took for the last picture; None before the first."""

    @property
    def outputs(self) -> tuple[TensorFacts, ...]:
        """What the file says of its outputs."""
        ...

    def answers(self, pixels: Pixels) -> list[Tensor]:
        """Return the outputs for a picture as numbers; it must fit into the input."""
        ...


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        name: What.
        good: Whether it is as it should be; None: it was not looked at.
        fact: What was seen.
    """

    name: str
    good: bool | None
    fact: str


def check_answers(detector: Inspectable) -> list[Finding]:
    """Return what a model's answers to a drawn and to a plain picture tell of it.

    Raises:
        ModelError: It cannot be run.
    """
    description = detector.description
    drawn = drawn_picture(description.input.size)
    told = [detector.answers(drawn), detector.answers(np.full_like(drawn, 114))]
    finite = all(np.isfinite(x).all() for answer in told for x in answer)
    differs = any((a != b).any() for a, b in zip(*told, strict=True))
    findings = [
        Finding("numbers", finite, "all finite" if finite else "some are not finite"),
        Finding(
            "looks",
            differs,
            f"two pictures give {'two answers' if differs else 'the same answer'}",
        ),
    ]
    if not finite:
        return findings
    return [*findings, *_boxes(description, detector.outputs[0], told)]


def _boxes(
    description: ModelDescription, facts: TensorFacts, told: list[list[Tensor]]
) -> list[Finding]:
    """Look at what a family's boxes can be told from."""
    family, answer = description.output.family, told[0]
    if family in FINISHED_FAMILIES:
        return [_finished(answer)]
    if family is Family.YOLO_END2END:
        return [_chosen([each[0][0] for each in told], len(description.labels))]
    if family is Family.NANODET:
        told_not = "this family's distances are not looked at"
        return [Finding("boxes", None, told_not)]
    boxes = raw_boxes(description, answer[0])
    if description.output.box_unit is BoxUnit.GRID:
        return _grid(boxes, facts)
    return [_covering(description, boxes)]


def raw_boxes(description: ModelDescription, head: Tensor) -> NDArray[np.float32]:
    """Return the four box numbers of every box of a raw head: shape (n, 4)."""
    extra = 0 if description.output.family is Family.YOLO_V8 else 1
    channels = BOX + extra + len(description.labels)
    rows = head[0] if head.shape[2] == channels else head[0].T
    return np.asarray(rows[:, :BOX])


def _finished(answer: list[Tensor]) -> Finding:
    boxes = next(x for x in answer if x.ndim == 3)[0]  # noqa: PLR2004
    ordered = bool((boxes[:, 2:] >= boxes[:, :2]).all())
    different = len(np.unique(boxes.round(3), axis=0))
    near = bool((np.abs(boxes) < 4).all())  # noqa: PLR2004 - of the input's width
    return Finding(
        "boxes",
        ordered and near and different > 1,
        f"{different} different boxes of {len(boxes)}, corners "
        f"{'in' if ordered else 'out of'} order; it finishes by itself, so its raw "
        f"numbers cannot be seen",
    )


def _chosen(answers: list[Tensor], labels: int) -> Finding:
    """Look at the rows that a head has chosen: corners, score and class number.

    A head chooses places and classes, so the same box is never told twice as the same
    class: where it is, its list of places was counted too coarsely, as 16-bit floats
    do beyond 2048, and boxes stand beside the scores of others.
    """
    rows = np.concatenate([each[each[:, BOX] > 0] for each in answers])
    if not len(rows):
        return Finding("boxes", None, "the model chooses none on the drawn picture")
    corners, scores, classes = rows[:, :BOX], rows[:, BOX], rows[:, BOX + 1]
    ordered = bool((corners[:, 2:] >= corners[:, :2]).all())
    shares = bool((scores <= 1).all())
    known = bool(((classes >= 0) & (classes < labels)).all())
    whole = bool((np.abs(classes - np.rint(classes)) < WHOLE_MAX).all())
    twice = sum(_twice(each[each[:, BOX] > 0]) for each in answers)
    return Finding(
        "boxes",
        ordered and shares and known and whole and not twice,
        f"{len(rows)} chosen, {twice} of them told twice, corners "
        f"{'in' if ordered else 'out of'} order, scores {'to' if shares else 'above'} "
        f"1, classes {'of' if known and whole else 'none of'} its {labels} labels",
    )


def _twice(rows: Tensor) -> int:
    """Return how many rows tell the box and the class of an earlier one."""
    same = np.delete(rows, BOX, axis=1)
    return len(same) - len(np.unique(same, axis=0))


def _grid(boxes: NDArray[np.float32], facts: TensorFacts) -> list[Finding]:
    """Look at offsets and logarithms of cells: they must be free on both sides of 0."""
    logarithms = boxes[:, 2:]
    low, high = float(logarithms.min()), float(logarithms.max())
    holds = facts.range
    room = holds is None or (holds[0] <= OFFSET_LEAST and holds[1] >= LOGARITHM_MOST)
    span = "any number" if holds is None else f"{holds[0]:.2f} to {holds[1]:.2f}"
    piled = _piled(boxes)
    return [
        Finding(
            "range",
            room,
            f"the output holds {span}; offsets and logarithms of cells need "
            f"{OFFSET_LEAST} to {LOGARITHM_MOST} at least",
        ),
        Finding(
            "boxes",
            piled <= PILED_MAX and boxes.min() < 0 and high >= LOGARITHM_MOST,
            f"sizes go from {np.exp(low):.2f} to {np.exp(high):.2f} cells; {piled:.0%} "
            f"of the box numbers lie at a limit (at most {PILED_MAX:.0%})",
        ),
    ]


def _covering(description: ModelDescription, boxes: NDArray[np.float32]) -> Finding:
    """Look at decoded boxes: they must cover the picture, and not all be cut off."""
    width, height = description.input.size
    if description.output.box_unit is BoxUnit.NORMALISED:
        width = height = 1
    spread = np.ptp(boxes[:, :2] / [width, height], axis=0).min()
    piled = _piled(boxes[:, 2:])
    return Finding(
        "boxes",
        bool(spread >= SPREAD_MIN) and piled <= 2 * PILED_MAX,
        f"they spread over {spread:.0%} of the picture (at least {SPREAD_MIN:.0%}); "
        f"{piled:.0%} of the box numbers lie at a limit (at most {2 * PILED_MAX:.0%})",
    )


def _piled(numbers: NDArray[np.float32]) -> float:
    """Return which share of numbers is exactly the least or the greatest of them."""
    at_limit = (numbers == numbers.min()) | (numbers == numbers.max())
    return float(at_limit.mean())


def check_picture(classes: Sequence[str], found: Detections) -> Finding:
    """Return what a real picture tells of a model: whether it sees anything there."""
    if not len(found):
        return Finding("picture", None, "the model finds nothing on it")
    names, counts = np.unique(found.class_ids, return_counts=True)
    told = ", ".join(
        f"{count} {classes[name]}" for name, count in zip(names, counts, strict=True)
    )
    best = float(found.scores.max())
    return Finding(
        "picture", good=True, fact=f"found {told}; the best score is {best:.2f}"
    )


def demand(name: str, findings: Sequence[Finding]) -> None:
    """Make sure that nothing is wrong.

    Raises:
        ModelError: Something is; tells all of it.
    """
    wrong = [finding for finding in findings if finding.good is False]
    if wrong:
        lines = "".join(f"\n  {finding.name}: {finding.fact}" for finding in wrong)
        raise ModelError(
            f"{name}: gives numbers that cannot be boxes; export it afresh, in float32 "
            f"or with boxes and scores quantized apart{lines}"
        )
