"""Zones: how long people stay, and how much of it they stand still."""

import pytest

from tallypost.domain.figures.zones import ZoneFigures
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.zone import ZoneElement
from tests.vision.counting.scenes import Place, Way, steps
from tests.vision.elements.glances import watch

SQUARE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
OUT, IN, BEYOND = (300.0, 500.0), (500.0, 500.0), (700.0, 500.0)
RATES_HZ = (2, 5, 10, 25)


def figures(ways: dict[int, Way], rate_hz: float = 10.0) -> ZoneFigures:
    zone = ZoneElement(ZoneCounter(name="platform", polygon=SQUARE))
    taken, signs = watch(
        zone, ways, look_s=1 / rate_hz, lost_looks=int(1.5 * rate_hz), confirmed_after=0
    )
    assert isinstance(taken, ZoneFigures)
    assert not signs
    return taken


def through(rate_hz: float, *stands_s: float) -> Way:
    """Over the zone in four seconds, with stands spread over its inside."""
    each = int(2 * rate_hz / (len(stands_s) + 1))
    places = [
        (420.0 + 160.0 * at / (len(stands_s) + 1), 500.0)
        for at in range(1, len(stands_s) + 1)
    ]
    way: list[Place] = steps(OUT, (420.0, 500.0), each=int(rate_hz))
    here = (420.0, 500.0)
    for place, stand_s in zip(places, stands_s, strict=True):
        way += steps(here, place, each=each)[1:]
        way += [place] * int(stand_s * rate_hz)
        here = place
    return [
        *way,
        *steps(here, (580.0, 500.0), each=each)[1:],
        *steps((580.0, 500.0), BEYOND, each=int(rate_hz))[1:],
    ]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_walks_through_has_not_waited(rate_hz: float) -> None:
    assert figures({1: through(rate_hz)}, rate_hz).waiting_mean_s == {"person": 0.0}


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_stand_counts_from_its_beginning(rate_hz: float) -> None:
    waited_s = figures({1: through(rate_hz, 6.0)}, rate_hz).waiting_mean_s["person"]

    # A step that is too small to see belongs to the stand, on either side of it.
    assert 6.0 - 1 / rate_hz <= waited_s <= 6.5 + 1 / rate_hz


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_stand_of_a_moment_is_no_waiting(rate_hz: float) -> None:
    assert figures({1: through(rate_hz, 1.0)}, rate_hz).waiting_mean_s["person"] == 0


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_two_stands_add_up(rate_hz: float) -> None:
    waited_s = figures({1: through(rate_hz, 5.0, 4.0)}, rate_hz).waiting_mean_s

    assert waited_s["person"] == pytest.approx(9.0, abs=1.0 + 2 / rate_hz)


def test_who_stood_before_the_zone_has_not_waited_in_it() -> None:
    way: Way = [OUT] * 100 + steps(OUT, BEYOND, each=40)

    assert figures({1: way}).waiting_mean_s == {"person": 0.0}


def test_only_the_part_of_a_stand_that_was_inside_is_waiting() -> None:
    """From a stand beside the border over it in steps too small to be one."""
    creep = [(398.0, 500.0)] * 100 + [(402.0, 500.0)] * 50
    found = figures({1: [*creep, *steps((402.0, 500.0), IN, each=20), *[IN] * 15]})

    assert found.dwell_mean_s["person"] == pytest.approx(8.4, abs=0.3)
    assert found.waiting_mean_s["person"] == pytest.approx(5.0, abs=0.5)


def test_nobody_waits_for_longer_than_they_stay() -> None:
    way: Way = [(598.0, 500.0)] * 50 + [(602.0, 500.0)] * 20
    found = figures({1: way})

    assert found.dwell_mean_s["person"] == pytest.approx(4.9)
    assert found.waiting_mean_s == found.dwell_mean_s


def test_who_is_lost_while_waiting_has_waited_until_then() -> None:
    found = figures({1: [IN] * 61})

    assert found.waiting_mean_s["person"] == pytest.approx(6.0)
    assert found.waiting_mean_s == found.dwell_mean_s


def test_who_is_hidden_while_waiting_waits_on() -> None:
    way: Way = [IN] * 30 + [None] * 10 + [IN] * 21

    assert figures({1: way}).waiting_mean_s["person"] == pytest.approx(6.0)


def test_quantiles_are_of_those_who_went_out_in_this_interval() -> None:
    ways: dict[int, Way] = {number: [IN] * (10 * number + 1) for number in range(1, 21)}
    found = figures(ways)

    assert found.exits == {"person": 20}
    assert found.dwell_p50_s["person"] == pytest.approx(10.0)
    assert found.dwell_p85_s["person"] == pytest.approx(17.0)
    assert found.dwell_p95_s["person"] == pytest.approx(19.0)
    assert found.dwell_max_s["person"] == pytest.approx(20.0)
    assert found.waiting_p50_s["person"] == pytest.approx(10.0)
    assert found.waiting_p85_s["person"] == pytest.approx(17.0)


def test_of_nobody_who_went_out_there_are_no_stays() -> None:
    found = figures({1: steps(OUT, (390.0, 500.0))})

    assert not found.dwell_p50_s
    assert not found.waiting_mean_s
