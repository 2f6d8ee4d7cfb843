"""Which spaces are taken, who comes and goes: at every rate, whatever hides them."""

from collections.abc import Mapping

import numpy as np
import pytest

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.parking import CarParkFigures, SpaceState
from tallypost.vision.elements.car_park import CarParkElement
from tests.vision.elements.stage import (
    CAR,
    PERSON,
    TRUCK,
    Box,
    Seen,
    Watch,
    Way,
)

# Two rows of three spaces, one right behind the other: seen from low, a car in front
# hides half of the one behind it.
SPACES = {
    f"{row}{n}": ((x, y), (x + 100, y), (x + 100, y + 80), (x, y + 80))
    for row, y in (("front", 500), ("rear", 420))
    for n, x in ((1, 200), (2, 300), (3, 400))
}
FAR, OUT = (900.0, 560.0, 990.0, 700.0), (310.0, 620.0, 400.0, 760.0)
RATES = pytest.mark.parametrize("rate_hz", [2.0, 10.0])
FREE, OCCUPIED, UNKNOWN = SpaceState.FREE, SpaceState.OCCUPIED, SpaceState.UNKNOWN


def on(space: str, *, high: float = 130.0, cut: float = 0.0) -> Box:
    """The box of a car on a space; its lower part may be hidden."""
    (left, _), _, (right, low), _ = SPACES[space]
    return left + 8, low - 6 - high, right - 8, low - 6 - cut


def park(*, stay_max_s: float | None = None) -> Watch:
    return Watch(
        CarParkElement(
            name="park",
            spaces={
                name: [(x / 1000, y / 1000) for x, y in polygon]
                for name, polygon in SPACES.items()
            },
            classes=frozenset({CAR, TRUCK}),
            stay_max_s=stay_max_s,
            by_space=True,
        )
    )


def figures(watch: Watch) -> CarParkFigures:
    told = watch.element.take(60.0)
    assert isinstance(told, CarParkFigures)
    return told


def states(watch: Watch) -> dict[str, SpaceState]:
    return {name: space.state for name, space in figures(watch).by_space.items()}


def taken(watch: Watch) -> set[str]:
    return {name for name, state in states(watch).items() if state is OCCUPIED}


def coming(space: str, at_s: float, until_s: float) -> Way:
    """A car drives up, stands, and drives off again."""
    stand = on(space)
    return [
        (at_s - 10, FAR),
        (at_s - 4, OUT),
        (at_s, stand),
        (until_s, stand),
        (until_s + 4, OUT),
        (until_s + 10, FAR),
    ]


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 5.0, 10.0, 25.0])
def test_a_car_that_comes_stands_and_goes_is_one_arrival_and_one_departure(
    rate_hz: float,
) -> None:
    watch = park()
    car = {1: Seen(coming("front2", 100, 400))}

    watch.show(car, 200, rate_hz=rate_hz)
    first = figures(watch)
    watch.show(car, 430, rate_hz=rate_hz)
    second = figures(watch)

    assert (first.arrivals, first.departures) == (1, 0)
    assert first.by_space["front2"].state is OCCUPIED
    assert (first.free, first.occupied, first.unknown) == (5, 1, 0)
    assert first.turnover == pytest.approx(1 / 6)
    assert (second.arrivals, second.departures) == (0, 1)
    assert second.stay_mean_s == pytest.approx(300, abs=6)
    assert second.stay_p50_s == second.stay_p85_s == second.stay_mean_s
    assert second.free == 6


@RATES
def test_a_car_that_passes_through_a_space_does_not_take_it(rate_hz: float) -> None:
    way: Way = [(90, FAR), (96, on("front3")), (102, on("front1")), (110, OUT)]

    told = figures(park().show({1: Seen(way)}, 120, rate_hz=rate_hz))

    assert (told.arrivals, told.free) == (0, 6)


def test_a_car_that_stops_on_a_space_for_a_moment_does_not_take_it() -> None:
    told = figures(park().show({1: Seen(coming("front2", 100, 106))}, 130))

    assert (told.arrivals, told.free) == (0, 6)


