"""How well traffic flows on a stretch of road, and when it no longer does."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.words import Grade
from tallypost.vision.elements.approach import ApproachElement
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.congestion import Congestion
from tallypost.vision.elements.traffic import Traffic
from tallypost.vision.elements.traffic_service import grade
from tests.vision.counting.scenes import Place, Way
from tests.vision.elements.observed import BICYCLE, CAR, PERSON, observed, watch

ROAD = ((0.2, 0.4), (0.8, 0.4), (0.8, 0.6), (0.2, 0.6))
EASTWARD = ((0.2, 0.5), (0.8, 0.5))
LENGTH_M = 30.0


def element(
    *,
    direction: tuple[tuple[float, float], ...] | None = None,
    free_flow_kmh: float | None = None,
    after_s: float = 60.0,
    count_min: int = 1,
) -> ApproachElement:
    return ApproachElement(
        name="north",
        traffic=Traffic(
            polygon=ROAD, direction=direction, classes=frozenset({CAR, BICYCLE})
        ),
        congestion=Congestion(below=0.4, after_s=after_s, count_min=count_min),
        free_flow_kmh=free_flow_kmh,
        length_m=LENGTH_M,
    )


def drive(speed_kmh: float, *, begins_s: float = 0.0, look_s: float = 0.1) -> Way:
    way: list[Place] = [None] * round(begins_s / look_s)
    step_px = speed_kmh / 3.6 * 20.0 * look_s
    return way + [(float(x), 500.0) for x in np.arange(30.0, 970.0, step_px)]


def stand(x: float, seconds: float, look_s: float = 0.1) -> Way:
    return [(x, 500.0)] * round(seconds / look_s)


def cars(ways: Mapping[int, Way], look_s: float = 0.1) -> Iterator[Glance]:
    return observed(ways, class_ids=dict.fromkeys(ways, CAR), look_s=look_s)


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_free_traffic_has_its_speed_its_density_and_an_a(rate_hz: float) -> None:
    look_s = 1 / rate_hz
    ways = {
        one: drive(27, begins_s=begins, look_s=look_s)
        for one, begins in enumerate((0, 3, 6), 1)
    }

    told, signs = watch(element(free_flow_kmh=30), cars(ways, look_s), look_s)

    assert signs == []
    assert told.flow == {"car": 3}
    assert told.speed_mean_kmh == pytest.approx(27, abs=1)
    assert told.level is Grade.A
    assert told.stopped_max == 0
    assert told.congested_s == 0
    # Flow is density times speed. The last car needs 6.3 s from 6 s on; then 17 looks.
    flow_per_h = told.density_per_km * told.speed_mean_kmh
    watched_s = 12.3 + 17 * look_s
    assert flow_per_h == pytest.approx(3 / watched_s * 3600, rel=0.15)


def test_who_stands_makes_the_grade_worse_where_no_speed_is_known() -> None:
    way = [*drive(36)[:24], *stand(500.0, 20.0), *drive(36)[24:]]

    told, _ = watch(element(), cars({1: way}))

    assert told.stopped_max == 1
    assert told.level is Grade.F
    assert told.stopped_mean > 0


def test_of_who_stands_where_no_ground_is_known_no_speed_is_told() -> None:
    ways = {1: stand(500.0, 20.0)}
    glances = observed(ways, class_ids={1: CAR}, calibrated=False)

    told, _ = watch(element(), glances)

    assert told.stopped_max == 1
    assert told.speed_mean_kmh is None


def test_one_who_only_passes_makes_an_a_where_no_speed_is_known() -> None:
    told, _ = watch(element(), cars({1: drive(36)}))

    assert told.level is Grade.A


def test_where_nobody_was_there_is_no_grade() -> None:
    told, _ = watch(element(), observed({1: stand(500.0, 5.0)}, class_ids={1: PERSON}))

    assert told.level is None
    assert told.occupancy == 0
    assert told.flow == {}
    assert told.speed_mean_kmh is None


def test_who_goes_against_the_arrow_is_no_part_of_it() -> None:
    ways = {1: drive(36), 2: drive(36, begins_s=2)[::-1]}

    told, _ = watch(element(direction=EASTWARD), cars(ways))

    assert told.flow == {"car": 1}
    assert told.occupancy < 0.6


def test_who_is_hidden_for_a_moment_is_still_there() -> None:
    seen = stand(500.0, 10.0)
    blinking: Way = [
        place if number % 10 < 5 else None for number, place in enumerate(seen)
    ]

    steady, _ = watch(element(), cars({1: seen}))
    hidden, _ = watch(element(), cars({1: blinking}))

    assert hidden.occupancy == pytest.approx(steady.occupancy, rel=0.1)
    assert hidden.flow == {"car": 1}


def test_a_red_light_is_no_congestion_and_a_long_jam_is() -> None:
    def signs(seconds: float) -> list[tuple[AlertKind, AlertState]]:
        ways = {1: stand(400.0, seconds), 2: stand(600.0, seconds)}
        _, told = watch(element(after_s=30.0), cars(ways))
        return [(each.kind, each.state) for each in told]

    assert signs(20.0) == []
    assert signs(60.0) == [(AlertKind.CONGESTION, AlertState.BEGUN)]


def play(seconds: float, count: float, free: float, of: Congestion) -> list[bool]:
    """Return what is told at each turn, second by second."""
    told = []
    for _ in range(round(seconds)):
        of.elapse(1.0, count, free)
        if of.turned():
            told.append(of.is_congested)
    return told


def test_congestion_begins_once_and_ends_once() -> None:
    road = Congestion(below=0.4, after_s=60, count_min=3)

    assert play(300, 5, 5.0, road) == []
    assert play(300, 8, 0.8, road) == [True]
    assert play(300, 5, 5.0, road) == [False]


def test_traffic_at_the_limit_does_not_flap() -> None:
    road = Congestion(below=0.4, after_s=60, count_min=3)
    turns = []
    for number in range(40):
        turns += play(20, 5, 1.9 if number % 2 else 2.1, road)

    assert len(turns) <= 1


def test_few_vehicles_are_no_congestion() -> None:
    assert play(600, 2, 0.0, Congestion(below=0.4, after_s=60, count_min=3)) == []


def test_a_light_that_lets_all_go_is_none_and_one_that_does_not_is() -> None:
    def cycles(green_s: float, count: float) -> list[bool]:
        road = Congestion(below=0.4, after_s=180, count_min=3)
        turns = []
        for _ in range(12):
            turns += play(90 - green_s, count, 0.0, road)
            turns += play(green_s, count, count * 0.9, road)
        return turns

    assert cycles(60, 5) == []
    assert cycles(20, 8) == [True]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.81, Grade.A),
        (0.80, Grade.B),
        (0.68, Grade.B),
        (0.67, Grade.C),
        (0.50, Grade.D),
        (0.40, Grade.E),
        (0.30, Grade.F),
        (0.0, Grade.F),
        (1.3, Grade.A),
    ],
)
def test_grades_are_those_of_the_manual(share: float, expected: Grade) -> None:
    assert grade(share) is expected
