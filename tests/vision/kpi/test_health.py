"""How the camera fared is part of every interval in which somebody judged it."""

import pytest

from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust, Interval
from tallypost.domain.vision import Condition, Fault
from tallypost.domain.words import Light
from tallypost.vision.kpi.window import BLIND_S_MIN, Arrival, Moment, Window

WELL = Condition(Light.DAY, frozenset(), trustworthy=True)


def moment(time_s: float) -> Moment:
    utc_s = 1_700_000_040.0 + time_s
    return Moment(time_s, utc_s, ClockReading(ClockTrust.SYNCED, 0.01))


def bad(*faults: Fault, light: Light = Light.DAY) -> Condition:
    return Condition(light, frozenset(faults), trustworthy=False)


def window() -> Window:
    return Window(interval_s=60.0, gatherers={"lines": []})


def watch(
    target: Window, first_s: float, last_s: float, condition: Condition | None
) -> list[Interval]:
    """Show a frame a second, the last one left out."""
    closed = []
    for second in range(round(first_s), round(last_s)):
        closed += target.look(moment(second), Arrival(condition=condition))
    return closed


def test_a_fault_lasts_from_frame_to_frame_across_intervals() -> None:
    target = window()
    watch(target, 0, 50, WELL)
    [first] = watch(target, 50, 80, bad(Fault.COVERED))
    watch(target, 80, 120, WELL)
    [second] = target.finish()

    assert first.quality.camera_covered_s == pytest.approx(10.0)
    assert first.quality.observed_s == pytest.approx(49.0)
    assert first.quality.frames == 50
    assert second.quality.camera_covered_s == pytest.approx(20.0)
    assert second.quality.observed_s == pytest.approx(39.0)
    assert second.quality.frames == 40


def test_an_interval_that_nobody_could_watch_has_no_figures() -> None:
    target = window()
    [first] = watch(target, 0, 61, bad(Fault.MOVED))

    assert first.lines == {}
    assert first.quality.frames == 0
    assert first.quality.observed_s == 0.0
    assert first.quality.camera_moved is True


def test_a_fault_that_lets_count_on_takes_no_time_away() -> None:
    target = window()
    soft = Condition(Light.DAY, frozenset((Fault.DEFOCUSED, Fault.DIRTY)), True)
    [first] = watch(target, 0, 61, soft)

    assert first.quality.observed_s == pytest.approx(60.0)
    assert first.quality.camera_defocused_s == pytest.approx(60.0)
    assert first.quality.camera_dirty is True
    assert first.quality.camera_moved is False


def test_light_is_that_of_most_of_the_time() -> None:
    target = window()
    watch(target, 0, 20, Condition(Light.NIGHT, frozenset(), True))
    [first] = watch(target, 20, 61, Condition(Light.DUSK, frozenset(), True))

    assert first.quality.light is Light.DUSK


def test_a_silent_camera_is_not_judged() -> None:
    target = window()
    watch(target, 0, 30, bad(Fault.DARK))
    closed = []
    for second in range(30, 200):
        closed += target.idle(moment(second + BLIND_S_MIN))
    first, second_, _ = closed

    assert first.quality.camera_dark_s == pytest.approx(29.0)
    assert second_.quality.camera_dark_s is None
    assert second_.quality.light is None


def test_nobody_judges_where_detections_are_played() -> None:
    target = window()
    [first] = watch(target, 0, 61, None)

    assert first.quality.camera_moved is None
    assert first.quality.frames_rested is None
    assert first.quality.observed_s == pytest.approx(60.0)


def test_what_needs_a_comparison_is_absent_until_there_is_one() -> None:
    target = window()
    new = Condition(Light.DAY, frozenset(), trustworthy=True, compared=False)
    [first] = watch(target, 0, 61, new)
    [second] = watch(target, 61, 121, WELL)

    assert first.quality.camera_moved is None
    assert first.quality.camera_defocused_s is None
    assert first.quality.camera_dirty is None
    assert first.quality.camera_covered_s == 0.0
    assert second.quality.camera_moved is False
