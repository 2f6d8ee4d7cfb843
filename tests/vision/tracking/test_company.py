"""Those who walk as one box."""

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.vision.tracking.company import groups, parted

LEFT, RIGHT = (100.0, 100.0, 140.0, 200.0), (122.0, 104.0, 162.0, 204.0)
BOTH = (100.0, 100.0, 162.0, 204.0)
FAR = (400.0, 100.0, 440.0, 200.0)

Box = tuple[float, float, float, float]


def boxes(*each: Box) -> np.ndarray:
    return np.array(each, np.float32).reshape(-1, 4)


def found(*each: Box) -> Detections:
    scores = np.linspace(0.9, 0.8, len(each)).astype(np.float32)
    return Detections(boxes(*each), scores, np.zeros(len(each), np.int64))


def part(*seen: Box, expected: tuple[Box, ...]) -> list[list[float]]:
    alike = np.ones((len(expected), len(seen)), np.bool_)
    told: list[list[float]] = parted(
        found(*seen), boxes(*expected), alike
    ).boxes.tolist()
    return told


def test_two_who_are_seen_as_one_have_each_their_share() -> None:
    told = part(FAR, BOTH, expected=(LEFT, RIGHT))
    assert told == [list(FAR), list(LEFT), list(RIGHT)]


def test_shares_fill_what_is_seen_edge_to_edge() -> None:
    told = part((106.0, 90.0, 174.0, 200.0), expected=(LEFT, RIGHT))
    assert told[0][:2] == pytest.approx([106.0, 90.0])
    assert told[1][2:] == pytest.approx([174.0, 200.0])


def test_shares_have_the_score_and_the_class_of_what_is_seen() -> None:
    seen = Detections(
        boxes(FAR, BOTH), np.array([0.9, 0.5], np.float32), np.array([0, 3])
    )
    told = parted(seen, boxes(LEFT, RIGHT), np.ones((2, 2), np.bool_))
    assert told.scores.tolist() == pytest.approx([0.9, 0.5, 0.5])
    assert told.class_ids.tolist() == [0, 3, 3]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((), (LEFT, RIGHT)),
        ((BOTH,), ()),
        ((BOTH,), (LEFT,)),
        ((LEFT,), (LEFT, RIGHT)),
        ((LEFT, RIGHT), (LEFT, RIGHT)),
        ((BOTH,), (BOTH, LEFT)),
        ((BOTH,), (LEFT, FAR)),
        (((80.0, 70.0, 182.0, 234.0),), (LEFT, RIGHT)),
        ((BOTH,), ((100.0, 100.0, 128.0, 204.0), (134.0, 100.0, 162.0, 204.0))),
        ((BOTH,), ((100.0, 100.0, 155.0, 204.0), (140.0, 140.0, 162.0, 170.0))),
    ],
    ids=[
        "nothing seen",
        "nobody followed",
        "one alone",
        "the other not seen",
        "both seen",
        "one explains it by itself",
        "the other elsewhere",
        "far larger than both together",
        "side by side with a gap",
        "of very different sizes",
    ],
)
def test_nothing_else_is_parted(
    seen: tuple[Box, ...], expected: tuple[Box, ...]
) -> None:
    assert part(*seen, expected=expected) == [list(box) for box in seen]


def test_those_of_another_kind_have_no_share() -> None:
    told = parted(found(BOTH), boxes(LEFT, RIGHT), np.array([[True], [False]]))
    assert len(told) == 1


def test_one_who_adds_nothing_is_no_member() -> None:
    between, astray = (110.0, 101.0, 150.0, 202.0), (118.0, 80.0, 158.0, 180.0)
    several = boxes(LEFT, between, RIGHT, astray)
    (group,) = groups(several, boxes(BOTH), np.ones((4, 1), np.bool_))
    assert group.whole == 0
    assert group.members.tolist() == [0, 2]
