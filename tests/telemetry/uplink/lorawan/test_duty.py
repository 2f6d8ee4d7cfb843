"""Airtime is used up, comes back with time, and some is kept for what is urgent."""

import math

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.uplink.lorawan.duty import DAY_S, Budget, Limit, Spent
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.modem.base import Region


@pytest.fixture
def board() -> SimulatedBoard:
    return SimulatedBoard()


def test_europe_grants_36_seconds_in_any_hour(board: SimulatedBoard) -> None:
    budget = Budget(RULES[Region.EU868], None, board)
    for _ in range(18):
        assert budget.wait_s(2.0, urgent=True) == 0.0
        budget.spend(2.0)
        board.advance(10.0)
    assert budget.left_s == pytest.approx(0.0)
    assert budget.wait_s(2.0, urgent=True) == pytest.approx(3600.0 - 180.0)
    assert budget.wait_s(4.0, urgent=True) == pytest.approx(3600.0 - 170.0)
    board.advance(3600.0 - 180.0)
    assert budget.wait_s(2.0, urgent=True) == 0.0


def test_no_hour_ever_holds_more_than_its_limit(board: SimulatedBoard) -> None:
    budget, used = Budget(RULES[Region.EU868], None, board), []
    for step in range(4000):
        air_s = (0.06, 0.37, 1.48)[step % 3]
        wait_s = budget.wait_s(air_s, urgent=step % 2 == 0)
        board.advance(wait_s)
        used.append(Spent(board.monotonic_s(), air_s))
        budget.spend(air_s)
        board.advance(float(step % 7))
    for each in used:
        window = [other.air_s for other in used if 0 <= other.at_s - each.at_s < 3600.0]
        assert sum(window) <= 36.0 + 1e-6


def test_the_networks_fair_use_holds_for_a_day(board: SimulatedBoard) -> None:
    budget = Budget(RULES[Region.IN865], 30.0, board)
    budget.spend(29.0)
    assert budget.left_s == pytest.approx(1.0)
    assert budget.wait_s(1.5, urgent=True) == pytest.approx(DAY_S)
    assert budget.wait_s(0.5, urgent=True) == 0.0
    board.advance(DAY_S)
    assert budget.used_day_s == 0.0
    assert budget.left_s == pytest.approx(30.0)


def test_a_tenth_is_kept_for_what_is_urgent(board: SimulatedBoard) -> None:
    budget = Budget(RULES[Region.IN865], 30.0, board)
    budget.spend(27.0)
    assert budget.wait_s(0.5) == pytest.approx(DAY_S)
    assert budget.wait_s(0.5, urgent=True) == 0.0


def test_longer_than_the_dwell_time_is_never(board: SimulatedBoard) -> None:
    budget = Budget(RULES[Region.US915], None, board)
    assert budget.wait_s(0.37) == 0.0
    assert math.isinf(budget.wait_s(0.41))


def test_what_was_used_before_the_start_counts(board: SimulatedBoard) -> None:
    budget = Budget(RULES[Region.EU868], None, board)
    budget.spend(36.0, ago_s=3000.0)
    assert budget.wait_s(1.0, urgent=True) == pytest.approx(600.0)


def test_more_than_the_whole_limit_is_never() -> None:
    assert math.isinf(Limit(1.0, 60.0).wait_s(1.1, 0.0))
