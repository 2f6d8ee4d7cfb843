"""COCO's figures, on cases that were computed by hand."""

import numpy as np
import pytest

from tallypost.models.evaluation import Evaluation, average_precision, match

NO_IDS = np.empty(0, np.int64)


def picture(
    evaluation: Evaluation,
    found: list[tuple[list[float], float, int]],
    truth: list[tuple[list[float], int]],
) -> None:
    evaluation.add(
        (
            np.array([box for box, _, _ in found], float).reshape(-1, 4),
            np.array([score for _, score, _ in found]),
            np.array([label for _, _, label in found], np.int64),
        ),
        (
            np.array([box for box, _ in truth], float).reshape(-1, 4),
            np.array([label for _, label in truth], np.int64),
        ),
    )


@pytest.mark.parametrize(
    ("hits", "truth", "precision"),
    [
        pytest.param([True, True], 2, 1.0, id="all found"),
        pytest.param([False, False], 2, 0.0, id="none found"),
        pytest.param([], 2, 0.0, id="nothing told"),
        pytest.param([True], 2, 51 / 101, id="one of two: recalls 0 to 0.50"),
        pytest.param(
            [True, False, True],
            2,
            (51 + 50 * 2 / 3) / 101,
            id="a false one between: 1 to 0.50, then 2/3",
        ),
        pytest.param(
            [False, True, True],
            2,
            2 / 3,
            id="a false one first: 2/3 is still to come at every recall",
        ),
    ],
)
def test_average_precision_is_the_mean_of_101_recalls(
    hits: list[bool], truth: int, precision: float
) -> None:
    told = average_precision(np.array(hits, np.bool_), truth)
    assert told == pytest.approx(precision)


def test_overlaps_of_half_count_at_half_and_not_above() -> None:
    evaluation = Evaluation(["person"])
    # 60 of 100 pixels: an overlap of 0.6 counts at 0.50, 0.55 and 0.60
    picture(evaluation, [([0, 0, 60, 100], 0.9, 0)], [([0, 0, 100, 100], 0)])
    ap50, ap = evaluation.figures().precision["all"]
    assert [ap50, ap] == pytest.approx([1.0, 0.3])


def test_a_second_box_on_one_object_is_false() -> None:
    overlaps = np.array([[0.9], [0.95]])
    hits, _ = match(overlaps, np.array([False]))
    assert hits[0].tolist() == [True, False]


def test_a_box_goes_to_the_object_that_it_overlaps_most() -> None:
    overlaps = np.array([[0.6, 0.8], [0.7, 0.75]])
    hits, _ = match(overlaps, np.array([False, False]))
    assert hits[:, 0].tolist() == [True] * 7 + [False] * 3
    # the second finds the first object, where that is near enough
    assert hits[:, 1].tolist() == [True] * 5 + [False] * 5


def test_an_object_that_counts_is_taken_before_one_that_does_not() -> None:
    hits, on_ignored = match(np.array([[0.6, 0.9]]), np.array([False, True]))
    assert hits[:, 0].tolist() == [True] * 3 + [False] * 7
    assert on_ignored[:, 0].tolist() == [False] * 3 + [True] * 6 + [False]


def test_an_object_of_another_size_is_neither_right_nor_wrong() -> None:
    evaluation = Evaluation(["car"])
    small, large = [0.0, 0, 20, 20], [100.0, 100, 300, 300]
    picture(
        evaluation,
        [(small, 0.9, 0), (large, 0.8, 0)],
        [([100, 100, 300, 300], 0), ([0, 0, 20, 20], 0)],
    )
    precision = evaluation.figures().precision
    assert list(precision["small"]) == pytest.approx([1, 1])
    assert list(precision["large"]) == pytest.approx([1, 1])
    assert "medium" not in precision


def test_false_boxes_on_empty_pictures_count() -> None:
    evaluation = Evaluation(["car"])
    picture(evaluation, [([0, 0, 50, 50], 0.95, 0)], [])
    picture(evaluation, [([0, 0, 50, 50], 0.9, 0)], [([0, 0, 50, 50], 0)])
    assert evaluation.figures().precision["all"][0] == pytest.approx(0.5)


def test_a_class_of_which_nothing_is_labelled_is_left_out() -> None:
    evaluation = Evaluation(["person", "car"])
    picture(evaluation, [([0, 0, 50, 50], 0.9, 0)], [([0, 0, 50, 50], 1)])
    figures = evaluation.figures()
    assert [each.name for each in figures.classes] == ["car"]
    assert figures.precision["all"] == (0, 0)


def test_classes_do_not_mix_and_others_are_passed_over() -> None:
    evaluation = Evaluation(["person", "car"])
    box = [0.0, 0, 50, 50]
    picture(
        evaluation, [(box, 0.9, 1), (box, 0.8, -1)], [(box, 0), (box, 1), (box, -1)]
    )
    figures = {
        each.name: each.precision["all"][0] for each in evaluation.figures().classes
    }
    assert figures == {"person": 0, "car": pytest.approx(1)}


def test_nothing_at_all_gives_no_figures() -> None:
    assert Evaluation(["car"]).figures().classes == ()
    evaluation = Evaluation(["car"])
    picture(evaluation, [], [])
    assert evaluation.figures().precision == {}


def test_a_class_that_a_picture_does_not_label_completely_does_not_count() -> None:
    box = [0.0, 0, 50, 50]
    boxes, ids = np.array([box, box]), np.array([0, 1])
    evaluation = Evaluation(["person", "car"])
    evaluation.add((boxes, np.array([0.9, 0.9]), ids), (boxes, ids))
    # cars stand there, but nobody labelled them; the one label is no absence either
    evaluation.add(
        (boxes, np.array([0.95, 0.95]), ids), (boxes[:1], ids[:1]), ["person"]
    )
    figures = evaluation.figures()
    assert [each.truth_count for each in figures.classes] == [2, 1]
    assert figures.precision["all"] == pytest.approx((1, 1))
