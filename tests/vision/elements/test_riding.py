"""A cyclist is one road user: in a queue, on a map, in a conflict."""

import pytest

from tallypost.vision.elements.conflict import ConflictElement
from tallypost.vision.elements.heat_map import HeatMapElement
from tallypost.vision.elements.queue import QueueElement
from tallypost.vision.elements.waiters import Waiters
from tests.vision.counting.scenes import Way, steps
from tests.vision.elements.observed import BICYCLE, CAR, PERSON, observed, watch

RATES = pytest.mark.parametrize("rate_hz", [2, 5, 10, 25])
CLASS_IDS = {1: BICYCLE, 2: PERSON, 3: CAR}


def cyclist(bicycle: Way) -> dict[int, Way]:
    """Return a bicycle and who sits on it."""
    return {1: bicycle, 2: [place and (place[0], place[1] - 20) for place in bicycle]}


def ride(rate_hz: int) -> Way:
    """Six seconds from left to right."""
    return steps((50.0, 560.0), (950.0, 560.0), each=6 * rate_hz)


@RATES
def test_a_cyclist_who_waits_is_one_who_waits(rate_hz: int) -> None:
    polygon = ((0.2, 0.3), (0.8, 0.3), (0.8, 0.7), (0.2, 0.7))
    element = QueueElement(
        name="lights",
        waiters=Waiters(
            polygon=polygon,
            front=((0.8, 0.3), (0.8, 0.7)),
            classes=None,
            anchor="ground",
            still_after_s=2.0,
        ),
    )
    comes = steps((50.0, 500.0), (700.0, 500.0), each=4 * rate_hz)
    waits: Way = [(700.0, 500.0)] * (20 * rate_hz)
    goes = steps((700.0, 500.0), (950.0, 500.0), each=2 * rate_hz)
    ways = cyclist([*comes, *waits, *goes])

    told, _ = watch(
        element, observed(ways, class_ids=CLASS_IDS, look_s=1 / rate_hz), 1 / rate_hz
    )

    assert (told.length_max, told.joined, told.served, told.left) == (1, 1, 1, 0)


@RATES
def test_a_cyclist_before_a_car_is_one_conflict(rate_hz: int) -> None:
    element = ConflictElement(
        name="crossing",
        polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)),
        pairs={"bicycle+car": (BICYCLE, CAR), "person+car": (PERSON, CAR)},
        pet_max_s=3.0,
    )
    car: Way = [None] * rate_hz + steps(
        (500.0, 100.0), (500.0, 950.0), each=6 * rate_hz
    )
    ways = cyclist(ride(rate_hz)) | {3: car}

    told, _ = watch(
        element, observed(ways, class_ids=CLASS_IDS, look_s=1 / rate_hz), 1 / rate_hz
    )

    assert {name: pair.count for name, pair in told.pairs.items()} == {"bicycle+car": 1}


@RATES
def test_a_cyclist_is_one_object_in_every_cell_also_in_the_first(rate_hz: int) -> None:
    element = HeatMapElement(name="square", columns=4, rows=4)

    told, _ = watch(
        element,
        observed(cyclist(ride(rate_hz)), class_ids=CLASS_IDS, look_s=1 / rate_hz),
        1 / rate_hz,
    )

    assert set(told.objects.values()) == {1}
