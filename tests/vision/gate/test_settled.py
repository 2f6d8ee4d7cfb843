"""The detector may rest only while all who are followed stand still."""

import numpy as np
import pytest

from tallypost.domain.vision import Detections, Tracks
from tallypost.vision.gate.settled import SETTLED_S_MIN, STILL_S_MIN, Settled

BOX = [10.0, 10.0, 30.0, 60.0]


def found(*scores: float, looked: bool = False) -> Detections:
    return Detections(
        np.array([BOX] * len(scores), np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.zeros(len(scores), np.int64),
        np.zeros((1, 4), np.float32) if looked else None,
    )


def tracks(time_s: float, *ids: int, ended: tuple[int, ...] = ()) -> Tracks:
    boxes = np.array([BOX] * len(ids), np.float32).reshape(-1, 4)
    return Tracks(
        time_s=time_s,
        ids=np.array(ids, np.int64),
        boxes=boxes,
        class_ids=np.zeros(len(ids), np.int64),
        born_boxes=boxes,
        born_s=np.zeros(len(ids)),
        ended_ids=np.array(ended, np.int64),
    )


def still(*seconds: float) -> np.ndarray:
    return np.array(seconds, np.float64)


def test_an_empty_street_is_settled_after_a_while() -> None:
    settled = Settled(0.4)
    assert not settled.at(0.0)
    settled.note(found(), tracks(5.0), still())

    assert not settled.at(5.0 + SETTLED_S_MIN - 0.01)
    assert settled.at(5.0 + SETTLED_S_MIN)


def test_a_parked_car_is_settled_and_a_moving_one_is_not() -> None:
    settled = Settled(0.4)
    settled.note(found(0.8), tracks(0.0, 7), still(STILL_S_MIN - 0.1))
    assert not settled.at(2.0)
    settled.note(found(0.8), tracks(0.1, 7), still(STILL_S_MIN))

    assert settled.at(2.0)


@pytest.mark.parametrize(
    ("detections", "seen"),
    [
        pytest.param(found(0.8, 0.7), tracks(9.0, 7), id="one more is not believed"),
        pytest.param(found(), tracks(9.0), id="one is missing"),
        pytest.param(found(0.2), tracks(9.0), id="one is nearly gone"),
        pytest.param(found(0.8, looked=True), tracks(9.0, 7), id="half was looked at"),
    ],
)
def test_doubt_asks_for_looks(detections: Detections, seen: Tracks) -> None:
    settled = Settled(0.4)
    settled.note(found(0.8), tracks(0.0, 7), still(60.0))
    settled.note(detections, seen, still(*[60.0] * len(seen)))

    assert not settled.at(20.0)


def test_who_is_given_up_is_no_longer_missing() -> None:
    settled = Settled(0.4)
    settled.note(found(0.8), tracks(0.0, 7), still(60.0))
    settled.note(found(), tracks(1.0), still())
    settled.note(found(), tracks(2.0, ended=(7,)), still())

    assert settled.at(2.0 + SETTLED_S_MIN)


def test_time_that_goes_back_begins_anew() -> None:
    settled = Settled(0.4)
    settled.note(found(), tracks(100.0), still())
    settled.note(found(), tracks(5.0), still())

    assert not settled.at(5.5)
    assert settled.at(5.0 + SETTLED_S_MIN)
