"""Heat maps: time and different objects by cell."""

import numpy as np
import pytest

from tallypost.domain.figures.zones import HeatMapFigures
from tallypost.vision.elements.heat_map import HeatMapElement
from tests.vision.counting.scenes import LOOK_S, Way, steps, tracks
from tests.vision.elements.glances import glances, watch

RATES_HZ = (2, 5, 10, 25)
HERE, THERE = (150.0, 150.0), (850.0, 950.0)


def heat_map(**options: object) -> HeatMapElement:
    """Ten by ten cells of a hundred pixels each."""
    return HeatMapElement(name="place", columns=10, rows=10, **options)  # type: ignore[arg-type]


def figures(
    ways: dict[int, Way], element: HeatMapElement | None = None, **options: object
) -> HeatMapFigures:
    taken, _ = watch(element or heat_map(), ways, confirmed_after=0, **options)
    assert isinstance(taken, HeatMapFigures)
    return taken


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_stands_marks_its_cell_for_as_long_as_it_stands(rate_hz: float) -> None:
    found = figures({1: [HERE] * int(8 * rate_hz)}, look_s=1 / rate_hz)

    assert found.stays_s == {"1,1": pytest.approx(8.0)}
    assert found.objects == {"1,1": 1}


def test_two_at_one_place_are_two_objects_and_twice_the_time() -> None:
    found = figures({1: [HERE] * 20, 2: [HERE] * 20})

    assert found.objects == {"1,1": 2}
    assert found.stays_s["1,1"] == pytest.approx(4.0)


def test_who_comes_back_to_a_cell_is_still_one() -> None:
    way = steps((150, 150), (450, 150), (150, 150), each=30)

    assert figures({1: way}).objects == {f"{column},1": 1 for column in range(1, 5)}


def test_who_is_hidden_leaves_no_trace_meanwhile() -> None:
    found = figures({1: [HERE] * 10 + [None] * 10 + [HERE] * 10})

    assert found.stays_s["1,1"] == pytest.approx(2.0)
    assert found.objects == {"1,1": 1}


@pytest.mark.parametrize(
    ("place", "cell"),
    [((0.0, 0.0), "0,0"), ((1000.0, 1000.0), "9,9"), ((-5.0, 999.9), "0,9")],
)
def test_every_place_has_a_cell_also_at_the_edges(
    place: tuple[float, float], cell: str
) -> None:
    assert list(figures({1: [place] * 5}).objects) == [cell]


def test_only_wanted_classes_mark_it() -> None:
    element = heat_map(classes=frozenset({2}))
    ways: dict[int, Way] = {1: [HERE] * 10, 2: [THERE] * 10}

    assert figures(ways, element, class_ids={2: 2}).objects == {"8,9": 1}


def test_only_who_stands_in_the_polygon_marks_it() -> None:
    element = heat_map(polygon=((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0)))

    assert figures({1: [HERE] * 10, 2: [THERE] * 10}, element).objects == {"8,9": 1}


def test_one_who_stays_on_is_an_object_of_the_next_interval_too() -> None:
    element = heat_map()
    for glance in glances(tracks({1: [HERE] * 10}, confirmed_after=0)):
        if not len(glance.tracks):
            break
        element.update(glance)
        element.elapse(LOOK_S)
    assert element.take(1.0).stays_s == {"1,1": pytest.approx(1.0)}

    element.elapse(0.5)

    later = element.take(0.5)
    assert later.objects == {"1,1": 1}
    assert later.stays_s == {"1,1": pytest.approx(0.5)}


def test_where_cells_are_rationed_the_longest_stays_are_kept() -> None:
    walk = steps((50, 550), (550, 550), each=20) + [(550.0, 550.0)] * 20
    found = figures({1: walk, 2: [HERE] * 3}, heat_map(cells_per_object_max=1))

    assert found.objects == {"5,5": 1, "1,1": 1}


def test_time_and_objects_are_those_of_counting_one_by_one() -> None:
    random = np.random.default_rng(3)
    places = random.uniform(0, 1000, (39, 30, 2))
    ways: dict[int, Way] = {
        number: [(x, y) for x, y in way.tolist()] for number, way in enumerate(places)
    }
    marks = {
        (number, int(x // 100), int(y // 100))
        for number, way in enumerate(places)
        for x, y in way
    }
    found = figures(ways)

    assert sum(found.objects.values()) == len(marks)
    assert sum(found.stays_s.values()) == pytest.approx(39 * 30 * LOOK_S)
