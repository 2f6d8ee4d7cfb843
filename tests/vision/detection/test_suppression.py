"""One box of each object."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tallypost.geometry import iou
from tallypost.vision.detection.suppression import CANDIDATES_MAX, suppress


def keep(boxes: list[list[float]], scores: list[float], ids: list[int]) -> list[int]:
    kept = suppress(
        np.array(boxes, np.float32),
        np.array(scores, np.float32),
        np.array(ids, np.int64),
        0.5,
    )
    return [int(index) for index in kept]


def test_of_two_boxes_of_one_object_the_better_stays() -> None:
    boxes = [[0.0, 0, 10, 10], [1.0, 0, 11, 10], [50.0, 50, 60, 60]]
    assert keep(boxes, [0.6, 0.9, 0.7], [0, 0, 0]) == [1, 2]


def test_a_rider_and_his_bicycle_both_stay() -> None:
    assert keep([[0, 0, 10, 10], [0, 0, 10, 10]], [0.6, 0.9], [0, 1]) == [1, 0]


def test_nothing_gives_nothing() -> None:
    none = np.empty((0, 4), np.float32)
    assert not len(suppress(none, np.empty(0, np.float32), np.empty(0, np.int64), 0.5))


def test_of_too_many_candidates_the_best_are_looked_at() -> None:
    boxes = [[20.0 * n, 0, 20.0 * n + 10, 10] for n in range(CANDIDATES_MAX + 50)]
    scores = np.linspace(0.1, 0.9, len(boxes)).tolist()
    kept = keep(boxes, scores, [0] * len(boxes))
    assert len(kept) == CANDIDATES_MAX
    assert min(kept) == 50


SIDES = st.integers(0, 60)
CANDIDATES = st.lists(
    st.tuples(SIDES, SIDES, st.integers(1, 40), st.integers(1, 40), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)


@given(CANDIDATES, st.integers(1, 9))
def test_it_agrees_with_the_plain_definition(
    told: list[tuple[int, int, int, int, int]], tenths: int
) -> None:
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h, _ in told], np.float32)
    ids = np.array([each[4] for each in told], np.int64)
    scores = np.random.default_rng(len(told)).permutation(len(told)) / len(told)
    iou_max = tenths / 10 + 0.003
    overlaps = iou(boxes.astype(np.float64), boxes.astype(np.float64))
    kept: list[int] = []
    for one in np.argsort(-scores):
        if all(ids[one] != ids[k] or overlaps[one, k] <= iou_max for k in kept):
            kept.append(int(one))
    assert suppress(boxes, scores.astype(np.float32), ids, iou_max).tolist() == kept
