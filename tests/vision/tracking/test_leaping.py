"""Who runs, sets off or turns is found, however seldom somebody looks."""

from collections.abc import Sequence

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.geometry import Boxes
from tallypost.vision.tracking.kalman import SPEED, Motion
from tallypost.vision.tracking.leaping import Unseen, leapt, reach_px
from tallypost.vision.tracking.rules import Leaping
from tallypost.vision.tracking.tracker import Tracker

GOOD, LOW = 0.9, 0.2
SIZE_PX = 100.0
RULES = Leaping()
Look = dict[float, float]
"""The scores of who is found, by the left edges of their boxes."""


def boxes(*lefts: float) -> Boxes:
    return np.array([(x, 100, x + 100, 200) for x in lefts], np.float32).reshape(-1, 4)


def numbers(looks: Sequence[Look], rate_hz: float = 2.0) -> list[list[int]]:
    """Return who is told at each look."""
    tracker = Tracker()
    return [
        tracker.update(
            Detections(
                boxes(*look),
                np.array(list(look.values()), np.float32),
                np.zeros(len(look), np.int64),
            ),
            number / rate_hz,
        ).ids.tolist()
        for number, look in enumerate(looks)
    ]


def unseen(speed: float, *, newborn: bool) -> Unseen:
    """Return one who was seen half a second ago, at so many pixels a second."""
    states = Motion().begin(boxes(300))
    states[:, SPEED] = (speed, 0.0)
    return Unseen(boxes(300), states, np.array([newborn]), np.array([0.5]))


@pytest.mark.parametrize(
    ("newborn", "speed", "faint", "reach"),
    [
        pytest.param(True, 0, False, 0.5 * RULES.newborn_sizes_s, id="newborn"),
        pytest.param(True, 0, True, 0.5 * RULES.newborn_sizes_s, id="newborn, faint"),
        pytest.param(False, 100, False, 0.5 + RULES.aside_share, id="walks"),
        pytest.param(False, 100, True, 0.5 * RULES.stroll_sizes_s, id="walks, faint"),
        pytest.param(False, 0, True, 0.5 * RULES.stroll_sizes_s, id="stands, faint"),
        pytest.param(False, 400, False, 0.0, id="too fast to turn"),
        pytest.param(False, 400, True, 2.0, id="fast, faint"),
    ],
)
def test_how_far_somebody_may_be_follows_from_what_is_known_of_its_speed(
    newborn: bool, speed: float, faint: bool, reach: float
) -> None:
    told = reach_px(unseen(speed, newborn=newborn), RULES, faint=faint)

    assert told == pytest.approx([reach * SIZE_PX])


def test_only_who_can_be_nobody_else_is_found() -> None:
    def fits(seen: Boxes, found: Boxes, alike: bool = True) -> list[list[float]]:
        kin = np.full((len(found), len(seen)), alike)
        reach = np.full(len(seen), 200.0)
        told = leapt(seen, reach, found, kin, RULES.larger_max).tolist()
        return [[float(fit) for fit in row] for row in told]

    larger = boxes(0) * (1, 1, 1, 1.5)
    assert fits(boxes(0), boxes(150)) == [[0.25]]
    assert fits(boxes(0), boxes(150), alike=False) == [[0.0]]
    assert fits(boxes(0), boxes(200)) == [[0.0]]
    assert fits(boxes(0), larger.astype(np.float32)) == [[0.0]]
    assert fits(boxes(0), boxes(150, -150)) == [[0.0, 0.0]]
    assert fits(boxes(0, 50), boxes(150)) == [[0.0], [0.0]]
    assert fits(boxes(0, 500), boxes(150, 600)) == [[0.25, 0.0], [0.0, 0.5]]


def test_a_motorcycle_is_one_from_the_second_look_on_that_nobody_could_foretell() -> (
    None
):
    looks = [{0.0: GOOD}, {280.0: GOOD}, {560.0: GOOD}, {840.0: GOOD}]

    assert numbers(looks) == [[], [], [1], [1]]


def test_who_is_told_faintly_at_the_second_look_is_the_same_at_the_third() -> None:
    looks = [{0.0: GOOD}, {200.0: LOW}, {400.0: GOOD}]

    assert numbers(looks) == [[], [], [1]]


def test_two_false_alarms_that_nothing_follows_are_nobody() -> None:
    looks: list[Look] = [{0.0: GOOD}, {280.0: GOOD}, {}, {}]

    assert numbers(looks) == [[], [], [], []]


def test_who_turns_within_a_step_is_the_same() -> None:
    out = [{100.0 + 70 * step: GOOD} for step in range(5)]
    back = [{380.0 - 70 * step: GOOD} for step in range(1, 4)]

    assert numbers([*out, *back])[1:] == [[1]] * 7


def test_at_ten_looks_a_second_nobody_leaps() -> None:
    looks = [{0.0: GOOD}, {280.0: GOOD}, {560.0: GOOD}, {840.0: GOOD}]

    assert numbers(looks, 10.0) == [[], [], [], []]
