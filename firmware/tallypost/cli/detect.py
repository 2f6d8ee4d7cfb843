"""`tallypost detect`: what a model sees on single pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tallypost.cli import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tallypost.domain.vision import Detections
    from tallypost.vision.detection.delegate import Delegate

MODEL_HELP = "A model's name or file; by default the best at hand."


@click.command("detect", short_help="Show what a model sees on pictures.")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option("--model", help=MODEL_HELP)
@click.option(
    "--score-min",
    type=words.Number(0, 1),
    help="Tell what scores this or more; by default as the model's manifest says.",
)
@words.threads
@words.delegate
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(
    images: Sequence[str],
    model: str | None,
    score_min: float | None,
    threads: int,
    delegate: Delegate | None,
    *,
    as_json: bool,
) -> int:
    """Find objects on single pictures; nothing is kept.

    Boxes are x1, y1, x2, y2 in pixels of the picture as a person would see it: turned
    upright where the picture asks for it. A picture that cannot be read is told on
    standard error, the others go on, and the command ends with 7 (3 where a file is
    not there).

    \b
    tallypost detect street.jpg
    tallypost detect *.jpg --score-min 0.3 --json
    """
    from tallypost.assembly.board import board
    from tallypost.assembly.detector import open_detector, threshold
    from tallypost.assembly.inspection import open_picture, place_of
    from tallypost.errors import CameraError
    from tallypost.exits import OK, exit_code
    from tallypost.models.store import find_model

    code = OK
    clock = board()
    found_model = find_model(model, delegate=delegate)
    detector = open_detector(
        found_model,
        score_min=threshold(found_model, score_min).begin,
        threads=threads,
        board=clock,
    )
    try:
        for image in images:
            try:
                frame = open_picture(image, detector.input_size, clock)
            except CameraError as error:
                click.echo(f"tallypost: {error}", err=True)
                code = code or exit_code(error)
                continue
            found = detector.detect(frame)
            frame.erase()
            invoke_s = detector.invoke_s or 0.0
            told = _told(place_of(image), found, detector.classes, invoke_s)
            click.echo(json.dumps(told) if as_json else _sentence(told))
    finally:
        detector.close()
    return code


def _told(
    image: str, found: Detections, classes: Sequence[str], invoke_s: float
) -> dict[str, Any]:
    detections = [
        {
            "label": classes[class_id],
            "score": round(float(score), 4),
            "box": [round(float(side), 1) for side in box],
        }
        for box, score, class_id in zip(
            found.boxes, found.scores, found.class_ids, strict=True
        )
    ]
    return {
        "image": image,
        "detections": detections,
        "invoke_ms": round(invoke_s * 1000, 2),
    }


def _sentence(told: dict[str, Any]) -> str:
    """Return the same for a person: the picture, then one line an object."""
    image, count = click.format_filename(told["image"]), len(told["detections"])
    lines = [f"{image}: {count} found in {told['invoke_ms']:.1f} ms"]
    for each in told["detections"]:
        x1, y1, x2, y2 = (round(side) for side in each["box"])
        lines.append(
            f"  {each['label']:<12} {each['score']:.2f}  {x1}, {y1} to {x2}, {y2}"
        )
    return "\n".join(lines)