@RATES
def test_cars_that_are_there_from_the_beginning_have_not_arrived(
    rate_hz: float,
) -> None:
    watch = park()
    car = {1: Seen([(0, on("rear1")), (90, on("rear1")), (94, OUT), (100, FAR)])}

    watch.show(car, 80, rate_hz=rate_hz)
    first = figures(watch)
    watch.show(car, 130, rate_hz=rate_hz)
    second = figures(watch)

    assert (first.arrivals, first.occupied, first.free) == (0, 1, 5)
    assert second.departures == 1
    assert second.stay_mean_s is None, "nobody saw when it began"


def test_at_first_nobody_knows_anything() -> None:
    told = figures(park().show({}, 5))

    assert (told.unknown, told.free, told.occupancy_mean) == (6, 0, None)


@RATES
def test_a_space_that_somebody_drove_off_from_is_free_in_seconds(
    rate_hz: float,
) -> None:
    car = {1: Seen(coming("front2", 100, 200))}

    assert taken(park().show(car, 199, rate_hz=rate_hz)) == {"front2"}
    assert taken(park().show(car, 212, rate_hz=rate_hz)) == set()


def test_a_parked_car_that_is_not_seen_for_long_is_still_there() -> None:
    parked = [(0.0, on("rear2")), (300.0, on("rear2"))]
    watch = park().show({1: Seen(parked, unseen=[(50, 105), (110, 165)])}, 180)

    told = figures(watch)

    assert taken(watch) == {"rear2"}
    assert told.departures == told.arrivals == 0


def test_a_car_that_vanishes_has_left_when_its_space_was_bare_for_long_enough() -> None:
    watch = park()
    car = {1: Seen([(0, on("rear2")), (100, on("rear2"))])}

    assert taken(watch.show(car, 155)) == {"rear2"}
    assert figures(watch.show(car, 165)).departures == 1


def test_the_longer_cars_are_lost_and_found_the_longer_their_spaces_are_held() -> None:
    lost_for_50_s = Seen([(0, on("rear2")), (150, on("rear2"))], unseen=[(50, 100)])

    assert taken(park().show({1: lost_for_50_s}, 240)) == {"rear2"}
    assert taken(park().show({1: lost_for_50_s}, 255)) == set()


def test_an_id_that_jumps_to_a_car_often_lost_is_no_arrival() -> None:
    stand = on("front2")
    cars = {
        1: Seen([(0, stand), (150, stand)], unseen=[(60, 100)]),
        2: Seen(
            [(172, on("front3")), (174, on("front3")), (174.2, stand), (220, stand)]
        ),
    }

    told = figures(park().show(cars, 220))

    assert (told.arrivals, told.departures, told.occupied) == (0, 0, 1)


@RATES
def test_a_car_lost_and_found_under_another_id_stays_on(rate_hz: float) -> None:
    watch = park()
    arrival = coming("front2", 100, 400)[:-2]
    cars = {
        1: Seen(
            [(at_s, box) for at_s, box in arrival if at_s < 200] + [(200, on("front2"))]
        ),
        2: Seen([(230, on("front2")), *coming("front2", 100, 400)[-3:]]),
    }

    told = figures(watch.show(cars, 430, rate_hz=rate_hz))

    assert (told.arrivals, told.departures) == (1, 1)
    assert told.stay_mean_s == pytest.approx(300, abs=6)


def test_an_id_that_jumps_to_a_passing_car_does_not_free_a_space() -> None:
    passing = (330.0, 570.0, 430.0, 700.0)
    cars = {
        1: Seen([(0, on("front2")), (100, on("front2")), (100.2, passing), (106, FAR)]),
        2: Seen(
            [(90, FAR), (100, passing), (100.2, on("front2")), (160, on("front2"))]
        ),
    }
    watch = park().show(cars, 150)

    told = figures(watch)

    assert (told.arrivals, told.departures, told.occupied) == (0, 0, 1)


def test_an_id_that_jumps_away_says_nothing_of_a_car_that_is_not_seen_for_a_while() -> (
    None
):
    passing = (330.0, 570.0, 430.0, 700.0)
    cars = {
        1: Seen([(0, on("front2")), (100, on("front2")), (100.2, passing), (106, FAR)]),
        2: Seen([(125, on("front2")), (160, on("front2"))]),
    }

    told = figures(park().show(cars, 150))

    assert (told.arrivals, told.departures, told.occupied) == (0, 0, 1)


