"""What the teacher adds to what people labelled."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tallypost_training.augment import Batch
from tallypost_training.loss import assign, boxes_of, flat, grid_of, learned, losses
from tallypost_training.network import BINS, Detector
from tallypost_training.pack import Labels, merged
from tallypost_training.pictures import Sample, SetDescription
from tallypost_training.teacher import (
    _cut,
    read_answers,
    tile_rectangles,
    without_doubles,
)

CARS = SetDescription("cars", ("car",), 2, "drawn by a test")
PERSON, BICYCLE, CAR, BUS = 0, 1, 3, 4


def completed(people: list[list[float]], teacher: list[list[float]]) -> Labels:
    """Merge rows of x1 y1 x2 y2 class, and the same with a score."""
    told = np.array(people, np.float32).reshape(-1, 5)
    sample = Sample(Path("x.jpg"), CARS, told[:, :4], told[:, 4].astype(np.int64))
    return merged(sample, np.array(teacher, np.float32).reshape(-1, 6))


def test_the_teacher_adds_what_it_is_sure_of_where_a_class_is_not_whole() -> None:
    labels = completed([[0.1, 0.1, 0.3, 0.3, CAR]], [[0.6, 0.5, 0.7, 0.9, PERSON, 0.8]])
    assert labels.class_ids.tolist() == [CAR, PERSON]
    assert labels.sure.tolist() == [True, True]


def test_the_teacher_adds_nothing_to_a_class_that_people_labelled_wholly() -> None:
    labels = completed([], [[0.6, 0.5, 0.7, 0.9, CAR, 0.99]])
    assert len(labels.boxes) == 0


def test_where_people_and_teacher_mean_the_same_the_people_win() -> None:
    box = [0.1, 0.1, 0.3, 0.5]
    near = [0.12, 0.1, 0.32, 0.5]
    labels = completed([[*box, PERSON]], [[*near, PERSON, 0.9]])
    assert np.allclose(labels.boxes, [box])
    assert labels.sure.tolist() == [True]


def test_what_people_call_a_car_is_no_bus_beside_it() -> None:
    box = [0.1, 0.1, 0.3, 0.5]
    labels = completed([[*box, CAR]], [[*box, BUS, 0.9]])
    assert labels.class_ids.tolist() == [CAR]


def test_a_person_before_a_car_is_one_beside_it() -> None:
    box = [0.1, 0.1, 0.3, 0.5]
    labels = completed([[*box, CAR]], [[*box, PERSON, 0.9]])
    assert labels.class_ids.tolist() == [CAR, PERSON]


def test_what_the_teacher_doubts_is_not_sure() -> None:
    labels = completed([], [[0.6, 0.5, 0.7, 0.9, PERSON, 0.3]])
    assert labels.class_ids.tolist() == [PERSON]
    assert labels.sure.tolist() == [False]


def test_a_rider_within_a_bicycle_is_not_sure_however_sure_the_teacher_is() -> None:
    bicycle, rider = [0.1, 0.1, 0.3, 0.5], [0.15, 0.1, 0.25, 0.4]
    labels = completed([[*bicycle, BICYCLE]], [[*rider, PERSON, 0.95]])
    assert labels.class_ids.tolist() == [BICYCLE, PERSON]
    assert labels.sure.tolist() == [True, False]


def batch_with(box: list[float], class_id: int, *, sure: bool) -> Batch:
    return Batch(
        torch.zeros(1, 3, 320, 320),
        torch.tensor([[box]]),
        torch.tensor([[class_id]]),
        torch.tensor([[sure]]),
    )


def test_where_the_teacher_doubts_its_class_costs_nothing_and_others_do() -> None:
    box = [64.0, 64.0, 192.0, 192.0]
    batch = batch_with(box, PERSON, sure=False)
    grid = grid_of(320, 320, torch.device("cpu"))
    inside = ((grid.centres > 64) & (grid.centres < 192)).all(-1)
    outputs = [
        (
            torch.zeros(1, 6, side, side, requires_grad=True),
            torch.zeros(1, 4 * BINS, side, side, requires_grad=True),
        )
        for side in (40, 20, 10)
    ]
    losses(outputs, batch).total.backward()
    slopes = [x.grad for x, _ in outputs]
    assert all(x is not None for x in slopes)
    pushed = torch.cat([x.flatten(2)[0] for x in slopes if x is not None], 1) != 0
    assert int(inside.sum()) > 100
    assert not pushed[PERSON, inside].any()
    assert pushed[PERSON, ~inside].all()
    assert pushed[CAR].all()


def test_a_sure_object_within_a_doubtful_one_is_learned() -> None:
    batch = Batch(
        torch.zeros(1, 3, 320, 320),
        torch.tensor([[[64.0, 64.0, 192.0, 192.0], [96.0, 96.0, 128.0, 160.0]]]),
        torch.tensor([[PERSON, PERSON]]),
        torch.tensor([[False, True]]),
    )
    grid = grid_of(320, 320, torch.device("cpu"))
    with torch.no_grad():
        scores, sides = flat(Detector(width=8).eval()(batch.pictures))
    given = assign(scores.sigmoid(), boxes_of(sides, grid), batch, grid)
    mask = learned(batch, given, grid, 6)
    assert bool(given.answers.any())
    assert bool((mask[given.wanted > 0] == 1).all())
    assert int((mask[..., PERSON] == 0).sum()) > 0


@pytest.mark.parametrize("tiles", [2, 3, 4])
def test_tiles_cover_the_picture_and_share_a_border(tiles: int) -> None:
    rectangles = np.array(tile_rectangles(tiles))
    assert len(rectangles) == tiles**2
    assert np.isclose(rectangles.min(), 0)
    assert np.isclose(rectangles.max(), 1)
    places = np.linspace(0.001, 0.999, 200)
    x, y = (v.ravel()[:, None] for v in np.meshgrid(places, places))
    holds = (
        (x >= rectangles[:, 0]) & (x <= rectangles[:, 2])
        & (y >= rectangles[:, 1]) & (y <= rectangles[:, 3])
    ).sum(axis=1)  # fmt: skip
    assert holds.min() >= 1
    assert holds.max() == 4
    first, second = rectangles[0], rectangles[1]
    shared = (first[2] - second[0]) / (first[2] - first[0])
    assert np.isclose(shared, 0.3)


def test_the_whole_picture_has_no_tiles_of_its_own() -> None:
    assert tile_rectangles(1) == []


def boxes(*rows: list[float]) -> NDArray[np.float64]:
    return np.array(rows)


def test_a_box_that_an_inner_border_cut_is_dropped_and_one_at_the_edge_stays() -> None:
    left_top, right_bottom = tile_rectangles(2)[0], tile_rectangles(2)[3]
    at_left, at_right = [0.0, 0.2, 0.3, 0.4], [0.8, 0.2, 1.0, 0.4]
    amid = [0.3, 0.3, 0.5, 0.5]
    told = boxes(at_left, at_right, amid)
    assert _cut(told, left_top).tolist() == [False, True, False]
    assert _cut(told, right_bottom).tolist() == [True, False, False]
    assert not _cut(told, (0.0, 0.0, 1.0, 1.0)).any()


def test_one_vehicle_seen_twice_is_told_once_by_its_best_score() -> None:
    found = np.array(
        [
            [0.1, 0.1, 0.3, 0.3, CAR, 0.6],
            [0.11, 0.1, 0.3, 0.3, BUS, 0.9],
            [0.11, 0.1, 0.3, 0.3, PERSON, 0.5],
        ],
        np.float32,
    )
    assert without_doubles(found)[:, 4].tolist() == [BUS, PERSON]


def test_an_answer_that_was_cut_off_is_asked_anew(tmp_path: Path) -> None:
    whole = json.dumps({"picture": "a", "found": [[0, 0, 1, 1, 0, 0.9]]})
    none = json.dumps({"picture": "b", "found": []})
    cache = tmp_path / "teacher.jsonl"
    cache.write_text(f"{whole}\n{none}\n{whole[:30]}")
    known = read_answers(cache)
    assert {name: x.shape for name, x in known.items()} == {"a": (1, 6), "b": (0, 6)}
    assert read_answers(tmp_path / "nowhere") == {}
