"""Near misses: who comes how soon after another has left."""

import numpy as np
import pytest

from tallypost.domain.figures.traffic import ConflictFigures, PairFigures
from tallypost.vision.elements.conflict import ConflictElement
from tests.vision.counting.scenes import WIDTH, Place, Way
from tests.vision.elements.glances import watch

RATES_HZ = (2, 5, 10, 25)
PEDESTRIAN, CYCLIST, CAR = 0, 1, 2
SPEED = 150.0  # pixels a second: two and a half sizes
CENTRE = (500.0, 500.0)
ALL = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def straight(
    direction_deg: float, passing_s: float, rate_hz: float, speed: float = SPEED
) -> Way:
    """Over the centre at a given time, clear across the picture, eight seconds."""
    angle = np.radians(direction_deg)
    heading = np.array([np.cos(angle), np.sin(angle)])
    times_s = np.arange(int(8 * rate_hz)) / rate_hz
    places = np.array(CENTRE) + np.outer((times_s - passing_s) * speed, heading)
    return [(x, y) for x, y in places.tolist()]


def figures(
    ways: dict[int, Way],
    rate_hz: float = 10.0,
    *,
    class_ids: dict[int, int] | None = None,
    **options: object,
) -> dict[str, PairFigures]:
    element = ConflictElement(
        **{  # type: ignore[arg-type]
            "name": "crossing",
            "polygon": ALL,
            "pairs": {"bicycle+car": (CYCLIST, CAR)},
            "pet_max_s": 3.0,
        }
        | options
    )
    taken, _ = watch(
        element,
        ways,
        look_s=1 / rate_hz,
        confirmed_after=0,
        class_ids=class_ids or {1: CYCLIST, 2: CAR},
    )
    assert isinstance(taken, ConflictFigures)
    return dict(taken.pairs)


def crossing(gap_s: float, rate_hz: float, angle_deg: float = 90.0) -> dict[int, Way]:
    """A cyclist, and a car that comes over the same point so much later."""
    return {
        1: straight(0.0, 3.0, rate_hz),
        2: straight(angle_deg, 3.0 + gap_s, rate_hz),
    }


# Both are 40 wide and 20 deep on the ground. Going across, one is clear of the other
# after 40 pixels; going down, after 20.
CLEARING_S = (WIDTH + WIDTH / 2) / SPEED


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("gap_s", [0.8, 1.5, 3.2, -0.8, -2.0])
def test_the_time_between_leaving_and_arriving_is_told(
    gap_s: float, rate_hz: float
) -> None:
    found = figures(crossing(gap_s, rate_hz), rate_hz)["bicycle+car"]

    assert found.count == 1
    assert found.pet_min_s == pytest.approx(abs(gap_s) - CLEARING_S, abs=0.01)
    assert found.serious == int(abs(gap_s) - CLEARING_S <= 1.5)


def test_whoever_touches_has_no_time_between() -> None:
    assert figures(crossing(0.1, 10))["bicycle+car"].pet_min_s == 0


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_comes_later_than_asked_for_is_no_near_miss(rate_hz: float) -> None:
    assert figures(crossing(3.5, rate_hz), rate_hz) == {}


@pytest.mark.parametrize("angle_deg", [0.0, 10.0, 25.0, 180.0, 160.0])
def test_who_follows_or_meets_another_crosses_nobodys_way(angle_deg: float) -> None:
    assert figures(crossing(1.0, 10, angle_deg)) == {}


@pytest.mark.parametrize("angle_deg", [35.0, -60.0, 120.0])
def test_ways_may_cross_at_any_other_angle(angle_deg: float) -> None:
    assert figures(crossing(1.5, 10, angle_deg))["bicycle+car"].count == 1


def test_two_cars_one_behind_the_other_with_swaying_boxes_are_no_near_miss() -> None:
    random = np.random.default_rng(5)
    ways: dict[int, Way] = {}
    for number in (1, 2):
        places = np.array(straight(0.0, 3.0 + number, 10), np.float64)
        places += random.normal(0.0, 3.0, places.shape)
        ways[number] = [(x, y) for x, y in places.tolist()]

    assert figures(ways, pairs={"car+car": (CAR, CAR)}, class_ids={1: 2, 2: 2}) == {}


