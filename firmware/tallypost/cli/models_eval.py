"""What `tallypost models eval` does: a model against labelled pictures."""

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from tallypost.assembly.board import board
from tallypost.assembly.detector import open_detector
from tallypost.assembly.inspection import open_picture
from tallypost.board.base import Board
from tallypost.errors import RecordingError
from tallypost.models.evaluation import ClassFigures, Evaluation, Figures, Precision
from tallypost.models.labelled import LabelledSet
from tallypost.models.store import Model
from tallypost.vision.detection.selfcheck import Inspectable

SCORE_MIN = 0.01
"""Precision is looked at down to nearly every score; COCO's own tools take 0.001."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared.

    Attributes:
        data: The set's folder.
        split: A folder in it, if it has any.
        classes: Only these; None: all that are labelled and told.
        limit: No more pictures than this.
        threads: How many processor cores work on one picture.
    """

    data: Path
    split: str
    classes: list[str] | None
    limit: int | None
    threads: int


@dataclass(frozen=True, slots=True)
class Report:
    """How a model fared.

    Attributes:
        model: Its name.
        place: The set and split.
        pictures: How many were looked at.
        left_out: Classes of the set that were not compared, and why.
        figures: By class and size.
        invoke_ms: Median time of the interpreter.
        detect_ms: Median time from the scaled picture to its boxes.
        threads: How many processor cores worked.
    """

    model: str
    place: str
    pictures: int
    left_out: dict[str, str]
    figures: Figures
    invoke_ms: float
    detect_ms: float
    threads: int

    def as_json(self) -> dict[str, Any]:
        """Return the report as a dictionary of plain values."""
        return {
            "model": self.model,
            "data": self.place,
            "pictures": self.pictures,
            "precision": _precision(self.figures.precision),
            "classes": [_class(each) for each in self.figures.classes],
            "left_out": self.left_out,
            "invoke_ms": round(self.invoke_ms, 2),
            "detect_ms": round(self.detect_ms, 2),
            "threads": self.threads,
            "score_min": SCORE_MIN,
        }


def _precision(told: dict[str, Precision]) -> dict[str, dict[str, float]]:
    return {
        size: {"ap50": round(ap50, 4), "ap50_95": round(ap, 4)}
        for size, (ap50, ap) in told.items()
    }


def _class(told: ClassFigures) -> dict[str, Any]:
    return {
        "class": told.name,
        "labelled": told.truth_count,
        "precision": _precision(told.precision),
    }


def compare(model: Model, asked: Comparison) -> Report:
    """Return how a model fares on labelled pictures.

    Raises:
        ModelError: The model cannot be opened or run.
        RecordingError: The labels cannot be read, or nothing can be compared.
        CameraError: A picture cannot be read.
    """
    labelled = LabelledSet(asked.data, asked.split)
    clock = board()
    detector = open_detector(
        model, score_min=SCORE_MIN, threads=asked.threads, board=clock
    )
    try:
        names, left_out = _comparable(asked, labelled.classes, detector.classes)
        run = _Run(detector, labelled, names, clock)
        pictures = labelled.pictures[: asked.limit]
        for path in track(
            pictures,
            description=f"{model.description.name} on {asked.data.name}",
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        ):
            run.look(path)
        return Report(
            model=model.description.name,
            place=str(pictures[0].parent),
            pictures=len(pictures),
            left_out=left_out,
            figures=_some(run.evaluation.figures(), names, left_out, asked.data),
            invoke_ms=median(run.invoke_s) * 1000,
            detect_ms=median(run.detect_s) * 1000,
            threads=asked.threads,
        )
    finally:
        detector.close()


class _Run:
    """One model on its way through the pictures."""

    def __init__(
        self,
        detector: Inspectable,
        labelled: LabelledSet,
        names: list[str],
        clock: Board,
    ) -> None:
        self.evaluation = Evaluation(names)
        self.invoke_s: list[float] = []
        self.detect_s: list[float] = []
        self._detector = detector
        self._labelled = labelled
        self._clock = clock
        self._found_ids = _places(detector.classes, names)
        self._truth_ids = _places(labelled.classes, names)

    def look(self, path: Path) -> None:
        """Compare one picture."""
        truth = self._labelled.read(path)
        frame = open_picture(str(path), self._detector.input_size, self._clock)
        begun_s = self._clock.monotonic_s()
        found = self._detector.detect(frame)
        self.detect_s.append(self._clock.monotonic_s() - begun_s)
        self.invoke_s.append(self._detector.invoke_s or 0.0)
        self.evaluation.add(
            (found.boxes, found.scores, self._found_ids[found.class_ids]),
            (truth.boxes_in(frame.scene), self._truth_ids[truth.class_ids]),
        )
        frame.erase()


def _comparable(
    asked: Comparison, labelled: tuple[str, ...], told: tuple[str, ...]
) -> tuple[list[str], dict[str, str]]:
    """Return which classes are compared, and why others are not."""
    for name in asked.classes or ():
        if name not in labelled:
            raise RecordingError(
                f"{asked.data}: labels no class {name!r}; it knows "
                f"{', '.join(labelled)}"
            )
    left_out = {}
    names = []
    for name in labelled:
        if asked.classes is not None and name not in asked.classes:
            left_out[name] = "not asked for"
        elif name not in told:
            left_out[name] = "the model does not tell it"
        else:
            names.append(name)
    return names, left_out


def _places(names: tuple[str, ...], wanted: list[str]) -> NDArray[np.int64]:
    """Return where each name stands among the wanted, -1 where it does not."""
    return np.array(
        [wanted.index(name) if name in wanted else -1 for name in names], np.int64
    )


def _some(
    figures: Figures, names: list[str], left_out: dict[str, str], data: Path
) -> Figures:
    """Return the figures, if there are any; note the classes that have none."""
    compared = {each.name for each in figures.classes}
    left_out.update({x: "none is labelled" for x in names if x not in compared})
    if not figures.classes:
        raise RecordingError(
            f"{data}: labels nothing that this model tells; name another set or model"
        )
    return figures
