"""Fills in labels that people left out: EfficientDet-Lite2 on the whole and on tiles.

Its weights and its answers are free of conditions (Apache-2.0). What it is sure of
becomes a label; where it is in doubt, nothing is learned about that class.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tallypost.geometry import iou
from tallypost_training.errors import RecipeError
from tallypost_training.pictures import (
    Sample,
    SetDescription,
    content_digest,
    open_picture,
)

SIDE = 448
COCO_IDS = {0: 0, 1: 1, 2: 3, 3: 2, 5: 4, 7: 5}
"""The teacher's numbers (COCO's 90, from 0) and ours."""
SCORE_MIN = 0.15
OVERLAP = 0.3
"""What neighbouring tiles share."""
EDGE = 0.012
"""A box this near to an inner border of its tile was cut off there."""
SAME_MIN = 0.5

Rectangle = tuple[float, float, float, float]


class Teacher:
    """Looks at pictures with the teacher's model.

    Args:
        file: `efficientdet-lite2.tflite`.
        threads: How many processor cores work on one look.

    Raises:
        RecipeError: The file is not there or is no such model.
    """

    def __init__(self, file: Path, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - heavy

        try:
            self._run: Any = Interpreter(model_path=str(file), num_threads=threads)
            self._run.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise RecipeError(f"{file}: is no teacher ({error})") from error
        self._input = self._run.get_input_details()[0]["index"]
        details = self._run.get_output_details()
        names = {x["name"][-1]: x["index"] for x in details}
        self._outputs = [names[x] for x in "321"]

    def look(self, picture: Image.Image, tiles: int) -> NDArray[np.float32]:
        """Return what it finds: shape (n, 6), x1 y1 x2 y2 in 0..1, class, score."""
        found = [
            self._look_at(picture, rectangle)
            for rectangle in [(0.0, 0.0, 1.0, 1.0), *tile_rectangles(tiles)]
        ]
        return without_doubles(np.concatenate(found))

    def _look_at(
        self, picture: Image.Image, rectangle: Rectangle
    ) -> NDArray[np.float32]:
        left, top, right, bottom = rectangle
        width, height = picture.size
        area = (left * width, top * height, right * width, bottom * height)
        share = SIDE / max(area[2] - area[0], area[3] - area[1])
        size = (
            round((area[2] - area[0]) * share),
            round((area[3] - area[1]) * share),
        )
        canvas = np.full((1, SIDE, SIDE, 3), 127, np.uint8)
        scaled = picture.resize(size, Image.Resampling.BICUBIC, box=area)
        canvas[0, : size[1], : size[0]] = np.asarray(scaled)
        self._run.set_tensor(self._input, canvas)
        self._run.invoke()
        boxes, classes, scores = (self._run.get_tensor(x)[0] for x in self._outputs)
        boxes = np.clip(boxes[:, [1, 0, 3, 2]] * SIDE / np.array([*size, *size]), 0, 1)
        ours = np.array([COCO_IDS.get(int(x), -1) for x in classes])
        keep = (ours >= 0) & (scores >= SCORE_MIN) & ~_cut(boxes, rectangle)
        spread = np.array([right - left, bottom - top] * 2)
        boxes = boxes[keep] * spread + np.array([left, top] * 2)
        columns = [boxes, ours[keep, None], scores[keep, None]]
        return np.concatenate(columns, axis=1).astype(np.float32)


def tile_rectangles(tiles: int) -> list[Rectangle]:
    """Return overlapping parts of a picture, so many a side; none for one."""
    if tiles == 1:
        return []
    side = 1 / (tiles - (tiles - 1) * OVERLAP)
    starts = [i * side * (1 - OVERLAP) for i in range(tiles)]
    return [(x, y, x + side, y + side) for y in starts for x in starts]


def _cut(boxes: NDArray[np.floating], rectangle: Rectangle) -> NDArray[np.bool_]:
    """Return which boxes end at a border of the tile that is none of the picture."""
    inner = np.array(
        [rectangle[0] > 0, rectangle[1] > 0, rectangle[2] < 1, rectangle[3] < 1]
    )
    near = np.concatenate([boxes[:, :2] < EDGE, boxes[:, 2:] > 1 - EDGE], axis=1)
    return np.asarray((near & inner).any(axis=1))


def without_doubles(found: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one row an object, the best score of each; car, bus, truck are rivals."""
    found = found[np.argsort(-found[:, 5], kind="stable")]
    kept: list[int] = []
    same = iou(found[:, :4], found[:, :4]) > SAME_MIN
    kind = np.where(found[:, 4] >= 3, 3, found[:, 4])  # noqa: PLR2004 - car and up
    same &= kind[:, None] == kind[None]
    for row in range(len(found)):
        if not same[row, kept].any():
            kept.append(row)
    return found[kept]


def teach(
    samples: Sequence[Sample], model: Path, cache: Path, threads: int
) -> Iterator[tuple[int, int]]:
    """Look at every picture that needs it, and keep the answers in a file.

    A run that was cut off goes on where it stopped.

    Args:
        samples: The pictures.
        model: The teacher's file.
        cache: One JSON object a line: the picture, and its boxes.
        threads: How many processor cores work on one look.

    Yields:
        How many pictures are done, and how many there are.
    """
    known = read_answers(cache)
    todo = [x for x in samples if x.source.missing and question(x) not in known]
    if not todo:
        return
    teacher = Teacher(model, threads)
    with cache.open("a") as file:
        for number, sample in enumerate(todo, start=1):
            picture = open_picture(sample.path)
            if picture is not None:
                told = {
                    "picture": question(sample),
                    "found": _told(teacher, picture, sample.source),
                }
                file.write(json.dumps(told) + "\n")
                file.flush()
            yield number, len(todo)


def _told(
    teacher: Teacher, picture: Image.Image, source: SetDescription
) -> list[list[float]]:
    found = teacher.look(picture, source.tiles)
    return [[round(float(x), 4) for x in row] for row in found]


def question(sample: Sample) -> str:
    """Return what an answer belongs to: a picture's content, and how it was seen.

    A file of the same name may hold another picture tomorrow.
    """
    return f"{content_digest(sample.path)}, {sample.source.tiles} tiles a side"


def key(path: Path) -> str:
    """Return how a picture is called wherever the data lie: set, split and name."""
    return "/".join(path.parts[-3:])


def read_answers(cache: Path) -> dict[str, NDArray[np.float32]]:
    """Return the teacher's answers by picture; a line cut off is asked anew."""
    answers = {}
    if cache.is_file():
        for line in cache.read_text().splitlines():
            try:
                told = json.loads(line)
                found = np.array(told["found"], np.float32).reshape(-1, 6)
            except (ValueError, KeyError, TypeError):
                continue
            answers[told["picture"]] = found
    return answers