def test_only_the_pairs_that_were_asked_for_count() -> None:
    assert figures(crossing(1.0, 10), class_ids={1: PEDESTRIAN, 2: CAR}) == {}
    assert figures(crossing(1.0, 10), class_ids={1: CYCLIST, 2: CYCLIST}) == {}


def test_the_order_within_a_pair_does_not_matter() -> None:
    found = figures(crossing(1.0, 10), class_ids={1: CAR, 2: CYCLIST})

    assert found["bicycle+car"].count == 1


def test_only_ways_that_cross_inside_the_polygon_count() -> None:
    beside = ((0.6, 0.1), (0.9, 0.1), (0.9, 0.9), (0.6, 0.9))

    assert figures(crossing(1.0, 10), polygon=beside) == {}


def test_two_road_users_meet_once_however_often_their_ways_cross() -> None:
    zigzag: list[Place] = [
        (50.0 + 12 * look, 500.0 + 120 * np.sin(look / 6)) for look in range(80)
    ]
    other: list[Place] = [(50.0 + 12 * look, 500.0) for look in range(80)]

    found = figures({1: zigzag, 2: [None] * 8 + other})

    assert found["bicycle+car"].count == 1


def test_each_pair_of_road_users_counts() -> None:
    ways = {number: straight(0.0, 2.0 + 0.3 * number, 10) for number in range(1, 5)} | {
        9: straight(90.0, 4.5, 10)
    }
    found = figures(ways, class_ids=dict.fromkeys(range(1, 5), CYCLIST) | {9: CAR})

    assert found["bicycle+car"].count == 4


def test_who_stops_before_the_way_of_another_does_not_cross_it() -> None:
    car = straight(90.0, 4.0, 10)[:38]

    assert figures({1: straight(0.0, 3.0, 10), 2: [*car, *[car[-1]] * 40]}) == {}


def test_who_waits_for_the_other_comes_as_late_as_it_goes_on() -> None:
    """The car stops 37 pixels before the crossing, for three seconds."""
    car = straight(90.0, 3.95, 10)[:38]
    stop = car[-1]
    assert stop is not None
    later: Way = [(stop[0], stop[1] + 15.0 * look) for look in range(1, 40)]
    way: Way = [*car, *[stop] * 30, *later]
    found = figures({1: straight(0.0, 3.0, 10), 2: way}, pet_max_s=10.0)

    # It is over the centre 6.95 s after the beginning, the cyclist at 3.0 s.
    assert found["bicycle+car"].pet_min_s == pytest.approx(3.95 - CLEARING_S, abs=0.05)


def test_one_who_is_hidden_on_the_crossing_is_counted_all_the_same() -> None:
    ways = crossing(1.5, 10)
    hidden: Way = [None if 25 <= look < 36 else at for look, at in enumerate(ways[1])]
    found = figures({1: hidden, 2: ways[2]})

    assert found["bicycle+car"].pet_min_s == pytest.approx(1.5 - CLEARING_S, abs=0.05)


def test_figures_are_of_one_interval() -> None:
    ways = {number: straight(0.0, 0.6 * number, 10) for number in range(1, 6)} | {
        9: straight(90.0, 4.0, 10)
    }
    found = figures(ways, class_ids=dict.fromkeys(range(1, 6), CYCLIST) | {9: CAR})

    # They passed 3.4, 2.8, 2.2, 1.6 and 1.0 s before the car.
    clear = [round(3.4 - 0.6 * number - CLEARING_S, 3) for number in range(5)]
    assert found["bicycle+car"].count == sum(each <= 3 for each in clear)
    assert found["bicycle+car"].serious == sum(each <= 1.5 for each in clear)
    assert found["bicycle+car"].pet_p15_s == pytest.approx(clear[-1], abs=0.01)
