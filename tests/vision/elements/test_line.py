"""What a line tells of an interval."""

from tallypost.domain.figures.lines import LineFigures, LinePassages
from tallypost.domain.vision import Size, Tracks
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.line import LineElement
from tallypost.vision.elements.observer import told_apart
from tests.vision.counting.scenes import SCENE, Way, steps, tracks

CLASSES = ("person", "car")
UP, DOWN = (500.0, 350.0), (500.0, 650.0)
JUST_BEYOND = (500.0, 508.0)


def figures(way: Way) -> LineFigures:
    element = LineElement("gate")
    counter = LineCounter(name="gate", start=(0.0, 0.5), end=(1.0, 0.5))
    for look in tracks({1: way}):
        element.update(glance(counter, look, SCENE))
    return element.take(60.0)


def glance(counter: LineCounter, look: Tracks, scene: Size) -> Glance:
    crossings, passages = told_apart(counter.update(look, scene))
    return Glance(
        tracks=look,
        scene=scene,
        classes=CLASSES,
        crossings=crossings,
        passages=passages,
    )


def test_one_who_crosses_has_passed_as_well() -> None:
    told = figures(steps(UP, DOWN))

    assert told.forward == {"person": 1}
    assert told.actual == LinePassages(forward={"person": 1})


def test_one_who_turns_back_at_once_has_passed_twice_and_crossed_never() -> None:
    told = figures(steps(UP, JUST_BEYOND, UP))

    assert told.forward == told.backward == {}
    assert told.actual == LinePassages(forward={"person": 1}, backward={"person": 1})


def test_an_interval_that_was_taken_leaves_nothing_to_the_next() -> None:
    element = LineElement("gate")
    counter = LineCounter(name="gate", start=(0.0, 0.5), end=(1.0, 0.5))
    for look in tracks({1: steps(UP, DOWN)}):
        element.update(glance(counter, look, SCENE))
    element.take(60.0)

    assert element.take(60.0) == LineFigures(actual=LinePassages())


def test_a_crossing_of_another_line_is_none_of_its_own() -> None:
    element = LineElement("ramp")
    counter = LineCounter(name="gate", start=(0.0, 0.5), end=(1.0, 0.5))
    for look in tracks({1: steps(UP, DOWN)}):
        element.update(glance(counter, look, SCENE))

    assert element.take(60.0).forward == {}
