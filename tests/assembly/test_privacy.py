"""From a site's profile to the record: what is small does not leave."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tallypost.assembly.privacy import veil
from tallypost.domain.vision import Detections
from tallypost.settings.privacy import Privacy
from tallypost.settings.site import Site
from tests.assembly.records import RATE_HZ, record

ZONE = {
    "name": "square",
    "polygon": [[0.3, 0.0], [0.7, 0.0], [0.7, 1.0], [0.3, 1.0]],
}
HEAT_MAP = {"name": "square", "columns": 10, "rows": 10}


def site(**privacy: object) -> Site:
    return Site(
        zones=(ZONE,),  # type: ignore[arg-type]
        heat_maps=(HEAT_MAP,),  # type: ignore[arg-type]
        privacy=Privacy(**privacy),  # type: ignore[arg-type]
    )


def walkers(count: int) -> Iterator[Detections]:
    """So many people abreast, from the left to the right in twenty seconds."""
    for look in range(20 * RATE_HZ):
        x = 1000.0 * look / (20 * RATE_HZ)
        y = 150.0 + 160.0 * np.arange(count)
        boxes = np.stack([0 * y + x - 20, y - 90, 0 * y + x + 20, y], axis=1)
        yield Detections(
            boxes.astype(np.float32),
            np.full(count, 0.9, np.float32),
            np.zeros(count, np.int64),
        )


def minute(drawn: Site, count: int) -> dict[str, Any]:
    """The record of a minute in which so many people walked by."""
    return record(drawn, walkers(count), ("person", "car"))


def test_two_who_pass_leave_counts_and_no_stays() -> None:
    zone = minute(site(), 2)["zones"]["square"]

    assert zone["exits"] == {"person": 2}
    assert "dwell_p50_s" not in zone
    assert zone["withheld"] == 1


def test_three_who_pass_leave_their_stays_too() -> None:
    zone = minute(site(), 3)["zones"]["square"]

    assert zone["dwell_p50_s"] == {"person": pytest.approx(8.0, abs=0.3)}
    assert zone["waiting_mean_s"] == {"person": 0.0}
    assert "withheld" not in zone


def test_an_open_site_tells_the_stay_of_one() -> None:
    zone = minute(site(profile="open"), 1)["zones"]["square"]

    assert zone["dwell_p50_s"] == {"person": pytest.approx(8.0, abs=0.3)}


def test_a_heat_map_tells_no_cell_of_a_single_way() -> None:
    heat_map = minute(site(profile="open"), 3)["heat_maps"]["square"]

    assert heat_map["objects"] == {}
    assert heat_map["withheld"] == pytest.approx(30, abs=3)
    assert heat_map["k"] == 3


def test_a_days_budget_is_shared_by_intervals_and_by_what_has_noise() -> None:
    two_maps = Site(
        heat_maps=(HEAT_MAP, HEAT_MAP | {"name": "other"}),  # type: ignore[arg-type]
        privacy=Privacy(epsilon_per_day=4.8),
    )
    noise = veil(two_maps, classes=("person",), interval_s=3600.0).noise

    assert noise is not None
    # 24 intervals, 2 maps: epsilon 0.1 each; one object marks 4 cells at most.
    assert noise.trips.scale == 10
    assert noise.cells.scale == Fraction(40)


def test_with_noise_the_record_tells_the_budget_and_a_floor() -> None:
    found = minute(site(epsilon_per_day=100.0), 3)

    assert found["quality"]["privacy_epsilon_per_day"] == 100.0
    assert found["heat_maps"]["square"]["k"] > 100
    assert found["heat_maps"]["square"]["stays_s"] == {}


JUNCTION = Site(
    lines=(
        {"name": "west", "start": [0.2, 0.0], "end": [0.2, 1.0]},  # type: ignore[arg-type]
        {"name": "east", "start": [0.8, 0.0], "end": [0.8, 1.0]},
    ),
    movements=({"name": "x", "gates": ["west", "east"], "classes": ["person"]},),  # type: ignore[arg-type]
)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (2, {"trips": {}, "k": 3, "withheld": 1}),
        (3, {"trips": {"west": {"east": {"person": 3}}}, "k": 3, "withheld": 0}),
    ],
)
def test_trips_of_few_stay_on_the_junction(count: int, told: dict[str, Any]) -> None:
    assert minute(JUNCTION, count)["movements"]["x"] == told


def test_every_combination_of_gates_and_named_classes_gets_noise() -> None:
    noisy = JUNCTION.model_copy(update={"privacy": Privacy(epsilon_per_day=1.0)})
    noise = veil(noisy, classes=("person", "car"), interval_s=60.0).noise

    assert noise is not None
    assert noise.combinations == {
        "x": [
            (origin, destination, "person")
            for origin in ("west", "east")
            for destination in ("west", "east")
        ]
    }
    assert minute(noisy, 3)["movements"]["x"]["k"] > 1000
