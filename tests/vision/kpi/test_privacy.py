"""Numbers that a single person could be found in do not leave."""

import random
from fractions import Fraction

import pytest

from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.figures.traffic import MovementFigures, QueueFigures
from tallypost.domain.figures.zones import CrowdFigures, HeatMapFigures, ZoneFigures
from tallypost.domain.records import Interval, Quality
from tallypost.vision.kpi.noise import DiscreteLaplace
from tallypost.vision.kpi.privacy import Noise, Veil

ZONE = ZoneFigures(
    occupancy_mean={"person": 0.537, "car": 2.468},
    occupancy_max={"person": 1, "car": 4},
    entries={"person": 1, "car": 6},
    exits={"person": 2, "car": 6},
    dwell_mean_s={"person": 32.2, "car": 20.0},
    dwell_p50_s={"person": 32.0, "car": 21.0},
    waiting_mean_s={"person": 12.0, "car": 0.0},
)
CAR_PARK = CarParkFigures(spaces=9, departures=4, stays=2, stay_p50_s=1800.0)
QUEUE = QueueFigures(joined=4, served=2, wait_mean_s=30.0, wait_max_s=45.0)
TRIPS = {
    "west": {"east": {"car": 12, "bicycle": 1}, "north": {"car": 2}},
    "south": {"east": {"car": 7}, "north": {"car": 6}, "west": {"car": 4}},
    "north": {"west": {"car": 5}},
}
JUNCTION = MovementFigures(trips=TRIPS, incomplete={"car": 1})
MAP = HeatMapFigures(
    columns=3,
    rows=2,
    stays_s={"0,0": 8.0, "1,0": 90.0, "2,1": 30.0},
    objects={"0,0": 2, "1,0": 9, "2,1": 5},
)


def interval(**elements: object) -> Interval:
    found: dict[str, object] = {"lines": {}, "zones": {}} | elements
    quality = Quality(observed_s=60.0, frames=600, frames_dropped=0)
    return Interval(start_utc_s=0.0, duration_s=60.0, quality=quality, **found)  # type: ignore[arg-type]


def veiled(collection: str, figures: object, veil: Veil) -> object:
    told = veil(interval(**{collection: {"here": figures}}))
    return getattr(told, collection)["here"]


@pytest.fixture
def three() -> Veil:
    return Veil(k_min=3)


def test_stays_of_a_class_of_which_few_went_out_are_withheld(three: Veil) -> None:
    told = veiled("zones", ZONE, three)

    assert isinstance(told, ZoneFigures)
    assert told.dwell_mean_s == {"car": 20.0}
    assert told.dwell_p50_s == {"car": 21.0}
    assert told.waiting_mean_s == {"car": 0.0}
    assert told.withheld == 1
    assert told.exits == ZONE.exits


def test_occupancy_does_not_give_a_withheld_stay_back(three: Veil) -> None:
    told = veiled("zones", ZONE, three)

    assert isinstance(told, ZoneFigures)
    assert told.occupancy_mean == {"person": 0.5, "car": 2.468}


def test_waits_of_few_who_were_served_are_withheld(three: Veil) -> None:
    assert veiled("queues", QUEUE, three) == QueueFigures(
        joined=4, served=2, withheld=1
    )


TIMES = ("mean", "p50", "p85", "p95", "max")


