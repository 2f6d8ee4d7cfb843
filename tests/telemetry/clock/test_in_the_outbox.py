"""Dates on the real outbox: nothing leaves without one, and it outlives a start."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """The minute that has just passed, counted without a clock."""
    board.advance(60.0)
    return Interval(
        start_utc_s=max(board.utc_s() - 60.0, 0.0),
        duration_s=60.0,
        lines={"gate": LineFigures(forward={"car": 1})},
        zones={},
        quality=Quality(observed_s=60.0, frames=600, frames_dropped=0),
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
