"""What a line tells besides counts: speeds, headways, modes, riders left out."""

from collections.abc import Mapping

import numpy as np
import pytest

from tallypost.domain.figures.lines import LineFigures
from tallypost.vision.elements.headway import Headways
from tallypost.vision.elements.line import LineElement
from tallypost.vision.elements.modal_split import modal_split
from tallypost.vision.elements.speed_trap import SpeedTrap
from tests.vision.counting.scenes import Place, Way
from tests.vision.elements.observed import (
    BICYCLE,
    CAR,
    METRES,
    PERSON,
    gate,
    observed,
    watch,
)

PX_PER_M = 1000.0 / METRES


def drive(
    speed_kmh: float, *, begins_s: float = 0.0, look_s: float = 0.1, y: float = 500.0
) -> Way:
    """Return a way from left to right over the whole picture."""
    step_px = speed_kmh / 3.6 * PX_PER_M * look_s
    way: list[Place] = [None] * round(begins_s / look_s)
    return way + [(float(x), y) for x in np.arange(40.0, 960.0, step_px)]


def element() -> LineElement:
    return LineElement(
        "gate", headways=Headways(), speed_trap=SpeedTrap(), tells_modes=True
    )


def figures(
    ways: Mapping[int, Way],
    class_ids: Mapping[int, int],
    *,
    look_s: float = 0.1,
    confirmed_after: int = 1,
) -> LineFigures:
    told, signs = watch(
        element(),
        observed(
            ways,
            [gate("gate", 0.5)],
            class_ids=class_ids,
            look_s=look_s,
            confirmed_after=confirmed_after,
        ),
        look_s,
    )
    assert signs == []
    assert isinstance(told, LineFigures)
    return told


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_speeds_are_told_by_class_and_direction(rate_hz: float) -> None:
    look_s = 1 / rate_hz
    ways = {1: drive(30, look_s=look_s), 2: drive(18, look_s=look_s, y=700.0)[::-1]}

    speeds = figures(ways, {1: CAR, 2: BICYCLE}, look_s=look_s).speeds

    assert speeds is not None
    assert list(speeds.forward) == ["car"]
    assert speeds.forward["car"].count == 1
    assert speeds.forward["car"].p50_kmh == pytest.approx(30, abs=1.5)
    assert speeds.backward["bicycle"].p85_kmh == pytest.approx(18, abs=1.5)
    assert speeds.forward["car"].error_kmh is not None
    assert speeds.forward["car"].implausible is None


def test_an_absurd_speed_is_counted_apart_and_never_told() -> None:
    told = figures({1: drive(100), 2: drive(30, y=700.0)}, {1: PERSON, 2: CAR})

    assert told.forward == {"person": 1, "car": 1}
    assert told.speeds is not None
    assert told.speeds.forward["person"].count == 0
    assert told.speeds.forward["person"].implausible == 1
    assert told.speeds.forward["person"].p85_kmh is None
    assert told.speeds.forward["car"].count == 1


def test_a_speed_that_is_not_known_at_the_crossing_is_waited_for() -> None:
    # It is born just before the line: three looks are there only behind it.
    told = figures({1: drive(30)[25:]}, {1: CAR})

    assert told.forward == {"car": 1}
    assert told.speeds is not None
    assert told.speeds.forward["car"].count == 1


def test_headways_are_the_times_between_crossings_of_one_direction() -> None:
    ways = {one: drive(36, begins_s=begins) for one, begins in enumerate((0, 2, 5), 1)}
    ways[4] = drive(36, begins_s=1.0, y=800.0)[::-1]

    headways = figures(ways, dict.fromkeys(ways, CAR)).headways

    assert headways is not None
    assert headways.backward is None
    assert headways.forward is not None
    assert headways.forward.count == 2
    assert headways.forward.mean_s == pytest.approx(2.5, abs=0.01)
    assert headways.forward.p15_s == pytest.approx(2.0, abs=0.01)
    assert headways.forward.p85_s == pytest.approx(3.0, abs=0.01)


