"""What `tallypost models verify` looks at."""

import os
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.assembly.detector import open_detector, threshold, try_detector
from tallypost.assembly.inspection import open_picture
from tallypost.models.at_hand import Model
from tallypost.vision.detection.selfcheck import (
    Finding,
    check_answers,
    check_picture,
)

FOOTAGE = Path("footage") / "vtest.avi"
"""People on a campus, where TALLYPOST_DATA is at hand."""
CLASSES_TOLD = 8


def findings_of(model: Model, picture: str | None) -> list[Finding]:
    """Return everything that was looked at; what fails at the door is raised.

    Args:
        model: What the store has found; its hash has been checked.
        picture: A picture to look at; None: the footage of TALLYPOST_DATA, if any.

    Raises:
        ModelError: The model cannot be opened or run.
        CameraError: The picture cannot be read.
    """
    clock = board()
    try_detector(model, threads=2)
    description = model.description
    detector = open_detector(
        model, score_min=threshold(model, None).begin, threads=2, board=clock
    )
    try:
        findings = [
            Finding("file", good=True, fact=f"sha256 {description.sha256}"),
            Finding(
                "shapes",
                good=True,
                fact=f"{description.output.family}, {description.input.size} "
                f"{description.input.type} in, {len(description.labels)} labels fit, "
                f"tells {_told(description.classes)}",
            ),
            *_labels(description.labels),
            *check_answers(detector),
        ]
        source = picture or _usual_picture()
        if source is None:
            missing = "none was named with --picture"
            return [*findings, Finding("picture", good=None, fact=missing)]
        frame = open_picture(source, detector.input_size, clock)
        seen = check_picture(detector.classes, detector.detect(frame))
        frame.erase()
        return [*findings, seen]
    finally:
        detector.close()


def _told(classes: tuple[str, ...]) -> str:
    first = ", ".join(classes[:CLASSES_TOLD])
    more = len(classes) - CLASSES_TOLD
    return f"{first} and {more} more" if more > 0 else first


def _labels(labels: tuple[str, ...]) -> list[Finding]:
    if labels[0] != "class 0":
        return []
    missing = "the file carries none; to count with it, list them in a manifest.toml"
    return [Finding("labels", good=None, fact=missing)]


def _usual_picture() -> str | None:
    folder = os.environ.get("TALLYPOST_DATA")
    path = Path(folder) / FOOTAGE if folder else None
    return str(path) if path is not None and path.is_file() else None
