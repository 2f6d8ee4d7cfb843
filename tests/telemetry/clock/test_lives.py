"""What befalls the clocks of boxes on poles, and what the far side reads of it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.domain.records import ClockTrust, Dated, KpiRecord
from tallypost.telemetry.clock.anchor import DRIFT
from tests.telemetry.clock.world import World

DAY_S = 86_400.0
HOUR_FRAMES = 720


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.board.drift = 0.5 * DRIFT
    return world


def watched(world: World) -> list[KpiRecord]:
    """The records of intervals that somebody watched."""
    return [each for each in world.store.kept if each.interval.quality.frames]


def holes(world: World) -> list[KpiRecord]:
    return [each for each in world.store.kept if not each.interval.quality.frames]


def covered_s(world: World) -> float:
    """For how long, from the first record to the last, something is told."""
    spans = [each.interval for each in world.store.kept]
    return sum(span.duration_s for span in spans)


def test_a_box_that_starts_in_1970_dates_three_hours_when_a_server_is_heard(
    world: World,
) -> None:
    world.watch(3 * HOUR_FRAMES)
    assert world.store.dated() == []
    world.sync(0.0, 0.01)
    world.watch(24)
    world.check()

    records = watched(world)
    later = [each for each in records if each.interval.quality.dated is Dated.LATER]
    assert len(later) == len(records) - 1
    assert {each.interval.quality.clock for each in later} == {ClockTrust.UNSYNCED}
    assert holes(world) == []


def test_a_clock_that_nobody_keeps_for_a_day_is_in_doubt_by_seconds(
    world: World,
) -> None:
    world.sync(0.0, 0.01)
    world.watch(12)
    world.set_by_hand(0.0)
    world.watch(24 * HOUR_FRAMES)
    world.check()

    last = world.store.kept[-1].interval
    assert last.quality.clock is ClockTrust.HOLDOVER
    assert last.quality.dated is None
    assert last.start_utc_s % 60 == 0.0
    doubt_s = last.quality.clock_uncertainty_s
    assert doubt_s is not None
    assert 4.0 <= doubt_s <= 16.0


@pytest.mark.parametrize("calendar", ["1970", "saved", "battery"])
def test_after_a_power_cut_a_battery_clock_goes_on(world: World, calendar: str) -> None:
    world.board.battery_s = 0.0
    world.sync(0.0, 0.01)
    world.watch(60)
    world.cut_power(3600.0, calendar, drift=-0.5 * DRIFT, battery_drift=0.5 * DRIFT)
    world.watch(60)
    world.check()

    last = watched(world)[-1].interval.quality
    assert (last.clock, last.dated) == (ClockTrust.HOLDOVER, None)
    assert last.clock_uncertainty_s is not None
    assert last.clock_uncertainty_s < 6.0
    [hole] = holes(world)
    assert hole.interval.duration_s == pytest.approx(3600.0 + 60.0, abs=66.0)
    assert covered_s(world) == pytest.approx(
        world.store.kept[-1].interval.end_utc_s
        - world.store.kept[0].interval.start_utc_s,
        abs=2.0,
    )


def test_after_a_power_cut_without_one_records_wait(world: World) -> None:
    world.sync(0.0, 0.01)
    world.watch(60)
    known = len(world.store.kept)
    world.cut_power(3600.0, "saved", drift=0.0, battery_drift=0.0)
    world.watch(60)
    assert len(world.store.dated()) == known
    world.sync(0.0, 0.01)
    world.watch(13)
    world.check()

    [hole] = holes(world)
    assert hole.interval.quality.dated is Dated.LATER
    assert hole.interval.duration_s == pytest.approx(3600.0, abs=70.0)


def test_two_starts_without_a_clock_are_put_between_what_is_known(
    world: World,
) -> None:
    world.sync(0.0, 0.01)
    world.watch(60)
    for _ in range(2):
        world.cut_power(1800.0, "1970", drift=0.0, battery_drift=0.0)
        world.watch(120)
    world.cut_power(1800.0, "1970", drift=0.0, battery_drift=0.0)
    world.sync(0.0, 0.01)
    world.watch(13)
    world.check()

    reckoned = [
        each.interval
        for each in watched(world)
        if each.interval.quality.dated is Dated.RECKONED
    ]
    assert len(reckoned) == 20
    assert max(each.quality.clock_uncertainty_s or 0 for each in reckoned) < 3600.0
    starts = [each.start_utc_s for each in reckoned]
    assert starts == sorted(starts)
    assert covered_s(world) == pytest.approx(
        world.store.kept[-1].interval.end_utc_s
        - world.store.kept[0].interval.start_utc_s,
        abs=2.0,
    )


@pytest.mark.parametrize("frames", range(1, 13, 2))
@pytest.mark.parametrize("step_s", [-10 * 365 * DAY_S, -1.0, 1.0, 59.0, DAY_S])
def test_a_step_at_any_moment_of_an_interval_loses_nothing(
    world: World, frames: int, step_s: float
) -> None:
    world.sync(0.0, 0.01)
    world.watch(24 + frames)
    world.set_by_hand(step_s)
    world.watch(3)
    world.sync(0.0, 0.01)
    world.watch(24)
    world.check()

    assert holes(world) == []


def test_a_second_that_is_counted_twice_is_told_once(world: World) -> None:
    """A leap second: the kernel's calendar, kept all the while, goes back by one."""
    world.sync(0.0, 0.01)
    world.watch(30)
    world.board.jump(-1.0)
    world.true_s -= 1.0
    world.started_true_s -= 1.0
    before = set(world.truth)
    for seq in before:
        world.truth[seq] -= 1.0
    world.watch(30)

    leapt = watched(world)[-2].interval
    assert holes(world) == []
    for record in watched(world):
        off_s = abs(record.interval.start_utc_s - world.truth[record.seq])
        assert off_s <= 1.0 + (record.interval.quality.clock_uncertainty_s or 0.0)
    assert leapt.quality.clock is ClockTrust.SYNCED


