"""The device's own idea of the time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.base import BUILT_UTC_S, UNSYNCED, ClockReading
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import ClockTrust
from tallypost.telemetry.clock.anchor import DRIFT, Anchor, Date
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import RTC_AWAY_S_MAX, Reckoner

NOW_UTC_S = BUILT_UTC_S + 1e6
DAY_S = 86_400.0
SYNCED = ClockReading(ClockTrust.SYNCED, 0.5)
Open = Callable[[], Reckoner]


@pytest.fixture
def board() -> SimulatedBoard:
    board = SimulatedBoard(utc_s=NOW_UTC_S)
    board.reading = SYNCED
    return board


@pytest.fixture
def start(board: SimulatedBoard, tmp_path: Path) -> Open:
    return lambda: Reckoner(board, Memory(tmp_path / "clock"))


def test_while_the_clock_is_kept_the_kernel_is_believed(
    board: SimulatedBoard, start: Open
) -> None:
    reckoner = start()
    board.advance(100.0)
    board.jump(0.3)
    reckoner.look()

    assert reckoner.date(100.0) == (NOW_UTC_S + 100.3, 0.5)
    assert reckoner.reading() == SYNCED


class Meddled(SimulatedBoard):
    """A board whose calendar somebody sets right after it has said that it is kept."""

    meddled = False

    def clock(self) -> ClockReading:
        told = super().clock()
        if self.meddled and told == SYNCED:
            self.jump(995.0)
            self.reading = UNSYNCED
        return told


def test_a_calendar_that_is_set_while_it_is_read_is_not_believed(
    tmp_path: Path,
) -> None:
    board = Meddled(utc_s=NOW_UTC_S)
    board.reading = SYNCED
    reckoner = Reckoner(board, Memory(tmp_path / "clock"))
    board.meddled = True
    reckoner.look()

    date = reckoner.date(0.0)
    assert date is not None
    assert date.utc_s == NOW_UTC_S


def test_when_nobody_keeps_it_any_more_it_runs_on_and_doubt_grows(
    board: SimulatedBoard, start: Open
) -> None:
    reckoner = start()
    board.reading = UNSYNCED
    board.jump(-NOW_UTC_S)
    board.advance(DAY_S)
    reckoner.look()

    date = reckoner.date(DAY_S)
    assert date is not None
    assert date.utc_s == NOW_UTC_S + DAY_S
    assert date.uncertainty_s == pytest.approx(0.5 + 8.64)
    assert reckoner.reading().trust is ClockTrust.HOLDOVER


def test_a_clock_that_was_never_set_is_known_by_nobody(
    start: Open, board: SimulatedBoard
) -> None:
    board.reading = UNSYNCED
    reckoner = start()

    assert reckoner.date(0.0) is None
    assert reckoner.reading() == UNSYNCED


def test_what_speaks_starts_anew_and_knows_the_time_still(
    board: SimulatedBoard, start: Open
) -> None:
    start().remember()
    board.reading = UNSYNCED
    board.advance(60.0)

    assert start().date(60.0) == Date(NOW_UTC_S + 60.0, 0.5 + 60 * DRIFT)


def test_another_start_does_not_know_it(board: SimulatedBoard, start: Open) -> None:
    start().remember()
    board.reboot(utc_s=NOW_UTC_S + 60.0)

    assert start().date(0.0) is None


def test_a_moment_is_remembered_every_ten_minutes(
    board: SimulatedBoard, start: Open
) -> None:
    reckoner = start()
    for _ in range(61):
        reckoner.look()
        reckoner.remember()
        board.advance(10.0)
    board.reboot(utc_s=0.0)

    before = start().before
    assert before is not None
    assert before.anchor.utc_s == NOW_UTC_S + 600.0


# --- the clock on a battery --------------------------------------------------


def off_for(board: SimulatedBoard, reckoner: Reckoner, off_s: float) -> None:
    reckoner.remember()
    board.reboot(utc_s=0.0, off_s=off_s)


def test_a_battery_clock_that_agreed_tells_the_time_after_a_start(
    board: SimulatedBoard, start: Open
) -> None:
    board.battery_s = board.utc_s()
    off_for(board, start(), 7 * DAY_S)
    reckoner = start()
    date = reckoner.date(0.0)

    assert date is not None
    assert abs(date.utc_s - (NOW_UTC_S + 7 * DAY_S)) <= 0.5
    assert date.uncertainty_s == pytest.approx(0.5 + 2.5 + 7 * DAY_S * DRIFT, abs=0.1)
    assert reckoner.reading().trust is ClockTrust.HOLDOVER


def test_starts_in_a_row_go_on_from_the_last_moment_that_was_known(
    board: SimulatedBoard, start: Open
) -> None:
    board.battery_s = board.utc_s()
    off_for(board, start(), DAY_S)
    for _ in range(5):
        off_for(board, start(), DAY_S)
    date = start().date(0.0)

    assert date is not None
    assert date.uncertainty_s == pytest.approx(0.5 + 2.5 + 6 * DAY_S * DRIFT, abs=0.1)


def test_a_battery_clock_whose_driver_comes_late_is_asked_then(
    board: SimulatedBoard, start: Open
) -> None:
    board.battery_s = board.utc_s()
    off_for(board, start(), 60.0)
    battery_s, board.battery_s = board.battery_s, None
    reckoner = start()
    assert reckoner.anchor is None
    board.battery_s = battery_s
    reckoner.look()

    assert reckoner.reading().trust is ClockTrust.HOLDOVER


@pytest.mark.parametrize("off_s", [-1e9, -3600.0, 3600.0])
def test_a_battery_clock_that_did_not_agree_is_not_asked(
    board: SimulatedBoard, start: Open, off_s: float
) -> None:
    board.battery_s = board.utc_s() + off_s
    off_for(board, start(), 60.0)

    assert start().date(0.0) is None


@pytest.mark.parametrize("battery_s", [0.0, 946_684_800.0, NOW_UTC_S - 60.0])
def test_a_flat_battery_is_noticed(
    board: SimulatedBoard, start: Open, battery_s: float
) -> None:
    """It begins anew with 1970 or 2000: time does not run backwards."""
    board.battery_s = board.utc_s()
    off_for(board, start(), 60.0)
    board.battery_s = battery_s

    assert start().date(0.0) is None


def test_a_battery_clock_of_the_far_future_is_not_believed(
    board: SimulatedBoard, start: Open
) -> None:
    board.battery_s = board.utc_s()
    off_for(board, start(), 60.0)
    board.battery_s += RTC_AWAY_S_MAX

    assert start().date(0.0) is None


# --- being told ----------------------------------------------------------------


def test_who_knows_the_time_may_tell_it(board: SimulatedBoard, start: Open) -> None:
    board.reading = UNSYNCED
    board.jump(-NOW_UTC_S)
    reckoner = start()
    board.advance(10.0)
    reckoner.told(NOW_UTC_S + 5.0, 5.0, 0.25)
    assert reckoner.date(10.0) is None
    reckoner.look()

    assert reckoner.date(10.0) == Date(NOW_UTC_S + 10.0, 0.25 + 5 * DRIFT)
    assert reckoner.reading().trust is ClockTrust.HOLDOVER


def test_nobody_tells_the_time_while_the_clock_is_kept(start: Open) -> None:
    reckoner = start()
    reckoner.told(NOW_UTC_S + 0.4, 0.0, 0.0)
    reckoner.look()

    assert reckoner.date(0.0) == (NOW_UTC_S, 0.5)


@pytest.mark.parametrize(
    "told",
    [
        (BUILT_UTC_S - 1.0, 1.0, 0.1),
        (NOW_UTC_S - 3600.0, 1.0, 0.1),
        (253_402_300_800.0, 1.0, 0.1),
        (float("nan"), 1.0, 0.1),
        (float("inf"), 1.0, 0.1),
        (NOW_UTC_S, 1.0, -0.1),
        (NOW_UTC_S, 1.0, 1e9),
        (NOW_UTC_S, 1.0, float("nan")),
        (NOW_UTC_S, -1.0, 0.1),
        (NOW_UTC_S, 99.0, 0.1),
    ],
    ids=str,
)
def test_what_cannot_be_is_not_believed(
    board: SimulatedBoard, start: Open, told: tuple[float, float, float]
) -> None:
    start().remember()
    board.reboot(utc_s=0.0, off_s=10.0)
    reckoner = start()
    board.advance(10.0)
    reckoner.told(*told)
    reckoner.look()

    assert reckoner.anchor is None


def test_who_contradicts_what_is_known_is_not_believed(
    board: SimulatedBoard, start: Open
) -> None:
    reckoner = start()
    board.reading = UNSYNCED
    board.advance(10.0)
    reckoner.told(NOW_UTC_S + 70.0, 10.0, 0.1)
    reckoner.look()

    assert reckoner.date(0.0) == (NOW_UTC_S, 0.5)


def test_a_kept_clock_is_believed_also_where_it_contradicts_what_was_known(
    board: SimulatedBoard, start: Open
) -> None:
    reckoner = start()
    board.reading = UNSYNCED
    board.jump(3600.0)
    board.reading = SYNCED
    reckoner.look()

    assert reckoner.anchor == Anchor(0.0, NOW_UTC_S + 3600.0, 0.5)
