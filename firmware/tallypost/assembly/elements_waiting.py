"""From what a site draws of car parks and queues to what watches them."""

from collections.abc import Iterable

import numpy as np

from tallypost.assembly.ground import place_m
from tallypost.geometry import divided
from tallypost.settings.elements.car_park import CarPark
from tallypost.settings.elements.queue import Queue
from tallypost.vision.elements.car_park import CarParkElement
from tallypost.vision.elements.ground import Ground
from tallypost.vision.elements.occupancy import Patience
from tallypost.vision.elements.queue import QueueElement
from tallypost.vision.elements.waiters import Waiters

Corners = Iterable[tuple[float, float]]


def car_park(park: CarPark, classes: frozenset[int] | None) -> CarParkElement:
    """Return what watches a car park.

    Args:
        park: As it is drawn.
        classes: Which of the detector's classes count; None for all.
    """
    return CarParkElement(
        name=park.name,
        spaces=dict(zip(park.parts, _polygons(park), strict=True)),
        classes=classes,
        patience=Patience(
            taken_after_s=park.taken_after_s, free_after_s=park.free_after_s
        ),
        stay_max_s=park.stay_max_s,
        by_space=park.by_space,
    )


def _polygons(park: CarPark) -> list[Corners]:
    """Return the corners of all spaces, in the order of the park's parts."""
    rows: list[Corners] = [
        [(float(x), float(y)) for x, y in space]
        for row in park.rows
        for space in divided(np.array(row.corners), row.count)
    ]
    return [*rows, *(space.polygon for space in park.spaces)]


def queue(
    drawn: Queue, classes: frozenset[int] | None, ground: Ground | None
) -> QueueElement:
    """Return what watches a queue.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes count; None for all.
        ground: As the camera sees it; None where it is not calibrated.
    """
    return QueueElement(
        name=drawn.name,
        waiters=Waiters(
            polygon=drawn.polygon,
            front=drawn.front,
            classes=classes,
            anchor=drawn.anchor,
            still_after_s=drawn.still_after_s,
        ),
        long_from=drawn.long_from,
        front_m=None if ground is None else place_m(ground, drawn.front),
    )