def test_a_space_is_not_given_away_while_its_car_is_seen_now_and_then() -> None:
    x1, y1, x2, y2 = on("front2")
    beside = (x1 + 32, y1, x2 + 32, y2)
    flickering = [(20.0 + 4 * n, 22.0 + 4 * n) for n in range(20)]
    cars = {
        1: Seen([(0, on("front2")), (100, on("front2"))], unseen=flickering),
        2: Seen([(20, FAR), (24, beside), (90, beside)]),
    }

    told = figures(park().show(cars, 90))

    assert (told.arrivals, told.departures) == (0, 0)


def test_a_person_getting_out_neither_takes_nor_frees_a_space() -> None:
    person = [
        (120.0, (300.0, 470.0, 330.0, 580.0)),
        (150.0, (300.0, 470.0, 330.0, 580.0)),
    ]
    scene = {1: Seen(coming("front2", 100, 400)), 2: Seen(person, class_id=PERSON)}

    told = figures(park().show(scene, 160))

    assert (told.arrivals, told.departures, told.occupied) == (1, 0, 1)


def test_spaces_behind_a_bus_are_unknown_and_afterwards_what_they_were() -> None:
    bus: Box = (150.0, 300.0, 560.0, 720.0)
    scene = {
        1: Seen([(0, on("front2")), (300, on("front2"))], unseen=[(100, 190)]),
        2: Seen([(100, bus), (190, bus)], class_id=TRUCK),
    }
    watch = park().show(scene, 180)
    hidden = states(watch)

    afterwards = states(watch.show(scene, 193))

    assert set(hidden.values()) == {UNKNOWN}
    assert {name for name, each in afterwards.items() if each is OCCUPIED} == {"front2"}
    assert set(afterwards.values()) == {OCCUPIED, FREE}
    assert figures(watch).departures == figures(watch).arrivals == 0


def test_a_bus_that_passes_makes_nothing_unknown() -> None:
    bus: Way = [
        (100, (-400.0, 300.0, 0.0, 720.0)),
        (106, (900.0, 300.0, 1300.0, 720.0)),
    ]
    watch = park().show({2: Seen(bus, class_id=TRUCK)}, 103)

    assert set(states(watch).values()) == {FREE}


@pytest.mark.parametrize(("high", "cut"), [(130, 50), (170, 90)])
def test_a_car_half_hidden_in_the_rear_row_takes_its_own_space(
    high: float, cut: float
) -> None:
    front, rear = on("front2", high=high), on("rear2", cut=cut)
    scene = {1: Seen([(0, front), (200, front)]), 2: Seen([(0, rear), (200, rear)])}

    assert taken(park().show(scene, 100)) == {"front2", "rear2"}


def test_a_car_in_the_rear_row_takes_no_space_in_front_of_it() -> None:
    stand = on("rear2")

    assert taken(park().show({1: Seen([(0, stand), (200, stand)])}, 100)) == {"rear2"}


def test_a_van_takes_neither_the_space_behind_it_nor_those_beside_it() -> None:
    van = on("front2", high=220)
    scene = {1: Seen([(0, (van[0] - 12, van[1], van[2] + 20, van[3])), (200, van)])}

    assert taken(park().show(scene, 100)) == {"front2"}


def test_a_car_waiting_before_the_spaces_takes_none() -> None:
    before = (310.0, 560.0, 400.0, 690.0)

    assert taken(park().show({1: Seen([(0, before), (200, before)])}, 100)) == set()


def test_a_bus_cut_off_by_the_picture_stands_before_the_spaces() -> None:
    bus: Box = (150.0, 300.0, 560.0, 1000.0)
    low = {f"low{n}": [(0.2 + n / 10, 0.85), (0.3 + n / 10, 0.85), (0.3 + n / 10, 0.97),
                       (0.2 + n / 10, 0.97)] for n in range(3)}  # fmt: skip
    watch = Watch(CarParkElement(name="park", spaces=low, by_space=True))

    watch.show({1: Seen([(0, bus), (200, bus)], class_id=TRUCK)}, 100)

    assert UNKNOWN in states(watch).values()
    assert taken(watch) == set()


@pytest.mark.parametrize(
    ("across", "spaces"),
    [
        ((205.0, 400.0, 405.0, 575.0), {"front1", "front2"}),
        ((205.0, 95.0, 405.0, 495.0), {"rear1", "rear2"}),
    ],
)
def test_a_truck_across_spaces_takes_all_that_it_covers(
    across: Box, spaces: set[str]
) -> None:
    scene = {1: Seen([(0, across), (200, across)], class_id=TRUCK)}

    assert taken(park().show(scene, 100)) == spaces


