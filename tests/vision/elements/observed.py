"""What elements are told of hand-made ways by one who watches lines and speeds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.base import Element, Glance, Sign
from tallypost.vision.elements.ground import Ground
from tallypost.vision.elements.observer import Observer
from tallypost.vision.elements.speed import Speeds
from tests.vision.counting.scenes import LOOK_S, SCENE, Way, tracks

CLASSES = ("person", "bicycle", "car")
PERSON, BICYCLE, CAR = range(3)
METRES = 50.0
"""The picture shows a square of so many metres, straight from above: 20 pixels each."""
SPEED_MAX_KMH = (60.0, 60.0, 200.0)


def plan() -> Ground:
    """Return a ground that is seen straight from above."""
    corners = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
    return Ground(corners, [(x * METRES, y * METRES) for x, y in corners])


def gate(name: str, x: float) -> LineCounter:
    """Return a line down the picture; forward is to the right."""
    return LineCounter(name=name, start=(x, 1.0), end=(x, 0.0))


def observed(
    ways: Mapping[int, Way],
    lines: Sequence[LineCounter] = (),
    riders_at: Sequence[str] = (),
    *,
    calibrated: bool = True,
    **options: Any,
) -> Iterator[Glance]:
    """Yield what elements are shown of each look, speeds included if calibrated."""
    observer = Observer(
        lines=lines,
        classes=CLASSES,
        speeds=Speeds(plan(), SPEED_MAX_KMH) if calibrated else None,
        riders_at=riders_at,
    )
    for look in tracks(ways, **options):
        yield observer.look(look, SCENE)


def watch(
    element: Element, glances: Iterator[Glance], look_s: float = LOOK_S
) -> tuple[Any, list[Sign]]:
    """Return the figures and the signs of an element that was shown these glances."""
    signs: list[Sign] = []
    looks = 0
    for glance in glances:
        element.elapse(look_s if looks else 0.0)
        signs += element.update(glance)
        looks += 1
    return element.take((looks - 1) * look_s), signs
