"""What `tallypost models eval` does: a model against labelled pictures."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from tallypost.assembly.board import board
from tallypost.assembly.detector import open_detector
from tallypost.assembly.inspection import open_picture
from tallypost.board.base import Board
from tallypost.cli.models_data import DataSet, open_sets
from tallypost.errors import RecordingError
from tallypost.models.at_hand import Model
from tallypost.models.evaluation import ClassFigures, Evaluation, Figures, Precision
from tallypost.models.labelled import LabelledSet
from tallypost.vision.detection.base import Detector
from tallypost.vision.detection.manifest import ModelDescription

SCORE_MIN = 0.01
"""Precision is looked at down to nearly every score; COCO's own tools take 0.001."""


class Timed(Detector, Protocol):
    """A detector that says what it is and how long it took."""

    description: ModelDescription
    """What the model is."""
    invoke_s: float | None
    """How long the interpreter took for the last picture; None before the first."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared.

    Attributes:
        sets: Where labelled pictures lie.
        split: A folder in each, if it has any.
        limit: No more pictures of each than this.
        threads: How many processor cores work on one picture.
    """

    sets: tuple[DataSet, ...]
    split: str
    limit: int | None
    threads: int


@dataclass(frozen=True, slots=True)
class SetReport:
    """How a model fared on one set alone.

    Attributes:
        place: The set and split.
        pictures: How many were looked at.
        complete: The classes that count on it.
        figures: By class and size.
    """

    place: str
    pictures: int
    complete: tuple[str, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """How a model fared.

    Attributes:
        model: Its name.
        sets: On each set alone.
        left_out: Classes of the sets that were not compared, and why.
        notes: What was passed over, in sentences.
        figures: By class and size, over all pictures that label the class completely.
        invoke_ms: Median time of the interpreter.
        detect_ms: Median time from the scaled picture to its boxes.
        threads: How many processor cores worked.
    """

    model: str
    sets: tuple[SetReport, ...]
    left_out: dict[str, str]
    notes: tuple[str, ...]
    figures: Figures
    invoke_ms: float
    detect_ms: float
    threads: int

    @property
    def place(self) -> str:
        """The sets and splits."""
        return ", ".join(each.place for each in self.sets)

    @property
    def pictures(self) -> int:
        """How many pictures were looked at."""
        return sum(each.pictures for each in self.sets)

    def as_json(self) -> dict[str, Any]:
        """Return the report as a dictionary of plain values."""
        return {
            "model": self.model,
            "data": self.place,
            "pictures": self.pictures,
            **_figures(self.figures),
            "sets": [
                {
                    "data": each.place,
                    "pictures": each.pictures,
                    "complete": list(each.complete),
                    **_figures(each.figures),
                }
                for each in self.sets
            ],
            "left_out": self.left_out,
            "notes": list(self.notes),
            "invoke_ms": round(self.invoke_ms, 2),
            "detect_ms": round(self.detect_ms, 2),
            "threads": self.threads,
            "score_min": SCORE_MIN,
        }


def _figures(told: Figures) -> dict[str, Any]:
    return {
        "precision": _precision(told.precision),
        "classes": [_class(each) for each in told.classes],
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
    labelled = open_sets(asked.sets, asked.split)
    clock = board()
    detector = open_detector(
        model, score_min=SCORE_MIN, threads=asked.threads, board=clock
    )
    try:
        return compare_sets(detector, labelled, asked, clock)
    finally:
        detector.close()


def compare_sets(
    detector: Timed, labelled: Sequence[LabelledSet], asked: Comparison, clock: Board
) -> Report:
    """Return how a detector fares on sets that are open.

    Raises:
        RecordingError: As `compare`.
        CameraError: As `compare`.
    """
    names, left_out = _comparable(labelled, detector.classes)
    run = _Run(detector, names, clock)
    sets = []
    for one in labelled:
        alone = Evaluation(names)
        pictures = one.pictures[: asked.limit]
        for path in track(
            pictures,
            description=escape(f"{detector.description.name} on {one.place}"),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        ):
            run.look(path, one, alone)
        complete = tuple(name for name in one.complete if name in names)
        sets.append(SetReport(one.place, len(pictures), complete, alone.figures()))
    figures = run.evaluation.figures()
    compared = {each.name for each in figures.classes}
    left_out.update({x: "none is labelled" for x in names if x not in compared})
    if not compared:
        raise RecordingError(
            f"{', '.join(each.place for each in sets)}: labels nothing that this model "
            f"tells; name another set or model"
        )
    return Report(
        model=detector.description.name,
        sets=tuple(sets),
        left_out=left_out,
        notes=tuple(note for one in labelled for note in one.notes),
        figures=figures,
        invoke_ms=median(run.invoke_s) * 1000,
        detect_ms=median(run.detect_s) * 1000,
        threads=asked.threads,
    )


class _Run:
    """One model on its way through the pictures."""

    def __init__(self, detector: Timed, names: list[str], clock: Board) -> None:
        self.evaluation = Evaluation(names)
        self.invoke_s: list[float] = []
        self.detect_s: list[float] = []
        self._detector = detector
        self._clock = clock
        self._names = names
        self._found_ids = _places(detector.classes, names)

    def look(self, path: Path, labelled: LabelledSet, alone: Evaluation) -> None:
        """Compare one picture of a set, for all sets and for this one alone."""
        truth = labelled.read(path)
        frame = open_picture(str(path), self._detector.input_size, self._clock)
        begun_s = self._clock.monotonic_s()
        found = self._detector.detect(frame)
        self.detect_s.append(self._clock.monotonic_s() - begun_s)
        self.invoke_s.append(self._detector.invoke_s or 0.0)
        truth_ids = _places(labelled.classes, self._names)
        for evaluation in (self.evaluation, alone):
            evaluation.add(
                (found.boxes, found.scores, self._found_ids[found.class_ids]),
                (truth.boxes_in(frame.scene), truth_ids[truth.class_ids]),
                labelled.complete,
            )
        frame.erase()


def _comparable(
    labelled: Sequence[LabelledSet], told: tuple[str, ...]
) -> tuple[list[str], dict[str, str]]:
    """Return which classes are compared, and why others are not."""
    left_out = {}
    names = []
    complete = {name for one in labelled for name in one.complete}
    for name in dict.fromkeys(name for one in labelled for name in one.classes):
        if name not in complete:
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