def test_a_headway_may_begin_in_the_interval_before() -> None:
    line = element()
    told = []
    ways = {1: drive(36), 2: drive(36, begins_s=10)}
    glances = observed(ways, [gate("gate", 0.5)], class_ids={1: CAR, 2: CAR})
    for number, glance in enumerate(glances):
        line.elapse(0.1)
        line.update(glance)
        if number == 70:
            told.append(line.take(7.0))
    told.append(line.take(7.0))

    assert told[0].headways is not None
    assert told[0].headways.forward is None
    assert told[1].headways is not None
    assert told[1].headways.forward is not None
    assert told[1].headways.forward.mean_s == pytest.approx(10.0, abs=0.01)


def test_nobody_knows_who_followed_over_time_that_was_not_watched() -> None:
    line = element()
    ways = {1: drive(36), 2: drive(36, begins_s=10), 3: drive(36, begins_s=12)}
    glances = observed(ways, [gate("gate", 0.5)], class_ids=dict.fromkeys(ways, CAR))
    for number, glance in enumerate(glances):
        if 60 < number < 95:
            continue
        line.elapse(0.0 if number == 95 else 0.1)
        line.update(glance)

    headways = line.take(20.0).headways

    assert headways is not None
    assert headways.forward is not None
    assert headways.forward.count == 1
    assert headways.forward.mean_s == pytest.approx(2.0, abs=0.01)


def test_modes_are_shares_of_all_who_cross_either_way() -> None:
    split = modal_split({"person": 2, "bicycle": 1, "car": 3, "bus": 1, "dog": 1})

    assert split.count == 8
    assert split.walking == 0.25
    assert split.cycling == 0.125
    assert split.private_motor == 0.375
    assert split.public_transport == 0.125
    assert split.goods == 0.0
    assert split.other == 0.125


def test_where_nobody_crosses_there_are_no_shares() -> None:
    split = modal_split({})

    assert split.count == 0
    assert split.walking is None


def riding() -> dict[int, Way]:
    """Return a bicycle, its rider, and one who walks."""
    bicycle = drive(15, y=500.0)
    rider: Way = [(x, y - 20) for x, y in filter(None, bicycle)]
    return {1: bicycle, 2: rider, 3: drive(5, y=800.0)}


def test_a_rider_crosses_as_the_vehicle_that_carries_him() -> None:
    told = figures(riding(), {1: BICYCLE, 2: PERSON, 3: PERSON})

    assert told.forward == {"bicycle": 1, "person": 1}
    assert told.actual is not None
    assert told.actual.forward == {"bicycle": 1, "person": 1}
    assert told.modal_split is not None
    assert told.modal_split.count == 2
    assert told.modal_split.cycling == 0.5
    assert told.headways is not None
    assert told.headways.forward is not None
    assert told.headways.forward.count == 1


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0])
@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.75])
def test_a_rider_first_told_of_beyond_the_line_crosses_as_the_vehicle(
    phase: float, rate_hz: float
) -> None:
    unconfirmed = int(np.ceil(0.25 * rate_hz))
    step_px = 300.0 / rate_hz
    begins = 500 - step_px * (unconfirmed - phase)
    bicycle = [(float(x), 500.0) for x in np.arange(begins, 960, step_px)]

    told = figures(
        {1: bicycle, 2: [(x, y - 20) for x, y in bicycle]},
        {1: BICYCLE, 2: PERSON},
        look_s=1 / rate_hz,
        confirmed_after=unconfirmed,
    )

    assert told.forward == {"bicycle": 1}


def test_a_line_that_wants_heads_counts_riders_too() -> None:
    told, _ = watch(
        element(),
        observed(
            riding(),
            [gate("gate", 0.5)],
            riders_at=["gate"],
            class_ids={1: BICYCLE, 2: PERSON, 3: PERSON},
        ),
    )

    assert told.forward == {"bicycle": 1, "person": 2}
    assert told.modal_split.count == 2
