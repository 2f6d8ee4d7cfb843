"""What models are held against on footage that somebody counted by eye."""

import numpy as np
import pytest

from scripts.benchmarks.by_eye import BY_EYE, SLOW_HZ, ByEye, Looks, counted, slower
from tallypost.domain.vision import Detections, Size

SCENE = Size(800, 600)


def walk(start: tuple[float, float], end: tuple[float, float]) -> Looks:
    """Return looks at one object of 60 x 90 whose foot goes from here to there."""
    times_s = np.arange(60) / 20.0
    feet = np.linspace(start, end, 60) * SCENE
    found = [
        Detections(
            np.array([[x - 30, y - 90, x + 30, y]], np.float32),
            np.array([0.9], np.float32),
            np.zeros(1, np.int64),
        )
        for x, y in feet
    ]
    return found, times_s.tolist(), SCENE


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        pytest.param(BY_EYE[0], (0.5, 0.9), (0.98, 0.95), id="who leaves the room"),
        pytest.param(BY_EYE[1], (0.19, 0.33), (0.7, 0.85), id="the cyclist, eastward"),
        pytest.param(BY_EYE[1], (0.19, 0.26), (0.58, 0.46), id="the white car"),
        pytest.param(BY_EYE[2], (0.19, 0.33), (0.7, 0.85), id="the cyclist, downward"),
    ],
)
def test_the_way_that_was_seen_is_forward(
    asked: ByEye, start: tuple[float, float], end: tuple[float, float]
) -> None:
    for told in (walk(start, end), slower(walk(start, end))):
        assert counted(told, asked.line, ("thing",), 0.4) == {"thing": (1, 0)}
    assert counted(walk(end, start), asked.line, ("thing",), 0.4) == {"thing": (0, 1)}


def test_the_white_car_stays_above_the_level_line() -> None:
    told = walk((0.19, 0.26), (0.58, 0.46))
    assert counted(told, BY_EYE[2].line, ("thing",), 0.4) == {"thing": (0, 0)}


def test_at_a_lower_rate_fewer_frames_are_looked_at() -> None:
    found, times_s, _ = slower(walk((0, 0.5), (1, 0.5)))
    assert len(found) == len(times_s) == 15
    assert np.diff(times_s) == pytest.approx(1 / SLOW_HZ)


def test_lines_lie_on_the_picture_and_every_truth_says_how_sure_it_is() -> None:
    for asked in BY_EYE:
        assert np.clip(asked.line, 0, 1).tolist() == np.array(asked.line).tolist()
        assert asked.truth
        assert asked.sure
