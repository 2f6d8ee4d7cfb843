"""From a drawn crossing to the near miss in the record."""

from collections.abc import Iterator

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.settings.site import Site
from tests.assembly.records import RATE_HZ, record

SITE = Site(
    conflicts=(
        {  # type: ignore[arg-type]
            "name": "crossing",
            "polygon": [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]],
            "pairs": [["bicycle", "car"]],
        },
    )
)


def crossing(gap_s: float) -> Iterator[Detections]:
    """A bicycle to the right, then a car downward, over the middle of the picture."""
    for look in range(10 * RATE_HZ):
        time_s = look / RATE_HZ
        bicycle = [500 + 100 * (time_s - 4), 500]
        car = [500, 500 + 100 * (time_s - 4 - gap_s)]
        boxes = [[x - 40, y - 60, x + 40, y] for x, y in (bicycle, car)]
        yield Detections(
            np.array(boxes, np.float32),
            np.full(2, 0.9, np.float32),
            np.array([0, 1], np.int64),
        )


def test_a_car_that_comes_soon_after_a_bicycle_is_in_the_record() -> None:
    found = record(SITE, crossing(2.0), ("bicycle", "car"))["conflicts"]["crossing"]

    # The bicycle needs 0.8 s to leave, the car arrives 0.4 s before its middle does.
    pair = found["pairs"]["bicycle+car"]
    assert (pair["count"], pair["serious"]) == (1, 1)
    assert pair["pet_min_s"] == pytest.approx(0.8, abs=0.1)


def test_a_car_that_comes_much_later_is_not() -> None:
    found = record(SITE, crossing(5.0), ("bicycle", "car"))["conflicts"]["crossing"]

    assert found == {"pairs": {}}
