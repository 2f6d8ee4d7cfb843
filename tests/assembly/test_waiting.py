"""From drawn car parks and queues to the JSON of their record."""

from collections.abc import Iterator

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.settings.site import Site
from tests.assembly.records import RATE_HZ, record

CLASSES = ("person", "car")
PARK = {
    "name": "north",
    "by_space": True,
    "stay_max_s": 3600.0,
    "free_after_s": 5.0,
    "rows": [
        {
            "name": "A",
            "corners": [[0.2, 0.6], [0.5, 0.6], [0.5, 0.5], [0.2, 0.5]],
            "count": 3,
        }
    ],
}
QUEUE = {
    "name": "till",
    "polygon": [[0.2, 0.7], [0.8, 0.7], [0.8, 0.95], [0.2, 0.95]],
    "front": [[0.8, 0.7], [0.8, 0.95]],
    "classes": ["person"],
}
CALIBRATION = {
    "corners": [[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]],
    "width_m": 20.0,
    "length_m": 20.0,
}
SITE = Site.model_validate(
    {
        "car_parks": [PARK],
        "queues": [QUEUE],
        "calibration": CALIBRATION,
        "privacy": {"profile": "open"},
    }
)


def found() -> Iterator[Detections]:
    """A car parks on the second space; somebody waits for twenty seconds."""
    for look in range(45 * RATE_HZ):
        time_s = look / RATE_HZ
        aside = np.interp(time_s, [8, 14], [400, 0])
        away = np.interp(time_s, [30, 34], [0, 200])
        boxes = [[305 + aside, 460, 395 + aside, 590]]
        boxes += [[680 + away, 710, 720 + away, 800]]
        yield Detections(
            np.array(boxes, np.float32),
            np.full(2, 0.9, np.float32),
            np.array([1, 0], np.int64),
        )


def test_what_is_drawn_is_in_the_record() -> None:
    told = record(SITE, found(), CLASSES)

    park, queue = told["car_parks"]["north"], told["queues"]["till"]
    assert (park["spaces"], park["occupied"], park["free"]) == (3, 1, 2)
    assert (park["arrivals"], park["departures"], park["overstays"]) == (1, 0, 0)
    assert park["by_space"]["A2"]["state"] == "occupied"
    assert park["by_space"]["A2"]["occupied_s"] == pytest.approx(20, abs=6)
    assert park["by_space"]["A1"] == {
        "state": "free",
        "arrivals": 0,
        "departures": 0,
        "occupied_s": 0.0,
        "overstay": False,
    }
    assert (queue["joined"], queue["served"], queue["left"]) == (1, 1, 0)
    assert queue["wait_mean_s"] == pytest.approx(32, abs=2)
    assert queue["length_max_m"] == pytest.approx(2.2, abs=0.3)


def test_a_site_without_a_ground_tells_no_metres() -> None:
    site = SITE.model_copy(update={"calibration": None})

    queue = record(site, found(), CLASSES)["queues"]["till"]

    assert queue["served"] == 1
    assert "length_max_m" not in queue
