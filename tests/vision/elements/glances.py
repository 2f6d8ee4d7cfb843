"""What elements see of hand-made ways, and the figures that they make of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tallypost.domain.alerts import AlertState
from tallypost.domain.vision import Tracks
from tallypost.vision.elements.base import Element, Glance, Sign
from tallypost.vision.elements.stillness import Stillness
from tests.vision.counting.scenes import LOOK_S, SCENE, Way, tracks

CLASSES = ("person", "bicycle", "car")


def glances(told: Iterable[Tracks]) -> Iterator[Glance]:
    """Yield what elements are shown of each look."""
    stillness = Stillness()
    for look in told:
        yield Glance(
            tracks=look,
            scene=SCENE,
            classes=CLASSES,
            still_s=stillness.update(look),
            stands=stillness.over,
        )


def watch(
    element: Element, ways: Mapping[int, Way], **options: Any
) -> tuple[Any, list[Sign]]:
    """Return the figures and the signs of an element that saw these ways.

    Args:
        element: What watches.
        ways: As `scenes.tracks` takes them.
        options: Of `scenes.tracks`.
    """
    look_s = options.get("look_s", LOOK_S)
    signs: list[Sign] = []
    looks = 0
    for glance in glances(tracks(ways, **options)):
        element.elapse(look_s if looks else 0.0)
        signs += element.update(glance)
        looks += 1
    return element.take((looks - 1) * look_s), signs


def told(
    element: Element, ways: Mapping[int, Way], **options: Any
) -> list[tuple[float, AlertState, str | None]]:
    """Return when an element said what, and of which class.

    Args:
        element: What watches.
        ways: As `scenes.tracks` takes them.
        options: Of `scenes.tracks`.
    """
    return [
        (round(glance.time_s, 3), sign.state, sign.label)
        for glance in glances(tracks(ways, **options))
        for sign in element.update(glance)
    ]
