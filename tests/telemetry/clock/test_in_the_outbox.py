"""Dates on the real outbox: nothing leaves without one, and it outlives a start."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tallypost.board.base import BUILT_UTC_S, ClockReading
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import ClockTrust, Interval, Provenance, Quality
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.outbox.outbox import Outbox

NOW_UTC_S = BUILT_UTC_S + 1e6


@contextmanager
def started(folder: Path, board: SimulatedBoard) -> Iterator[tuple[Intake, Outbox]]:
    outbox = Outbox(folder / "outbox.db", board=board)
    intake = Intake(
        store=outbox,
        device="tp-1",
        provenance=Provenance(model=None, site="sha256:bb", firmware="0.1.0"),
        interval_s=60.0,
        board=board,
        reckoner=Reckoner(board, Memory(folder / "outbox.db.clock")),
    )
    try:
        yield intake, outbox
    finally:
        intake.close()
        outbox.close()


def minute(board: SimulatedBoard) -> Interval:
    """The minute that has just passed, counted by the calendar that there is."""
    board.advance(60.0)
    clock = board.clock()
    return Interval(
        start_utc_s=max(board.utc_s() - 60.0, 0.0),
        duration_s=60.0,
        lines={"gate": LineFigures(forward={"car": 1})},
        zones={},
        quality=Quality(
            observed_s=60.0,
            frames=600,
            frames_dropped=0,
            clock=clock.trust,
            clock_uncertainty_s=clock.uncertainty_s,
        ),
        start_monotonic_s=board.monotonic_s() - 60.0,
    )


def sent(outbox: Outbox) -> list[dict[str, object]]:
    outbox.flush()
    return [json.loads(message.payload) for message in outbox.head(100)]


def test_what_was_counted_before_a_start_without_a_clock_leaves_with_a_date(
    tmp_path: Path,
) -> None:
    board = SimulatedBoard(utc_s=7.0, trust=ClockTrust.UNSYNCED)
    with started(tmp_path, board) as (intake, outbox):
        for _ in range(3):
            intake.take(minute(board))
        assert sent(outbox) == []
    board.reboot(utc_s=7.0, off_s=10.0)
    with started(tmp_path, board) as (intake, outbox):
        intake.take(minute(board))
        assert sent(outbox) == []
        board.jump(NOW_UTC_S - board.utc_s())
        board.reading = ClockReading(ClockTrust.SYNCED, 0.5)
        intake.tick()
        found = sent(outbox)

    counted = [each for each in found if each["lines"]]
    assert [each["quality"]["dated"] for each in counted] == [  # type: ignore[index]
        "reckoned",
        "reckoned",
        "reckoned",
        "later",
    ]
    assert len({each["seq"] for each in found}) == len(found)
    assert b"monotonic" not in json.dumps(found).encode()
    assert counted[-1]["start"] == "2026-11-12T13:45:40Z"


@contextmanager
def no_room(outbox: Outbox) -> Iterator[None]:
    """SQLite itself says that the disk is full."""
    connection = outbox._store._connection
    assert connection is not None
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")
    yield
    connection.execute("PRAGMA max_page_count=100000")


def test_what_a_full_disk_holds_up_is_dated_before_what_comes_after_it(
    tmp_path: Path,
) -> None:
    board = SimulatedBoard(utc_s=NOW_UTC_S)
    with started(tmp_path, board) as (intake, _):
        intake.take(minute(board))
    board.reboot(utc_s=7.0)
    with started(tmp_path, board) as (intake, outbox):
        with no_room(outbox):
            while outbox.in_memory < 2:
                intake.take(minute(board))
            board.jump(NOW_UTC_S + 3600.0 - board.utc_s())
            board.reading = ClockReading(ClockTrust.SYNCED, 0.5)
            for _ in range(3):
                intake.take(minute(board))
        intake.take(minute(board))
    with started(tmp_path, board) as (intake, outbox):
        intake.take(minute(board))
        outbox.flush()
        spans = sorted(
            (record.interval.start_utc_s, record.interval.end_utc_s)
            for record in outbox.history(0.0, board.utc_s() + 1.0)
        )

    assert spans[0][0] == NOW_UTC_S
    assert spans[-1][1] == pytest.approx(board.utc_s(), abs=0.01)
    for (_, end_utc_s), (start_utc_s, _) in pairwise(spans):
        assert start_utc_s == pytest.approx(end_utc_s, abs=0.05)
