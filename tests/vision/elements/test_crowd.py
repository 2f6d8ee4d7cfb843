"""How crowded it is, and that it is too crowded: told once, not at every step."""

import pytest

from tallypost.domain.alerts import AlertState
from tallypost.domain.words import Grade
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.crowd import CrowdElement
from tallypost.vision.elements.pedestrian_service import Activity, level
from tests.vision.counting.scenes import Way
from tests.vision.elements.glances import told, watch

PLATFORM = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
BEGUN, ENDED = AlertState


def element(
    persons_max: int | None = 10,
    area_m2: float | None = None,
    density_max_per_m2: float | None = None,
    after_s: float = 5.0,
) -> CrowdElement:
    return CrowdElement(
        counter=ZoneCounter(name="platform", polygon=PLATFORM, classes=frozenset({0})),
        persons_max=persons_max,
        area_m2=area_m2,
        density_max_per_m2=density_max_per_m2,
        after_s=after_s,
        movement=Activity.STANDING,
    )


def crowd(*stays: tuple[int, float, float], rate_hz: float = 10.0) -> dict[int, Way]:
    """Return so many persons from one second to another, for each stay."""
    ways: dict[int, Way] = {}
    for count, from_s, until_s in stays:
        for _ in range(count):
            one = len(ways)
            place = (50.0 + 40 * (one % 24), 200.0 + 100 * (one // 24))
            looks = round((until_s - from_s) * rate_hz)
            ways[one] = [None] * round(from_s * rate_hz) + [place] * looks
    return ways


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_too_many_for_long_enough_are_told_of_and_then_that_it_is_over(
    rate_hz: float,
) -> None:
    ways = crowd((9, 0, 60), (2, 10, 30), rate_hz=rate_hz)
    signs = told(element(), ways, look_s=1 / rate_hz, lost_looks=int(1.5 * rate_hz))
    (begun_s, begun, _), (ended_s, ended, _) = signs

    assert (begun, ended) == (BEGUN, ENDED)
    assert 15.0 <= begun_s <= 15.0 + 2 / rate_hz + 1e-6
    # They are lost after 30 s and given up 1.5 s later.
    assert 36.0 <= ended_s <= 36.5 + 3 / rate_hz


def test_a_moment_of_too_many_is_not_told_of() -> None:
    assert told(element(), crowd((9, 0, 60), (2, 10, 13))) == []


def test_one_more_or_less_at_the_limit_does_not_flap() -> None:
    to_and_fro = [(1, at, at + 6.0) for at in range(20, 100, 12)]
    ways = crowd((10, 0, 120), (1, 10, 16), *to_and_fro)

    assert [state for _, state, _ in told(element(), ways)] == [BEGUN]


def test_figures_are_means_over_time_and_the_densest_moment() -> None:
    ways = crowd((4, 0, 20), (6, 10, 20))
    figures, _ = watch(element(persons_max=8, area_m2=5.0), ways, lost_looks=-1)

    assert figures.persons_max == 10
    assert figures.persons_mean == pytest.approx(7.0, abs=0.2)
    assert figures.density_max_per_m2 == 2.0
    assert figures.density_mean_per_m2 == pytest.approx(1.4, abs=0.04)
    assert figures.overcrowded_s == pytest.approx(10.0, abs=0.3)
    # Half a square metre each, 5.4 square feet.
    assert figures.level is Grade.D


def test_the_lower_of_two_limits_counts() -> None:
    ways = crowd((6, 0, 20))

    assert told(element(persons_max=10), ways) == []
    dense = element(persons_max=10, area_m2=5.0, density_max_per_m2=1.0)
    assert [state for _, state, _ in told(dense, ways)][:1] == [BEGUN]


def test_without_a_limit_nothing_is_told_and_without_an_area_no_density() -> None:
    figures, signs = watch(element(persons_max=None), crowd((30, 0, 20)))

    assert not signs
    assert figures.overcrowded_s is None
    assert figures.density_mean_per_m2 is None
    assert figures.level is None


@pytest.mark.parametrize(
    ("movement", "square_feet", "grade"),
    [
        (Activity.STANDING, 13.0, Grade.A),
        (Activity.STANDING, 12.9, Grade.B),
        (Activity.STANDING, 9.9, Grade.C),
        (Activity.STANDING, 6.9, Grade.D),
        (Activity.STANDING, 2.9, Grade.E),
        (Activity.STANDING, 1.9, Grade.F),
        (Activity.WALKING, 35.0, Grade.A),
        (Activity.WALKING, 25.0, Grade.B),
        (Activity.WALKING, 15.0, Grade.C),
        (Activity.WALKING, 10.0, Grade.D),
        (Activity.WALKING, 5.0, Grade.E),
        (Activity.WALKING, 4.9, Grade.F),
    ],
    ids=str,
)
def test_levels_are_those_of_the_source(
    movement: Activity, square_feet: float, grade: Grade
) -> None:
    area_m2 = 100 * square_feet * 0.3048**2 * 1.000001

    assert level(100, area_m2, movement) is grade


def test_an_empty_place_is_at_the_best_level() -> None:
    assert level(0, 1.0, Activity.WALKING) is Grade.A
