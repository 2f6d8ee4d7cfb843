"""Our figures are those of COCO's own tools, on made-up and on real detections."""

import contextlib
import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from tallypost.assembly.board import board
from tallypost.assembly.detector import open_detector
from tallypost.assembly.inspection import open_picture
from tallypost.models.evaluation import AREAS, Evaluation
from tallypost.models.labelled import CLASSES, LabelledSet
from tallypost.models.store import find_model

SCENE = 400
Found = tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.int64]]
Truth = tuple[NDArray[np.float64], NDArray[np.int64]]


class Picture(NamedTuple):
    """What was told of one picture, and what is true."""

    found: Found
    truth: Truth


def xywh(box: NDArray[np.floating]) -> list[float]:
    x1, y1, x2, y2 = box.astype(np.float64).tolist()
    return [x1, y1, x2 - x1, y2 - y1]


def annotations(pictures: list[Picture]) -> list[dict[str, Any]]:
    """Return the labels as COCO writes them; its numbers begin at 1."""
    told: list[dict[str, Any]] = []
    for image, (_, (boxes, class_ids)) in enumerate(pictures, start=1):
        for box, class_id in zip(boxes, class_ids.tolist(), strict=True):
            if class_id < 0:
                continue
            sides = xywh(box)
            told.append(
                {
                    "id": len(told) + 1,
                    "image_id": image,
                    "category_id": class_id + 1,
                    "bbox": sides,
                    "area": sides[2] * sides[3],
                    "iscrowd": 0,
                }
            )
    return told


def theirs(pictures: list[Picture], classes: list[str]) -> NDArray[np.float64]:
    """Return pycocotools' precision: overlaps, recalls, classes, sizes; -1: none."""
    results = [
        {
            "image_id": image,
            "category_id": class_id + 1,
            "bbox": xywh(box),
            "score": score,
        }
        for image, ((boxes, scores, class_ids), _) in enumerate(pictures, start=1)
        for box, score, class_id in zip(
            boxes, scores.tolist(), class_ids.tolist(), strict=True
        )
        if class_id >= 0
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": [
                {"id": n, "width": SCENE, "height": SCENE}
                for n in range(1, len(pictures) + 1)
            ],
            "annotations": annotations(pictures),
            "categories": [{"id": n + 1, "name": x} for n, x in enumerate(classes)],
        }
        truth.createIndex()
        judge = COCOeval(truth, truth.loadRes(results), "bbox")
        judge.evaluate()
        judge.accumulate()
    precision: NDArray[np.float64] = judge.eval["precision"][..., -1]
    return precision


def agree(pictures: list[Picture], classes: list[str]) -> int:
    """Compare every figure; return how many there were."""
    ours = Evaluation(classes)
    for found, truth in pictures:
        ours.add(found, truth)
    figures = ours.figures()
    by_name = {each.name: each.precision for each in figures.classes}
    precision = theirs(pictures, classes)
    compared = 0
    for place, size in enumerate(AREAS):
        for number, name in enumerate(classes):
            real = precision[:, :, number, place]
            mine = by_name.get(name, {}).get(size)
            if real.max() == -1:
                assert mine is None, (name, size)
                continue
            assert mine is not None, (name, size)
            assert mine == pytest.approx((real[0].mean(), real.mean()), abs=1e-9)
            compared += 1
        told = precision[:, :, :, place]
        if (told > -1).any():
            means = (told[0][told[0] > -1].mean(), told[told > -1].mean())
            assert figures.precision[size] == pytest.approx(means, abs=1e-9)
    return compared


def made_up(seed: int, *, steps: int | None) -> list[Picture]:
    """Return objects of all sizes in crowds, half of them found, and much that is not.

    Args:
        seed: Of chance.
        steps: How many different scores there are: few give many of the same score;
            None: no two are alike.
    """
    chance = np.random.default_rng(seed)
    pictures = []
    for _ in range(25):
        count = int(chance.integers(0, 12))
        corner = chance.integers(0, SCENE - 150, (count, 2))
        sides = chance.integers(4, 150, (count, 2))
        boxes = np.concatenate([corner, corner + sides], axis=1).astype(np.float64)
        class_ids = chance.integers(0, 3, count)
        near = boxes[chance.random(count) < 0.7].repeat(2, axis=0)
        near = near + chance.normal(0, 4, near.shape)
        strange = int(chance.integers(0, 130))
        corner = chance.integers(0, SCENE - 60, (strange, 2))
        far = np.concatenate([corner, corner + chance.integers(4, 60, (strange, 2))], 1)
        found = np.concatenate([near, far]).astype(np.float64)
        found[:, 2:] = np.maximum(found[:, 2:], found[:, :2] + 1)
        scores = chance.random(len(found))
        if steps is not None:
            scores = np.ceil(scores * steps) / steps
        told = (found, scores, chance.integers(0, 3, len(found)))
        pictures.append(Picture(told, (boxes, class_ids)))
    return pictures


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("steps", [None, 10, 1])
def test_made_up_detections_get_cocos_own_figures(seed: int, steps: int | None) -> None:
    assert agree(made_up(seed, steps=steps), ["a", "b", "c"]) == 3 * len(AREAS)


def test_a_crowd_of_one_class_on_one_picture_is_cut_where_coco_cuts_it() -> None:
    chance = np.random.default_rng(7)
    corner = chance.uniform(0, SCENE - 40, (180, 2))
    boxes = np.concatenate([corner, corner + chance.uniform(8, 40, (180, 2))], axis=1)
    ids = np.zeros(180, np.int64)
    assert agree([Picture((boxes, chance.random(180), ids), (boxes, ids))], ["a"]) == 3


def test_real_detections_get_cocos_own_figures(data: Path) -> None:
    clock = board()
    model = find_model(str(data / "models" / "efficientdet-lite0.tflite"))
    detector = open_detector(model, score_min=0.01, threads=2, board=clock)
    labelled = LabelledSet(data / "labelled" / "highway", "test")
    numbers = np.array([(*CLASSES, x).index(x) for x in detector.classes])
    numbers[numbers == len(CLASSES)] = -1
    pictures = []
    for path in labelled.pictures[:40]:
        truth = labelled.read(path)
        frame = open_picture(str(path), detector.input_size, clock)
        found = detector.detect(frame)
        pictures.append(
            Picture(
                (found.boxes, found.scores, numbers[found.class_ids]),
                (truth.boxes_in(frame.scene), truth.class_ids),
            )
        )
    detector.close()
    assert agree(pictures, list(CLASSES)) >= 8


def test_identical_labels_are_matched_as_coco_matches_them() -> None:
    box = [10.0, 10, 60, 60]
    truth = np.array([box, box, [12, 10, 62, 60]])
    found = np.array([box, [11, 10, 61, 60], box])
    ids = np.zeros(3, np.int64)
    assert agree(
        [Picture((found, np.array([0.9, 0.8, 0.7]), ids), (truth, ids))], ["a"]
    )
