"""Parts and wholes."""

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.vision.tracking.pieces import contained, hidden, joined, parts

BUS = (100.0, 100.0, 500.0, 260.0)
FRONT, BACK = (100.0, 100.0, 320.0, 260.0), (280.0, 100.0, 500.0, 260.0)

Box = tuple[float, float, float, float]


def boxes(*each: Box) -> np.ndarray:
    return np.array(each, np.float32).reshape(-1, 4)


def found(*each: Box) -> Detections:
    scores = np.linspace(0.9, 0.8, len(each)).astype(np.float32)
    return Detections(boxes(*each), scores, np.zeros(len(each), np.int64))


def join(*each: Box, alike: bool = True) -> list[list[float]]:
    kind = np.full((len(each), 1), alike)
    told: list[list[float]] = joined(found(*each), boxes(BUS), kind).boxes.tolist()
    return told


def test_what_lies_within_is_told_as_a_share_of_the_part() -> None:
    half_out = (450.0, 100.0, 550.0, 260.0)
    away = (600.0, 100.0, 700.0, 260.0)
    shares = contained(boxes(FRONT, half_out, away), boxes(BUS))
    assert shares[:, 0] == pytest.approx([1.0, 0.5, 0.0])


def test_a_part_lies_within_and_is_clearly_smaller() -> None:
    nearly_all = (100.0, 100.0, 480.0, 260.0)
    beside = (400.0, 100.0, 700.0, 260.0)
    assert parts(boxes(FRONT, nearly_all, beside), boxes(BUS))[:, 0].tolist() == [
        True,
        False,
        False,
    ]


def test_two_halves_of_one_object_are_joined_under_the_better_score() -> None:
    whole = joined(found(FRONT, BACK), boxes(BUS), np.ones((2, 1), np.bool_))
    assert whole.boxes.tolist() == [list(BUS)]
    assert whole.scores.tolist() == pytest.approx([0.9])


@pytest.mark.parametrize(
    "seen",
    [(FRONT,), (BUS, FRONT, BACK), (FRONT, (150.0, 100.0, 340.0, 260.0))],
    ids=["one half alone", "the whole is there too", "two that cover one half"],
)
def test_nothing_else_is_joined(seen: tuple[Box, ...]) -> None:
    assert join(*seen) == [list(box) for box in seen]


def test_halves_of_another_kind_are_left_alone() -> None:
    assert len(join(FRONT, BACK, alike=False)) == 2


def test_halves_of_a_long_object_are_joined_though_one_end_is_elsewhere() -> None:
    """A bus that comes in from the edge is farther than expected, and longer."""
    front, back = (40.0, 100.0, 270.0, 260.0), (230.0, 100.0, 460.0, 260.0)
    assert join(front, back) == [[40.0, 100.0, 460.0, 260.0]]


def test_neighbours_that_reach_into_where_one_who_is_not_long_is_are_not_joined() -> (
    None
):
    walker = boxes((100.0, 100.0, 150.0, 220.0))
    left, right = (75.0, 100.0, 125.0, 220.0), (120.0, 100.0, 170.0, 220.0)
    seen = found(left, right)
    told = joined(seen, walker, np.ones((2, 1), np.bool_))
    assert len(told) == 2


def test_two_who_hide_each_other_in_part_are_no_halves() -> None:
    front, back = (100.0, 100.0, 345.0, 260.0), (245.0, 100.0, 500.0, 260.0)
    assert join(front, back) == [list(front), list(back)]


def test_how_much_boxes_hide_is_told_as_a_share_of_the_smaller() -> None:
    shares = hidden(boxes(BUS, FRONT, (50.0, 100.0, 150.0, 260.0)))
    assert shares[0].tolist() == pytest.approx([0.0, 1.0, 0.5])
