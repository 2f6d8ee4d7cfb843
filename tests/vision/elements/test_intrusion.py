"""Where nobody may be: told at once, told once, and told to be over."""

import numpy as np
import pytest

from tallypost.domain.alerts import AlertState
from tallypost.domain.figures.zones import WatchFigures
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.intrusion import IntrusionElement
from tests.vision.counting.scenes import Way, steps
from tests.vision.elements.glances import told, watch

TRACKS = ((0.4, 0.0), (0.6, 0.0), (0.6, 1.0), (0.4, 1.0))
OUT, IN, BEYOND = (300.0, 500.0), (500.0, 500.0), (700.0, 500.0)
RATES_HZ = (2.0, 5.0, 10.0, 25.0)
BEGUN, ENDED = AlertState


def element(after_s: float = 0.0, clear_s: float = 3.0) -> IntrusionElement:
    counter = ZoneCounter(name="tracks", polygon=TRACKS, classes=frozenset({0}))
    return IntrusionElement(counter=counter, after_s=after_s, clear_s=clear_s)


def at(rate_hz: float) -> dict[str, float | int]:
    return {"look_s": 1 / rate_hz, "lost_looks": int(1.5 * rate_hz)}


def bystander(seconds: float, rate_hz: float) -> dict[int, Way]:
    """Somebody outside: as long as they are there, the watch goes on."""
    return {99: [OUT] * int(seconds * rate_hz)}


def states(signs: list[tuple[float, AlertState, str | None]]) -> list[AlertState]:
    return [state for _, state, _ in signs]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_walks_in_is_told_of_within_a_second_of_being_clearly_inside(
    rate_hz: float,
) -> None:
    way = steps(OUT, IN, each=int(2 * rate_hz))  # 100 pixels a second
    signs = told(element(), {1: [*way, *[IN] * int(9 * rate_hz)]}, **at(rate_hz))

    # A fifth of its size inside: 12 pixels behind the border, which is met after 1 s.
    assert 1.1 <= signs[0][0] <= 1.12 + 1 / rate_hz
    assert signs[0][1:] == (BEGUN, "person")


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_it_is_over_when_the_last_has_been_gone_for_so_long(rate_hz: float) -> None:
    way = steps(OUT, BEYOND, each=int(4 * rate_hz))
    ways = {1: way, 2: [None] * int(2 * rate_hz) + way} | bystander(20, rate_hz)
    signs = told(element(), ways, **at(rate_hz))

    assert states(signs) == [BEGUN, ENDED]
    # The second has left after 2 + 3 s and a fifth of its size.
    assert 8.0 <= signs[1][0] <= 8.4 + 2 / rate_hz


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_is_lost_inside_and_found_under_another_id_is_one_event(
    rate_hz: float,
) -> None:
    looks = int(6 * rate_hz)
    first: Way = [*steps(OUT, IN, each=int(2 * rate_hz)), *[IN] * looks]
    second: Way = [None] * (len(first) + int(2 * rate_hz)) + [IN] * looks
    ways = {1: first, 2: second} | bystander(30, rate_hz)
    figures, signs = watch(element(), ways, **at(rate_hz))

    assert [sign.state for sign in signs] == [BEGUN, ENDED]
    assert signs[1].value == pytest.approx(15.5, abs=1.5)
    assert isinstance(figures, WatchFigures)
    assert figures.events == {"person": 1}
    assert figures.present_s == pytest.approx(18.5, abs=1.0)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_must_have_been_inside_for_long_may_be_lost_meanwhile(
    rate_hz: float,
) -> None:
    looks = int(4 * rate_hz)
    first: Way = [IN] * looks
    second: Way = [None] * (looks + int(rate_hz)) + [IN] * looks
    ways = {1: first, 2: second} | bystander(20, rate_hz)
    signs = told(element(after_s=7.0), ways, **at(rate_hz))

    assert states(signs) == [BEGUN, ENDED]
    assert 7.0 <= signs[0][0] <= 7.0 + 1 / rate_hz + 1e-6


def test_a_phantom_of_a_moment_does_not_last_by_being_held_to_be_there() -> None:
    assert told(element(after_s=1.0), {1: [IN] * 8} | bystander(10, 10.0)) == []


def test_who_was_inside_for_less_is_not_told_of() -> None:
    assert told(element(after_s=7.0), {1: [IN] * 50}) == []


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("seed", range(5))
def test_who_walks_along_the_border_is_not_told_of(rate_hz: float, seed: int) -> None:
    looks = int(20 * rate_hz)
    x = 385 + np.random.default_rng(seed).normal(0, 3, looks)
    y = np.linspace(100, 900, looks)
    way = list(zip(x.tolist(), y.tolist(), strict=True))

    assert told(element(), {1: way}, **at(rate_hz)) == []


def test_somebody_of_another_class_may_be_there() -> None:
    assert told(element(), {1: [IN] * 50}, class_ids={1: 2}) == []


def test_who_goes_on_into_the_next_interval_is_not_counted_again() -> None:
    intruded = element()
    first, _ = watch(intruded, {1: [IN] * 50}, lost_looks=-1)
    assert first.events == {"person": 1}
    intruded.elapse(5.0)

    assert intruded.take(5.0) == WatchFigures(events={}, present_s=5.0)


def test_who_was_not_seen_for_long_has_come_anew() -> None:
    ways: dict[int, Way] = {1: [IN] * 100, 2: [None] * 210 + [IN] * 200}
    signs = told(element(after_s=15.0), ways, look_s=0.1, lost_looks=100)

    [(begun_s, begun, _)] = signs
    assert begun is BEGUN
    assert begun_s == pytest.approx(21.0 + 15.0, abs=0.2)
