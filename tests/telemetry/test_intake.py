"""Every interval of the calendar is covered by a record."""

from dataclasses import dataclass, field, replace

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import (
    ClockTrust,
    Interval,
    KpiRecord,
    Provenance,
    Quality,
)
from tallypost.telemetry.intake import Intake

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
class Notebook:
    """A store in memory: what was put, in order."""

    covered_until_utc_s: float | None = None
    kept: list[KpiRecord] = field(default_factory=list)
    full: bool = False
    alerts: Ongoing = field(default_factory=Ongoing)

    @property
    def refusing(self) -> bool:
        return self.full

    def put(self, interval: Interval, device: str) -> KpiRecord | None:
        self.covered_until_utc_s = interval.end_utc_s
        record = KpiRecord(device=device, seq=len(self.kept) + 1, interval=interval)
        self.kept.append(record)
        return None if self.full else record


@pytest.fixture
def store() -> Notebook:
    return Notebook()


@pytest.fixture
def intake(store: Notebook, board: SimulatedBoard) -> Intake:
    return Intake(
        store=store,
        device="tp-1",
        provenance=PROVENANCE,
        interval_s=60.0,
        board=board,
    )


def watched(minute: int) -> Interval:
    return Interval(
        start_utc_s=BEGIN_UTC_S + 60.0 * minute,
        duration_s=60.0,
        lines={"gate": LineFigures()},
        zones={},
        quality=Quality(observed_s=60.0, frames=600, frames_dropped=0),
    )


def test_an_interval_becomes_a_record_that_tells_what_it_was_counted_with(
    intake: Intake,
) -> None:
    [record] = intake.take(watched(0))

    assert record.device == "tp-1"
    assert record.interval.quality.model == "sha256:aa"
    assert record.interval.quality.site == "sha256:bb"
    assert record.interval.quality.firmware == "0.1.0"


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
    board.advance(60.0 + 15.0)
    [hole] = intake.tick()

    assert hole.interval.start_utc_s == BEGIN_UTC_S
    assert hole.interval.quality.observed_s == 0.0


def test_a_box_that_was_off_for_days_makes_one_record_of_it(
    store: Notebook, board: SimulatedBoard
) -> None:
    store.covered_until_utc_s = BEGIN_UTC_S - 3 * 86_400.0
    later = Intake(
        store=store,
        device="tp-1",
        provenance=PROVENANCE,
        interval_s=60.0,
        board=board,
    )
    hole, _ = later.take(watched(0))

    assert hole.interval.duration_s == 3 * 86_400.0


def test_a_calendar_that_jumped_back_makes_no_hole(
    intake: Intake, board: SimulatedBoard, store: Notebook
) -> None:
    board.advance(60.0)
    intake.take(watched(0))
    board.jump(-3600.0)
    intake.take(watched(-60))
    board.advance(60.0)

    assert intake.tick() == []
    assert [record.interval.start_utc_s for record in store.kept] == [
        BEGIN_UTC_S,
        BEGIN_UTC_S - 3600.0,
    ]


def test_a_hole_shows_soon_after_the_calendar_jumped_back(
    intake: Intake, board: SimulatedBoard
) -> None:
    intake.take(watched(0))
    board.jump(-3600.0)
    assert intake.tick() == []
    board.advance(90.0)
    [hole] = intake.tick()

    assert hole.interval.start_utc_s == BEGIN_UTC_S - 3600.0


def test_a_hole_is_told_once_also_where_a_late_interval_follows(
    intake: Intake, board: SimulatedBoard, store: Notebook
) -> None:
    intake.take(watched(0))
    board.jump(3600.0)
    board.advance(90.0)
    [hole] = intake.tick()
    intake.take(watched(1))

    assert hole.interval.duration_s > 3000.0
    assert intake.tick() == []
    assert len(store.kept) == 3


def test_a_calendar_that_is_set_for_the_first_time_makes_no_hole_of_decades(
    store: Notebook,
) -> None:
    board = SimulatedBoard(utc_s=100.0)
    early = Intake(
        store=store,
        device="tp-1",
        provenance=PROVENANCE,
        interval_s=60.0,
        board=board,
    )
    first = replace(watched(0), start_utc_s=60.0)
    early.take(first)
    board.jump(BEGIN_UTC_S)

    assert len(early.take(watched(0))) == 1


def test_footage_that_lags_behind_the_clock_has_no_holes(
    store: Notebook, board: SimulatedBoard
) -> None:
    unpaced = Intake(
        store=store,
        device="tp-1",
        provenance=PROVENANCE,
        interval_s=60.0,
        board=board,
        paced=False,
    )
    for minute in range(4):
        unpaced.take(watched(minute))
        board.advance(1000.0)
        assert unpaced.tick() == []

    assert len(store.kept) == 4


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


BEGUN = Alert(kind=AlertKind.INTRUSION, state=AlertState.BEGUN, time_utc_s=BEGIN_UTC_S)


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
