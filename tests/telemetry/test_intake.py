"""Every interval of the calendar is covered by a record."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tallypost.board.base import UNSYNCED, ClockReading
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.acceptance import Accuracy
from tallypost.domain.aiming import Aiming
from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.merging import follows
from tallypost.domain.records import (
    ClockTrust,
    Dated,
    Interval,
    Provenance,
    Quality,
)
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.intake import Intake
from tests.telemetry.shelf import Shelf

BEGIN_UTC_S = 1_700_000_040.0
PROVENANCE = Provenance(model="sha256:aa", site="sha256:bb", firmware="0.1.0")


@dataclass
class Ongoing:
    """Alerts in memory."""

    kept: list[AlertRecord] = field(default_factory=list)

    def put(self, alert: Alert, device: str) -> AlertRecord | None:
        self.kept.append(
            AlertRecord(device=device, seq=len(self.kept) + 1, alert=alert)
        )
        return self.kept[-1]

    def end_all(
        self, device: str, *, time_utc_s: float, clock: ClockTrust
    ) -> list[AlertRecord]:
        return [
            replace(
                each,
                device=device,
                alert=replace(each.alert, time_utc_s=time_utc_s, clock=clock),
            )
            for each in self.kept
        ]


@dataclass
class Notebook(Shelf):
    """A store in memory, with alerts."""

    alerts: Ongoing = field(default_factory=Ongoing)


@pytest.fixture
def store() -> Notebook:
    return Notebook()


Open = Callable[..., Intake]


@pytest.fixture
def open_intake(store: Notebook, board: SimulatedBoard, tmp_path: Path) -> Open:
    def make(
        *,
        paced: bool = True,
        here: SimulatedBoard = board,
        aiming: Aiming | None = None,
    ) -> Intake:
        return Intake(
            store=store,
            device="tp-1",
            provenance=PROVENANCE,
            interval_s=60.0,
            board=here,
            reckoner=Reckoner(here, Memory(tmp_path / "clock"), built_utc_s=0.0),
            paced=paced,
            aiming=aiming,
        )

    return make


@pytest.fixture
def intake(open_intake: Open) -> Intake:
    return open_intake()


def watched(minute: int, clock: ClockTrust = ClockTrust.SYNCED) -> Interval:
    """The interval that began so many minutes after the board was started."""
    return Interval(
        start_utc_s=BEGIN_UTC_S + 60.0 * minute,
        duration_s=60.0,
        lines={"gate": LineFigures()},
        zones={},
        quality=Quality(observed_s=60.0, frames=600, frames_dropped=0, clock=clock),
        start_monotonic_s=60.0 * minute,
    )


def test_records_of_the_time_in_which_somebody_aimed_say_so(
    open_intake: Open, board: SimulatedBoard
) -> None:
    """From 90 to 150 seconds after the start: in the second and third minute."""
    intake = open_intake(aiming=Aiming(60.0, 150.0))
    aimed = []
    for minute in range(4):
        board.advance(60.0)
        [record] = intake.take(watched(minute))
        aimed.append(record.interval.quality.aiming)

    assert aimed == [None, True, True, None]


def test_a_hole_says_that_somebody_aimed_in_it_and_one_before_does_not(
    open_intake: Open, board: SimulatedBoard
) -> None:
    """From 270 to 330 seconds after the start."""
    intake = open_intake(aiming=Aiming(60.0, 330.0))
    board.advance(60.0)
    intake.take(watched(0))
    board.advance(180.0)
    before = intake.take(watched(3))
    board.advance(120.0)
    meanwhile = intake.take(watched(5))

    assert [each.interval.quality.aiming for each in before] == [None, None]
    assert [each.interval.quality.aiming for each in meanwhile] == [True, True]


def test_an_interval_becomes_a_record_that_tells_what_it_was_counted_with(
    intake: Intake,
) -> None:
    [record] = intake.take(watched(0))

    assert record.device == "tp-1"
    assert record.interval.quality.model == "sha256:aa"
    assert record.interval.quality.site == "sha256:bb"
    assert record.interval.quality.firmware == "0.1.0"


def test_what_was_found_by_taps_is_told_with_every_record_from_then_on(
    intake: Intake,
) -> None:
    found = {"gate": {"person": Accuracy(taps=142, error=-0.02, margin=0.1)}}
    [before] = intake.take(watched(0))
    intake.proved(found)
    later = [*intake.take(watched(1)), *intake.take(watched(3))]

    assert before.interval.quality.accuracy == {}
    assert [each.interval.quality.accuracy for each in later] == [found] * 3
    assert json_v1.decode(json_v1.encode(later[0])) == later[0]
    assert not follows(later[0], before), "of both nothing would be known"


def test_intervals_in_a_row_leave_no_hole(
    intake: Intake, board: SimulatedBoard, store: Notebook
) -> None:
    for minute in range(3):
        board.advance(60.0)
        intake.take(watched(minute))

    assert len(store.kept) == 3


def test_a_hole_becomes_a_record_before_the_interval_after_it(intake: Intake) -> None:
    intake.take(watched(0))
    hole, record = intake.take(watched(5))

    assert hole.interval.start_utc_s == BEGIN_UTC_S + 60.0
    assert hole.interval.duration_s == 240.0
    assert hole.interval.lines == {}
    assert hole.interval.zones == {}
    assert hole.interval.quality.observed_s == 0.0
    assert hole.interval.quality.frames == 0
    assert hole.seq < record.seq
    assert record.interval.start_utc_s == hole.interval.end_utc_s


def test_a_late_interval_is_no_hole_within_the_grace(
    intake: Intake, board: SimulatedBoard, store: Notebook
) -> None:
    intake.take(watched(0))
    board.advance(60.0 + 60.0 + 14.0)

    assert intake.tick() == []
    intake.take(watched(1))
    assert len(store.kept) == 2


def test_silence_becomes_a_hole_while_it_lasts(
    intake: Intake, board: SimulatedBoard
) -> None:
    intake.take(watched(0))
    board.advance(60.0 + 60.0 + 15.0)
    [first] = intake.tick()
    board.advance(180.0)
    [second] = intake.tick()

    assert first.interval.start_utc_s == BEGIN_UTC_S + 60.0
    assert first.interval.duration_s == 60.0
    assert second.interval.start_utc_s == first.interval.end_utc_s
    assert second.interval.duration_s == 180.0
    assert intake.tick() == []


def test_a_device_whose_camera_never_came_up_says_so(
    intake: Intake, board: SimulatedBoard
) -> None:
    board.advance(2 * 60.0 + 15.0)
    [hole] = intake.tick()

    assert hole.interval.start_utc_s == BEGIN_UTC_S
    assert hole.interval.quality.observed_s == 0.0


def test_a_box_that_was_off_for_days_makes_one_record_of_it(
    store: Notebook, open_intake: Open
) -> None:
    store.covered_until_utc_s = BEGIN_UTC_S - 3 * 86_400.0
    hole, _ = open_intake().take(watched(0))

    assert hole.interval.start_utc_s == BEGIN_UTC_S - 3 * 86_400.0
    assert hole.interval.duration_s == 3 * 86_400.0


@pytest.mark.parametrize("step_s", [-3600.0, -60.0, 60.0, 3600.0, 1e9])
def test_a_calendar_that_steps_makes_no_hole(
    intake: Intake, board: SimulatedBoard, store: Notebook, step_s: float
) -> None:
    board.advance(60.0)
    intake.take(watched(0))
    board.jump(step_s)
    board.advance(60.0)
    after = watched(1)
    intake.take(replace(after, start_utc_s=after.start_utc_s + step_s))

    assert intake.tick() == []
    assert len(store.kept) == 2


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0])
def test_a_hole_while_the_calendar_steps_is_as_long_as_it_was(
    intake: Intake, board: SimulatedBoard, step_s: float
) -> None:
    board.advance(60.0)
    intake.take(watched(0))
    board.jump(step_s)
    assert intake.tick() == []
    board.advance(134.9)
    assert intake.tick() == [], "what is running may end at any moment"
    board.advance(0.2)
    [hole] = intake.tick()

    assert hole.interval.start_utc_s == BEGIN_UTC_S + 60.0 + step_s
    assert hole.interval.duration_s == 120.0


def test_a_hole_begins_where_what_is_before_it_has_ended_by_the_same_calendar(
    board: SimulatedBoard, open_intake: Open
) -> None:
    board.reading = ClockReading(ClockTrust.SYNCED, 0.01)
    for _ in range(2):
        open_intake().tick()
    board.jump(0.7)
    board.reading = ClockReading(ClockTrust.SYNCED, 0.9)
    before, after = (
        replace(told, start_utc_s=told.start_utc_s + 0.7)
        for told in (watched(0), watched(2))
    )
    board.advance(60.0)
    open_intake().take(before)
    board.advance(120.0)
    [hole, _] = open_intake().take(after)

    assert hole.interval.start_utc_s == pytest.approx(before.end_utc_s, abs=0.01)
    assert hole.interval.end_utc_s == pytest.approx(after.start_utc_s, abs=0.01)


def test_a_hole_before_what_waited_while_the_calendar_was_set_begins_in_its_place(
    intake: Intake, board: SimulatedBoard, open_intake: Open
) -> None:
    board.advance(60.0)
    intake.take(watched(0))
    board.advance(120.0)
    board.jump(0.7)
    board.reading = ClockReading(ClockTrust.SYNCED, 0.9)
    [hole, _] = open_intake().take(watched(2))

    assert hole.interval.start_utc_s == pytest.approx(watched(1).start_utc_s, abs=0.01)
    assert hole.interval.duration_s == pytest.approx(60.0, abs=0.01)


def test_a_hole_is_told_once_also_where_a_late_interval_follows(
    intake: Intake, board: SimulatedBoard, store: Notebook
) -> None:
    intake.take(watched(0))
    board.advance(150.0)
    assert len(intake.tick()) == 1
    intake.take(watched(1))

    assert intake.tick() == []
    assert len(store.kept) == 3


def test_footage_that_lags_behind_the_clock_has_no_holes(
    store: Notebook, board: SimulatedBoard, open_intake: Open
) -> None:
    unpaced = open_intake(paced=False)
    for minute in range(4):
        unpaced.take(watched(minute))
        board.advance(1000.0)
        assert unpaced.tick() == []

    assert len(store.kept) == 4


def test_footage_has_dates_of_its_own(store: Notebook, open_intake: Open) -> None:
    open_intake(paced=False).take(watched(0, ClockTrust.UNSYNCED))

    assert store.stamps == {}


def test_no_hole_is_made_up_while_there_is_no_room_for_it(
    intake: Intake, board: SimulatedBoard, store: Notebook
) -> None:
    intake.take(watched(0))
    store.full = True
    board.advance(600.0)

    assert intake.tick() == []
    assert len(store.kept) == 1


def test_nothing_is_told_of_a_record_that_the_disk_refuses(
    intake: Intake, store: Notebook
) -> None:
    store.full = True

    assert intake.take(watched(0)) == []
    assert len(store.kept) == 1


def test_time_that_was_refused_is_a_hole_as_soon_as_there_is_room(
    intake: Intake, store: Notebook
) -> None:
    intake.take(watched(0))
    store.full = True
    assert intake.take(watched(1)) == intake.take(watched(2)) == []
    store.full = False

    hole, record = intake.take(watched(3))
    assert hole.interval.quality.observed_s == 0.0
    assert hole.interval.start_utc_s == watched(1).start_utc_s
    assert hole.interval.duration_s == 120.0
    assert record.interval.start_utc_s == watched(3).start_utc_s
    [after] = intake.take(watched(4))
    assert after.interval.start_utc_s == watched(4).start_utc_s


BEGUN = Alert(
    kind=AlertKind.INTRUSION,
    state=AlertState.BEGUN,
    time_utc_s=BEGIN_UTC_S,
    clock=ClockTrust.SYNCED,
)


def test_an_alert_is_kept_under_the_device_s_name(intake: Intake) -> None:
    [record] = intake.tell(BEGUN)

    assert (record.device, record.seq, record.alert) == ("tp-1", 1, BEGUN)


def test_what_went_on_is_over_when_the_vision_half_begins_afresh(
    intake: Intake, board: SimulatedBoard
) -> None:
    intake.tell(BEGUN)
    board.advance(77.0)
    [over] = intake.watch_anew()

    assert over.alert.time_utc_s == board.utc_s()
    assert over.alert.clock is board.clock().trust


def unsynced(board: SimulatedBoard, step_s: float) -> None:
    """The clock is set by hand: nobody keeps it any more."""
    board.jump(step_s)
    board.reading = UNSYNCED


def test_an_alert_whose_calendar_is_wrong_has_the_device_s_own_time(
    intake: Intake, board: SimulatedBoard
) -> None:
    unsynced(board, -1e8)
    board.advance(5.0)
    alert = replace(BEGUN, time_utc_s=board.utc_s() - 2.0, clock=ClockTrust.UNSYNCED)
    [record] = intake.tell(alert)

    assert record.alert.time_utc_s == BEGIN_UTC_S + 3.0
    assert record.alert.clock is ClockTrust.HOLDOVER


def test_after_the_clock_was_set_by_hand_the_device_keeps_its_own(
    intake: Intake, board: SimulatedBoard
) -> None:
    board.advance(60.0)
    intake.take(watched(0))
    unsynced(board, 86_400.0)
    board.advance(60.0)
    told = watched(1, ClockTrust.UNSYNCED)
    [record] = intake.take(replace(told, start_utc_s=told.start_utc_s + 86_400.0))

    assert record.interval.start_utc_s == BEGIN_UTC_S + 60.0
    assert record.interval.quality.clock is ClockTrust.HOLDOVER
    assert record.interval.quality.clock_uncertainty_s == pytest.approx(0.0, abs=0.01)


def test_without_a_clock_records_wait_for_their_dates(
    store: Notebook, open_intake: Open
) -> None:
    board = SimulatedBoard(utc_s=7.0, trust=ClockTrust.UNSYNCED)
    intake = open_intake(here=board)
    for minute in range(3):
        board.advance(60.0)
        told = watched(minute, ClockTrust.UNSYNCED)
        intake.take(replace(told, start_utc_s=60.0 * minute))
    assert [each.boot for each in store.undated()] == ["boot-1"] * 3
    board.advance(3600.0)
    [silence] = intake.tick()

    assert store.stamps[silence.seq].start_monotonic_s == 180.0
    board.jump(BEGIN_UTC_S)
    board.reading = ClockReading(ClockTrust.SYNCED, 0.25)
    assert intake.tick() == []

    assert store.stamps == {}
    starts = [record.interval.start_utc_s for record in store.kept]
    assert starts == [BEGIN_UTC_S + 7.0 + start for start in (0.0, 60.0, 120.0, 180.0)]
    assert {each.interval.quality.dated for each in store.kept} == {Dated.LATER}


def test_a_start_without_a_clock_is_dated_before_the_next_with_one(
    store: Notebook, board: SimulatedBoard, open_intake: Open
) -> None:
    open_intake().take(watched(0))
    board.advance(60.0)
    board.reboot(utc_s=0.0, off_s=600.0)
    early = open_intake()
    board.advance(60.0)
    early.take(replace(watched(0, ClockTrust.UNSYNCED), start_utc_s=0.0))
    board.reboot(utc_s=BEGIN_UTC_S + 60.0 + 600.0 + 60.0 + 300.0)
    board.reading = ClockReading(ClockTrust.SYNCED, 0.25)
    [first_hole] = open_intake().tick()

    reckoned = store.kept[1].interval
    truth_utc_s = BEGIN_UTC_S + 660.0
    assert reckoned.quality.dated is Dated.RECKONED
    assert reckoned.quality.clock_uncertainty_s == pytest.approx(480.0, abs=1.0)
    assert abs(reckoned.start_utc_s - truth_utc_s) <= 480.0
    assert first_hole.interval.start_utc_s == BEGIN_UTC_S + 60.0
    assert first_hole.interval.end_utc_s == pytest.approx(
        reckoned.start_utc_s, abs=0.01
    )


def test_what_the_disk_will_not_date_waits(store: Notebook, open_intake: Open) -> None:
    board = SimulatedBoard(utc_s=7.0, trust=ClockTrust.UNSYNCED)
    intake = open_intake(here=board)
    intake.take(watched(0, ClockTrust.UNSYNCED))
    board.jump(BEGIN_UTC_S)
    board.reading = ClockReading(ClockTrust.SYNCED, 0.25)
    store.broken = True
    assert intake.tick() == []
    store.broken = False
    intake.tick()

    assert store.stamps == {}
