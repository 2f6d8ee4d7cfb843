"""What a person sees while it counts."""

import io

import pytest
from rich.console import Console

from tallypost.cli.live import LiveRecords, record_table
from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import Interval, KpiRecord, Quality

RECORD = KpiRecord(
    device="tp-1",
    seq=7,
    interval=Interval(
        start_utc_s=0.0,
        duration_s=60.0,
        lines={
            "gate": LineFigures(
                forward={"car": 2},
                backward={"person": 1},
                total=LineTotals(forward={"car": 912}, backward={"person": 77}),
            ),
            "ramp": LineFigures(),
        },
        zones={
            "platform": ZoneFigures(
                occupancy_mean={"person": 3.4}, occupancy_max={"person": 9}
            )
        },
        quality=Quality(observed_s=59.8, frames=597, frames_dropped=3),
    ),
)


def shown(record: KpiRecord) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(record_table(record))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_record_is_shown_with_its_counts_totals_and_how_long_it_was_watched() -> None:
    text = " ".join(shown(RECORD).split())

    assert "tp-1 record 7" in text
    assert "gate │ car │ 2 │ 0 │ 912 / 0" in text
    assert "gate │ person │ 0 │ 1 │ 0 / 77" in text
    assert "3.4, at most 9" in text
    assert "watched 59.8 of 60 s, 597 frames, 3 dropped" in text


def test_a_line_that_nobody_crossed_is_shown_all_the_same() -> None:
    assert "ramp │ -" in " ".join(shown(RECORD).split())


def test_nothing_is_written_where_nobody_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with LiveRecords(enabled=False) as display:
        display.show(RECORD)

    assert capsys.readouterr() == ("", "")


def test_the_last_alert_stands_below_the_latest_record(
    capsys: pytest.CaptureFixture[str],
) -> None:
    alert = Alert(
        kind=AlertKind.STOPPED_VEHICLE,
        state=AlertState.BEGUN,
        time_utc_s=30.25,
        collection="stops",
        element="bus-lane",
        label="car",
        value=31.0,
    )
    with LiveRecords(enabled=True) as display:
        display.show(AlertRecord(device="tp-1", seq=1, alert=alert))
        display.show(RECORD)
    shown = capsys.readouterr().out

    assert "record 7" in shown
    told = "1970-01-01T00:00:30.2Z stopped vehicle begun at bus-lane by car (31)"
    assert f"last alert: {told}" in shown
