"""The filter, held against its textbook and against motion that is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.vision.tracking.kalman import Motion, boxes_of, deviations

BOX = np.array([[100.0, 50.0, 140.0, 150.0]])


def test_a_new_box_stands_where_it_was_seen() -> None:
    assert boxes_of(Motion().begin(BOX)) == pytest.approx(BOX)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6))
def test_many_small_steps_foretell_what_one_big_step_does(steps: list[float]) -> None:
    motion = Motion()
    apart = motion.correct(motion.begin(BOX), BOX + 3)
    once = apart.copy()
    # The noise is in sizes of the box: hold the size still to compare.
    apart[:, 6:8] = once[:, 6:8] = 0
    for step_s in steps:
        motion.predict(apart, step_s)
    motion.predict(once, sum(steps))
    assert apart == pytest.approx(once, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rate_hz", [2, 5, 10, 25])
def test_a_steady_walk_is_foretold_at_any_rate(rate_hz: int) -> None:
    motion = Motion()
    speed = np.array([30.0, 10.0, 30.0, 10.0])
    states = motion.begin(BOX)
    for look in range(1, 8 * rate_hz):
        motion.predict(states, 1 / rate_hz)
        states = motion.correct(states, BOX + speed * look / rate_hz)
    assert states[0, 4:6] == pytest.approx(speed[:2], abs=0.5)


def test_doubt_grows_with_time_and_falls_with_a_look() -> None:
    motion = Motion()
    states = motion.begin(BOX)
    before = deviations(states).copy()
    motion.predict(states, 0.5)
    assert (deviations(states) > before).all()
    assert (deviations(motion.correct(states, BOX)) < deviations(states)).all()


def test_the_correction_is_the_textbook_one() -> None:
    motion = Motion(measurement_share=0.1, speed_share=1.0, jerk_share=0.0)
    states = motion.begin(BOX)
    motion.predict(states, 1.0)
    prior = np.array([[states[0, 8], states[0, 12]], [states[0, 12], states[0, 16]]])
    noise = (0.1 * np.sqrt(40 * 100)) ** 2
    gain = prior[:, 0] / (prior[0, 0] + noise)
    posterior = prior - np.outer(gain, prior[0])
    corrected = motion.correct(states, BOX + 8)[0]
    assert corrected[[0, 4]] == pytest.approx([120 + gain[0] * 8, gain[1] * 8])
    assert corrected[[8, 12, 16]] == pytest.approx(posterior[[0, 0, 1], [0, 1, 1]])


def test_a_shrinking_box_never_turns_inside_out() -> None:
    motion = Motion()
    states = motion.begin(BOX)
    states[:, 6:8] = -1000
    motion.predict(states, 1.0)
    low, high = boxes_of(states)[0, :2], boxes_of(states)[0, 2:]
    assert (high > low).all()


def test_a_cut_edge_moves_the_middle_less_than_a_step_does() -> None:
    motion = Motion()
    states = motion.begin(BOX)
    motion.predict(states, 0.1)
    stepped = motion.correct(states, BOX + np.array([10, 0, 10, 0]))
    cut = motion.correct(states, BOX + np.array([20, 0, 0, 0]))
    assert 0 < cut[0, 0] - states[0, 0] < 0.9 * (stepped[0, 0] - states[0, 0])
    assert cut[0, 1] == stepped[0, 1]


@pytest.mark.parametrize("rate_hz", [10, 25])
def test_who_walks_behind_a_van_does_not_slow_down(rate_hz: int) -> None:
    motion = Motion()
    van = 340.0
    states = motion.begin(BOX)
    for look in range(1, 10 * rate_hz):
        seen = BOX + np.array([60.0, 0.0, 60.0, 0.0]) * look / rate_hz
        if seen[0, 0] > van - 12:
            break
        if seen[0, 2] > van + 16:  # told whole until less than 0.6 of it is seen
            seen[0, 2] = van
        motion.predict(states, 1 / rate_hz)
        states = motion.correct(states, seen)
    assert states[0, 4] > 0.72 * 60


def test_the_speed_of_a_car_that_comes_into_sight_is_told_by_its_front() -> None:
    """Its end is not seen yet; half of its speed is known after two steps."""
    motion, step_s, speed_px = Motion(), 0.04, 1500.0
    states = motion.begin(np.array([[0.0, 500, 60, 590]]))
    for front in (120.0, 180.0):
        motion.predict(states, step_s)
        states = motion.correct(states, np.array([[0.0, 500, front, 590]]))
    assert 0.4 * speed_px < states[0, 4] < 1.2 * speed_px


def test_who_is_known_well_is_no_faster_for_being_seen_longer() -> None:
    """A neighbour's edge was taken for its own."""
    motion, step_s = Motion(), 0.04
    states = motion.begin(np.array([[100.0, 500, 160, 590]]))
    for _ in range(25):
        motion.predict(states, step_s)
        states = motion.correct(states, np.array([[100.0, 500, 160, 590]]))
    motion.predict(states, step_s)
    states = motion.correct(states, np.array([[100.0, 500, 220, 590]]))
    assert abs(states[0, 4]) < 100