@pytest.mark.parametrize(
    ("k_min", "count", "told"),
    [
        (1, 1, TIMES),
        (3, 2, ()),
        (3, 3, ("mean",)),
        (3, 5, ("mean",)),
        (3, 6, ("mean", "p50")),
        (3, 19, ("mean", "p50")),
        (3, 20, ("mean", "p50", "p85")),
        (3, 59, ("mean", "p50", "p85")),
        (3, 60, ("mean", "p50", "p85", "p95")),
        (10, 1000, ("mean", "p50", "p85", "p95")),
    ],
)
def test_a_time_is_told_where_k_people_took_longer(
    k_min: int, count: int, told: tuple[str, ...]
) -> None:
    """Of three stays the mean, the median and the longest tell all three."""
    veil = Veil(k_min=k_min)
    stays = {f"dwell_{name}_s": {"person": 1.0} for name in TIMES}
    waits = {f"wait_{name}_s": 1.0 for name in TIMES if name != "p95"}
    zone = veiled("zones", ZoneFigures(exits={"person": count}, **stays), veil)  # type: ignore[arg-type]
    queue = veiled("queues", QueueFigures(served=count, **waits), veil)  # type: ignore[arg-type]

    assert tuple(each for each in TIMES if getattr(zone, f"dwell_{each}_s")) == told
    expected = tuple(each for each in told if each != "p95")
    found = tuple(each for each in TIMES if getattr(queue, f"wait_{each}_s", None))
    assert found == expected


def test_who_is_alone_and_stays_on_is_told_coarsely(three: Veil) -> None:
    lone = ZoneFigures(occupancy_mean={"person": 0.607}, occupancy_max={"person": 1})
    told = veiled("zones", lone, three)

    assert isinstance(told, ZoneFigures)
    assert told.occupancy_mean == {"person": 0.6}
    assert told.withheld is None


def test_the_mean_of_a_queue_of_few_gives_no_wait_back(three: Veil) -> None:
    queue = QueueFigures(
        length_mean=0.557, length_max=1, length_mean_m=1.671, length_max_m=3.0
    )
    told = veiled("queues", queue, three)

    assert isinstance(told, QueueFigures)
    assert told.length_mean == 0.6
    assert told.length_mean_m == pytest.approx(1.8), "3 m for six tenths of the time"


def test_the_mean_of_a_crowd_of_few_gives_no_stay_back(three: Veil) -> None:
    told = veiled(
        "crowds",
        CrowdFigures(persons_mean=0.563, persons_max=2, density_mean_per_m2=0.2815),
        three,
    )

    assert isinstance(told, CrowdFigures)
    assert told.persons_mean == 0.6
    assert told.density_mean_per_m2 == pytest.approx(0.3), "on two square metres"


def test_the_occupancy_of_a_car_park_with_few_cars_gives_no_stay_back(
    three: Veil,
) -> None:
    park = CarParkFigures(spaces=10, occupied=1, unknown=2, occupancy_mean=0.0712)
    told = veiled("car_parks", park, three)

    assert isinstance(told, CarParkFigures)
    assert told.occupancy_mean == pytest.approx(0.6 / 8)


@pytest.mark.parametrize(
    ("collection", "figures"),
    [
        ("queues", QueueFigures(length_mean=2.557, length_max=3)),
        ("crowds", CrowdFigures(persons_mean=2.563, persons_max=3)),
        ("car_parks", CarParkFigures(spaces=9, occupied=3, occupancy_mean=0.3712)),
    ],
)
def test_means_of_several_are_told_as_they_are(
    three: Veil, collection: str, figures: object
) -> None:
    assert veiled(collection, figures, three) == figures


def test_stays_count_by_how_many_are_known_not_by_how_many_left(three: Veil) -> None:
    assert veiled("car_parks", CAR_PARK, three) == CarParkFigures(
        spaces=9, departures=4, stays=2, withheld=1
    )


@pytest.mark.parametrize(
    ("collection", "figures"),
    [
        pytest.param("zones", ZoneFigures(entries={"car": 1}), id="zone"),
        pytest.param("car_parks", CarParkFigures(spaces=9), id="car park"),
        pytest.param("queues", QueueFigures(), id="queue"),
        pytest.param("lines", LineFigures(forward={"car": 1}), id="line"),
    ],
)
def test_where_there_is_nothing_to_withhold_nothing_is_said_of_it(
    three: Veil, collection: str, figures: object
) -> None:
    assert veiled(collection, figures, three) == figures