def test_a_clock_that_flaps_costs_no_count(world: World) -> None:
    for turn in range(40):
        world.sync(0.0, 0.01)
        world.watch(1 + turn % 3)
        world.set_by_hand(-3600.0 if turn % 2 else 86_400.0)
        world.watch(1)
        world.check()

    assert holes(world) == []
    assert world.store.stamps == {}


@pytest.fixture
def zone(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "XXX-13", "no/such"], indirect=True
)
@pytest.mark.usefixtures("zone")
def test_no_zone_and_no_summer_time_is_ever_asked(world: World) -> None:
    world.true_s = world.started_true_s = 1_805_504_100.0  # 2027-03-28T00:55:00Z
    world.sync(0.0, 0.01)
    world.watch(12 * 10)
    world.check()

    starts = [each.interval.start_utc_s for each in watched(world)][1:]
    assert starts == [starts[0] + 60.0 * minute for minute in range(len(starts))]


class KilledError(BaseException):
    """Nobody hears of it."""


def test_a_kill_while_dates_are_given_leaves_no_time_untold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    world.watch(40)
    world.cut_power(4000.0, "1970", 0.0, 0.0)
    world.watch(40)
    world.sync(0.0, 0.01)

    def killed(*_: object) -> None:
        raise KilledError

    for step in ("put", "date"):
        with monkeypatch.context() as patch:
            patch.setattr(world.store, step, killed)
            with pytest.raises(KilledError):
                world.intake.tick()
        world.open_telemetry()
    world.watch(60)
    world.check()

    spans = sorted(
        (record.interval.start_utc_s, record.interval.end_utc_s)
        for record in world.store.dated()
    )
    covered_utc_s = spans[0][0]
    for start_utc_s, end_utc_s in spans:
        assert start_utc_s <= covered_utc_s + 0.5
        covered_utc_s = max(covered_utc_s, end_utc_s)