def test_a_free_space_of_a_slanting_row_is_not_hidden_by_its_neighbours() -> None:
    slanting = {
        str(n): [(0.2 + n / 10 + x, y) for x, y in
                 ((0, 0.5), (0.1, 0.5), (0.3, 0.58), (0.2, 0.58))]
        for n in range(3)
    }  # fmt: skip
    watch = Watch(CarParkElement(name="park", spaces=slanting, by_space=True))
    left, right = (210.0, 450.0, 490.0, 575.0), (410.0, 450.0, 690.0, 575.0)

    watch.show(
        {1: Seen([(0, left), (99, left)]), 2: Seen([(0, right), (99, right)])}, 90
    )

    assert states(watch) == {"0": OCCUPIED, "1": FREE, "2": OCCUPIED}


@RATES
def test_one_goes_and_another_comes(rate_hz: float) -> None:
    cars = {
        1: Seen(coming("front2", 100, 200)),
        2: Seen(coming("front2", 225, 500)),
    }

    told = figures(park().show(cars, 300, rate_hz=rate_hz))

    assert (told.arrivals, told.departures, told.occupied) == (2, 1, 1)


def test_another_that_comes_in_behind_a_bus_is_another() -> None:
    bus: Box = (150.0, 300.0, 560.0, 720.0)
    cars = {
        1: Seen(coming("front2", 80, 110)[:4]),
        2: Seen([(112, bus), (170, bus)], class_id=TRUCK),
        3: Seen(coming("front2", 180, 400)),
    }

    told = figures(park().show(cars, 250))

    assert (told.arrivals, told.departures, told.occupied) == (2, 1, 1)


def test_who_stands_too_long_is_told_once_and_once_more_when_it_goes() -> None:
    watch = park(stay_max_s=120)
    car = {1: Seen(coming("front2", 100, 300))}
    during = figures(watch.show(car, 280))
    watch.show(car, 330)

    said = [(sign.kind, sign.state, sign.label) for _, sign in watch.signs]

    assert said == [
        (AlertKind.OVERSTAY, AlertState.BEGUN, "car"),
        (AlertKind.OVERSTAY, AlertState.ENDED, "car"),
    ]
    assert watch.signs[0][0] == pytest.approx(220, abs=2)
    assert watch.signs[0][1].value == pytest.approx(120, abs=2)
    assert (during.overstays, during.by_space["front2"].overstay) == (1, True)
    assert during.by_space["front1"].overstay is False
    assert figures(watch).overstays == 0


def test_after_a_long_gap_nothing_is_known_and_nobody_arrives() -> None:
    watch = park(stay_max_s=60)
    watch.show({1: Seen([(0, on("front2")), (90, on("front2"))])}, 90)
    watch._time_s = 400.0

    told = figures(watch.show({7: Seen([(400, on("rear1")), (500, on("rear1"))])}, 405))
    later = figures(
        watch.show({7: Seen([(400, on("rear1")), (500, on("rear1"))])}, 480)
    )

    assert told.unknown == 6
    assert (later.arrivals, later.departures, later.occupied) == (0, 0, 1)
    assert [sign.state for _, sign in watch.signs[:2]] == ["begun", "ended"]


def test_the_share_that_is_taken_is_of_what_is_known() -> None:
    watch = park().show({1: Seen([(0, on("front2")), (500, on("front2"))])}, 100)
    figures(watch)

    told = figures(watch.show({1: Seen([(0, on("front2")), (500, on("front2"))])}, 160))

    assert told.occupancy_mean == pytest.approx(1 / 6)
    assert told.by_space["front2"].occupied_s == pytest.approx(60, abs=0.5)


def scene_of_fifty() -> Mapping[int, Seen]:
    random = np.random.default_rng(3)
    return {
        n: Seen([(0, (x, y, x + 60, y + 50)), (900, (x, y, x + 60, y + 50))])
        for n, (x, y) in enumerate(random.uniform(0, 900, (50, 2)))
    }


def test_nobody_anywhere_and_everybody_everywhere_are_looked_at_alike() -> None:
    assert figures(park().show({}, 70)).free == 6
    figures(park().show(scene_of_fifty(), 20))
