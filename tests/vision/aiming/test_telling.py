"""What else is told to who aims: boxes, passages, and how well the camera sees."""

from collections.abc import Sequence

import numpy as np
import pytest

from tallypost.domain.aiming import (
    BOX_STEPS,
    BOXES_EVERY_S,
    BOXES_MAX,
    EVENTS_PER_MINUTE,
    SIGHT_EVERY_S,
    Aimed,
    Box,
    Boxes,
    Passed,
    Sight,
    Sketch,
)
from tallypost.domain.ration import Ration
from tallypost.domain.vision import Pixels
from tallypost.vision.aiming.sharpness import BLUR_COLUMNS, sharpness
from tallypost.vision.aiming.spectacle import Spectacle, light
from tallypost.vision.aiming.witness import Witness
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.observer import told_apart
from tests.vision.aiming.world import NOBODY, SCENE, frames
from tests.vision.counting.scenes import SCENE as SQUARE
from tests.vision.counting.scenes import Way, steps, tracks

CLASSES = ("person", "car")
UP, DOWN = (500.0, 350.0), (500.0, 650.0)
LOWER_HALF = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))
AHEAD_S = 1000.0
"""This machine's clock is so far ahead of the footage's."""


def told(ways: dict[int, Way]) -> list[Aimed]:
    """What a witness of a line and a zone tells of somebody's way."""
    counter = LineCounter(name="gate", start=(0.0, 0.5), end=(1.0, 0.5))
    unwatched = LineCounter(name="ramp", start=(0.0, 0.5), end=(1.0, 0.5))
    zone = ZoneCounter(name="square", polygon=LOWER_HALF)
    witness = Witness(["gate"], [zone])
    heard = []
    for look in tracks(ways):
        events = [*counter.update(look, SQUARE), *unwatched.update(look, SQUARE)]
        crossings, _ = told_apart(events)
        glance = Glance(tracks=look, scene=SQUARE, classes=CLASSES, crossings=crossings)
        heard += witness.look(glance, AHEAD_S + look.time_s)
    return heard


def passed(heard: Sequence[Aimed]) -> list[tuple[str, str, str]]:
    return [
        (each.collection, each.element, each.direction)
        for each in heard
        if isinstance(each, Passed)
    ]


def test_who_crosses_a_line_and_comes_into_a_zone_is_told_once_of_each() -> None:
    assert sorted(passed(told({1: steps(UP, DOWN)}))) == [
        ("lines", "gate", "forward"),
        ("zones", "square", "in"),
        ("zones", "square", "out"),  # given up inside
    ]


def test_it_is_told_when_somebody_was_on_the_line_by_this_machines_clock() -> None:
    [crossing] = [
        each
        for each in told({1: steps(UP, DOWN)})
        if isinstance(each, Passed) and each.collection == "lines"
    ]

    assert crossing.class_name == "person"
    assert crossing.at_monotonic_s == pytest.approx(AHEAD_S + 0.5, abs=0.1)


def test_boxes_are_coarse_and_not_told_too_often() -> None:
    boxes = [each for each in told({1: steps(UP, DOWN)}) if isinstance(each, Boxes)]
    times_s = [each.at_monotonic_s for each in boxes]

    assert min(np.diff(times_s)) >= BOXES_EVERY_S
    assert any(each.boxes for each in boxes)
    for box in (box for each in boxes for box in each.boxes):
        for side in (box.x1, box.y1, box.x2, box.y2):
            assert 0 <= side <= 1
            assert side * BOX_STEPS == int(side * BOX_STEPS)


def test_of_a_crowd_the_largest_boxes_are_told() -> None:
    ways: dict[int, Way] = {
        number: [(20.0 + 25 * number, 500.0)] * 10 for number in range(BOXES_MAX + 9)
    }
    crowds = [each for each in told(ways) if isinstance(each, Boxes)]

    assert max(len(each.boxes) for each in crowds) == BOXES_MAX
    assert Box("person", 0.0, 0.0, 0.0, 0.0) not in crowds[0].boxes


def test_so_many_may_be_told_in_a_minute_and_no_more() -> None:
    ration = Ration(EVENTS_PER_MINUTE)
    within = sum(ration.spend(0.0) for _ in range(1000))
    later = sum(ration.spend(60.0) for _ in range(1000))
    never_more = sum(ration.spend(3600.0) for _ in range(1000))

    assert within == later == never_more == EVENTS_PER_MINUTE


def test_what_zones_tell_of_leaves_half_for_the_lines() -> None:
    ration = Ration(EVENTS_PER_MINUTE)
    zones = sum(ration.spend(0.0, spare=EVENTS_PER_MINUTE / 2) for _ in range(1000))
    lines = sum(ration.spend(0.0) for _ in range(1000))

    assert zones == lines == EVENTS_PER_MINUTE / 2


def scene(seed: int = 0) -> Pixels:
    """Something with edges in all directions."""
    random = np.random.default_rng(seed)
    pixels = np.full((180, 320, 3), 90, np.uint8)
    for _ in range(60):
        x, y = random.integers(0, 300), random.integers(0, 160)
        wide, high = random.integers(3, 60, 2)
        pixels[y : y + high, x : x + wide] = random.integers(0, 255)
    return pixels


def blurred(pixels: Pixels, radius: int) -> Pixels:
    values = pixels.astype(np.float64)
    for _ in range(3):
        values = np.mean([np.roll(values, k, 1) for k in range(-radius, radius + 1)], 0)
    return values.astype(np.uint8)


def test_the_more_it_is_out_of_focus_the_less_sharp_it_is() -> None:
    measured = [sharpness(blurred(scene(), radius)) for radius in (0, 1, 2, 4)]

    assert measured == sorted(measured, reverse=True)
    assert measured[0] == 1.0
    assert measured[1] < 0.95
    assert measured[-1] < 0.2


def test_what_shows_nothing_is_not_sharp() -> None:
    assert sharpness(np.full((180, 320, 3), 77, np.uint8)) == 0.0
    assert sharpness(np.zeros((1, BLUR_COLUMNS, 3), np.uint8)) == 0.0


def test_light_is_what_the_picture_has() -> None:
    assert light(np.full((90, 160, 3), 255, np.uint8)) == pytest.approx(1.0, abs=0.01)
    assert light(np.zeros((90, 160, 3), np.uint8)) == 0.0


def spectacle() -> Spectacle:
    return Spectacle(Witness([], []))


def test_who_aims_is_told_how_well_the_camera_sees_once_a_second() -> None:
    shown = spectacle()
    for time_s, pixels in frames():
        shown.look(pixels, NOBODY, SCENE, time_s)
    sights = [each for each in shown.take() if isinstance(each, Sight)]

    assert min(np.diff([each.at_monotonic_s for each in sights])) >= SIGHT_EVERY_S
    assert sights[-1].rate_hz == pytest.approx(4.0, abs=0.2)
    assert 0 < sights[-1].light < 1
    assert shown.take() == []


def test_a_camera_that_cannot_be_trusted_is_sketched_anew() -> None:
    shown = spectacle()
    for time_s, pixels in frames():
        shown.look(pixels, NOBODY if time_s < 11.5 else None, SCENE, time_s)
    sketches = [each for each in shown.take() if isinstance(each, Sketch)]
    assert any(sketches[-1].cells)
    for time_s, pixels in frames(lasts_s=4.0):
        shown.look(pixels, NOBODY, SCENE, 20.0 + time_s)

    assert not any(any(each.cells) for each in shown.take() if isinstance(each, Sketch))