@pytest.mark.parametrize(
    ("collection", "figures"),
    [("zones", ZONE), ("car_parks", CAR_PARK), ("queues", QUEUE)],
)
def test_an_open_site_withholds_no_times(collection: str, figures: object) -> None:
    assert veiled(collection, figures, Veil(k_min=1)) == figures


def test_trips_below_k_are_withheld_and_no_line_count_gives_them_back(
    three: Veil,
) -> None:
    told = veiled("movements", JUNCTION, three)

    # West to north (2) is too small. The lines tell how many cars came from the west
    # and left to the north: west to east goes with it, and so do two of the south.
    assert told == MovementFigures(
        trips={"south": {"west": {"car": 4}}, "north": {"west": {"car": 5}}},
        incomplete={"car": 1},
        k=3,
        withheld=5,
    )


def test_cells_of_few_are_withheld_with_their_time_also_on_an_open_site() -> None:
    told = veiled("heat_maps", MAP, Veil(k_min=1))

    assert told == HeatMapFigures(
        columns=3,
        rows=2,
        stays_s={"1,0": 90.0},
        objects={"1,0": 9},
        k=3,
        withheld=2,
    )


def noisy(scale: Fraction = Fraction(2), seed: int = 5) -> Veil:
    drawn = DiscreteLaplace(scale, randbelow=random.Random(seed).randrange)
    gates = ("west", "east", "north")
    trips = [(one, other, "car") for one in gates for other in gates]
    return Veil(
        k_min=3,
        noise=Noise(
            epsilon_per_day=8.0, trips=drawn, cells=drawn, combinations={"here": trips}
        ),
    )


def test_noise_says_its_budget_in_the_quality() -> None:
    assert noisy()(interval()).quality.privacy_epsilon_per_day == 8.0
    assert Veil(k_min=3)(interval()).quality.privacy_epsilon_per_day is None


def test_noisy_trips_are_told_above_a_floor_only_and_of_agreed_classes() -> None:
    told = veiled("movements", JUNCTION, noisy())

    assert isinstance(told, MovementFigures)
    assert told.k is not None
    assert told.k > 3
    assert told.withheld is None, "how many are small would tell of the true ones"
    counts = [
        (label, count)
        for row in told.trips.values()
        for by_class in row.values()
        for label, count in by_class.items()
    ]
    assert counts, "west to east had 12"
    assert all(label == "car" and count >= told.k for label, count in counts)
    assert told.incomplete == {}, "a track over three gates would be told of twice"


def test_noise_is_right_in_the_mean() -> None:
    veil = noisy()
    busy = HeatMapFigures(columns=2, rows=1, objects={"0,0": 200, "1,0": 300})
    told = [veiled("heat_maps", busy, veil) for _ in range(2000)]
    counts = [each.objects for each in told if isinstance(each, HeatMapFigures)]

    assert sum(each["0,0"] for each in counts) / 2000 == pytest.approx(200, abs=0.3)
    assert len({each["0,0"] for each in counts}) > 5


def test_a_cell_in_which_nobody_was_gets_noise_too() -> None:
    """Otherwise whatever is told would show that somebody was there."""
    veil = noisy(Fraction(1))
    empty = HeatMapFigures(columns=32, rows=18)
    ghosts = 0
    for _ in range(20):
        told = veiled("heat_maps", empty, veil)
        assert isinstance(told, HeatMapFigures)
        ghosts += len(told.objects)

    assert 0 < ghosts <= 0.013 * 20 * 32 * 18


@pytest.mark.parametrize(
    ("collection", "figures"),
    [("zones", ZONE), ("car_parks", CAR_PARK), ("queues", QUEUE), ("heat_maps", MAP)],
)
def test_with_noise_no_times_are_told(collection: str, figures: object) -> None:
    told = veiled(collection, figures, noisy())

    names = ("dwell_", "waiting_", "stay_", "stays_s", "wait_")
    for name in type(told).__dataclass_fields__:  # type: ignore[attr-defined]
        assert not name.startswith(names) or not getattr(told, name)
