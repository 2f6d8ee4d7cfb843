"""What an outbox still knows of alerts that went out, and what it sends again."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import ClockTrust, Interval
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import stored_alerts
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.stored_alerts import LOOK_AFTER_S, UNNOTED_MAX

Make = Callable[..., Interval]
Open = Callable[[], Outbox]
DAY_S = 86_400.0
BYTES_MAX = 64 * 1024


def fill(outbox: Outbox, count: int, **words: object) -> list[int]:
    """Put alerts, each begun followed by its end; return their numbers."""
    told = {"time_utc_s": outbox._board.utc_s(), "clock": ClockTrust.SYNCED} | words
    states = [AlertState.BEGUN, AlertState.ENDED] * (count // 2)
    records = [
        outbox.alerts.put(
            Alert(kind=AlertKind.WRONG_WAY, state=state, **told),  # type: ignore[arg-type]
            "tp-1",
        )
        for state in states
    ]
    return [record.seq for record in records if record is not None]


def deliver(outbox: Outbox) -> None:
    while messages := outbox.alerts.head(100):
        outbox.alerts.delivered([each.seq for each in messages])


def head(outbox: Outbox) -> list[int]:
    return [each.seq for each in outbox.alerts.head(10_000)]


def kept(outbox: Outbox) -> list[int]:
    """Ask for all that is here."""
    outbox.alerts.ask_again(1, 2**62)
    return head(outbox)


@pytest.fixture
def cut(path: Path, board: SimulatedBoard, tmp_path: Path) -> Callable[[], Outbox]:
    """Open what a power cut would leave just now."""

    def opened() -> Outbox:
        folder = tmp_path / "cut"
        shutil.copytree(path.parent, folder)
        return Outbox(folder / path.name, board=board)

    return opened


def test_what_is_asked_for_goes_out_after_what_is_new_also_after_a_restart(
    reopen: Open,
) -> None:
    outbox = reopen()
    fill(outbox, 6)
    before = [each.payload for each in outbox.alerts.head(9)]
    deliver(outbox)
    assert head(outbox) == []
    fill(outbox, 2)

    assert outbox.alerts.ask_again(2, 4) == 3
    assert outbox.alerts.ask_again(3, 8) == 2, "3 is asked for, 7 never went out"
    assert outbox.alerts.pending == 7
    outbox = reopen()
    assert head(outbox) == [7, 8, 2, 3, 4, 5, 6]
    assert [each.payload for each in outbox.alerts.head(9)][2:] == before[1:]
    outbox.alerts.delivered([7, 2, 4])
    assert head(outbox) == [8, 3, 5, 6]
    assert outbox.alerts.pending == 4


@pytest.mark.parametrize("asked", [(0, 5), (5, 4)])
def test_a_range_that_is_none_is_refused(reopen: Open, asked: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no range"):
        reopen().alerts.ask_again(*asked)


def test_what_is_not_here_is_not_sent_again_and_costs_nothing(
    reopen: Open, path: Path
) -> None:
    outbox = reopen()
    assert outbox.alerts.ask_again(1, 9) == 0
    fill(outbox, 2)
    deliver(outbox)
    journal = path.with_name(path.name + "-wal")
    before = journal.read_bytes()

    assert outbox.alerts.ask_again(3, 2**62) == 0
    assert journal.read_bytes() == before
    assert fill(outbox, 2) == [3, 4]
    assert head(outbox) == [3, 4]


def test_a_delivery_writes_nothing_of_its_own(reopen: Open, path: Path) -> None:
    outbox = reopen()
    fill(outbox, 4)
    journal = path.with_name(path.name + "-wal")
    before = journal.read_bytes()
    deliver(outbox)
    outbox.tick()

    assert journal.read_bytes() == before
    assert head(reopen()) == []


def test_a_power_cut_sends_again_only_what_went_out_since_the_last_alert(
    reopen: Open, cut: Open
) -> None:
    outbox = reopen()
    fill(outbox, 4)
    deliver(outbox)
    fill(outbox, 2)
    deliver(outbox)

    assert head(cut()) == [5, 6]


def test_of_a_long_queue_that_goes_out_few_are_sent_again(
    reopen: Open, cut: Open
) -> None:
    outbox = reopen()
    seqs = fill(outbox, 4 * UNNOTED_MAX)
    for seq in seqs[:-1]:
        outbox.alerts.delivered([seq])

    assert head(cut()) == seqs[-UNNOTED_MAX:]


def test_after_thirty_days_only_the_newest_is_left(
    reopen: Open, board: SimulatedBoard
) -> None:
    outbox = reopen()
    fill(outbox, 4)
    deliver(outbox)
    board.advance(29 * DAY_S)
    fill(outbox, 4)
    deliver(outbox)
    board.advance(2 * DAY_S)
    outbox.tick()
    assert kept(outbox) == [5, 6, 7, 8]
    deliver(outbox)
    board.advance(30 * DAY_S)
    outbox.tick()

    assert kept(outbox) == [8]
    assert fill(outbox, 2) == [9, 10]


def test_what_never_went_out_is_not_forgotten(
    reopen: Open, board: SimulatedBoard
) -> None:
    outbox = reopen()
    fill(outbox, 4)
    board.advance(90 * DAY_S)
    outbox.tick()

    assert head(reopen()) == [1, 2, 3, 4]


def test_what_has_no_trusted_date_goes_with_what_came_after_it(
    reopen: Open, board: SimulatedBoard
) -> None:
    outbox = reopen()
    undated = {"clock": ClockTrust.UNSYNCED, "time_utc_s": 5.0}
    fill(outbox, 2, **undated)
    fill(outbox, 2)
    fill(outbox, 4, **undated)
    deliver(outbox)
    outbox.tick()
    assert kept(outbox) == [1, 2, 3, 4, 5, 6, 7, 8]
    deliver(outbox)
    board.advance(31 * DAY_S)
    outbox.tick()

    assert kept(outbox) == [5, 6, 7, 8], "nobody knows how old they are"


def test_a_clock_that_nobody_trusts_makes_nothing_old(
    reopen: Open, board: SimulatedBoard
) -> None:
    outbox = reopen()
    fill(outbox, 4)
    deliver(outbox)
    board.reading = replace(board.reading, trust=ClockTrust.UNSYNCED)
    board.advance(31 * DAY_S)
    outbox.tick()

    assert kept(outbox) == [1, 2, 3, 4]


def test_of_very_many_only_the_newest_are_kept(
    reopen: Open, board: SimulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_alerts, "HISTORY_ALERTS_MAX", 6)
    outbox = reopen()
    fill(outbox, 20)
    deliver(outbox)
    fill(outbox, 2)
    board.advance(LOOK_AFTER_S)
    outbox.tick()

    assert kept(outbox) == [21, 22, 17, 18, 19, 20]


def test_what_is_asked_for_takes_no_room_from_what_happens(
    reopen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_alerts, "ALERTS_MAX", 6)
    outbox = reopen()
    for _ in range(10):
        fill(outbox, 2)
        deliver(outbox)
    outbox.alerts.ask_again(1, 20)

    assert fill(outbox, 4) == [21, 22, 23, 24]
    assert outbox.alerts.pending == 24
    assert fill(outbox, 4) == [25, 26, 27, 28]
    assert outbox.alerts.refused == 0
    assert len(kept(outbox)) == 26, "one pair that never went out was dropped"


def test_history_of_alerts_goes_before_records_are_merged(
    tmp_path: Path,
    board: SimulatedBoard,
    interval: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox = Outbox(tmp_path / "outbox.db", bytes_max=BYTES_MAX, board=board)
    fill(outbox, 40)
    deliver(outbox)
    for minute in range(2000):
        outbox.put(interval(minute), "tp-1")
        if "merged" in caplog.text:
            break

    assert kept(outbox) == [40], "the newest tells what must go out"
    outbox.close()


def test_a_damaged_file_gives_back_what_went_out_and_that_it_did(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, 4)
    deliver(outbox)
    fill(outbox, 2)
    for minute in range(300):
        outbox.put(interval(minute), "tp-1")
    outbox.close()
    with path.open("r+b") as file:
        file.seek(-8192, 2)
        file.write(b"\xff" * 8192)
    outbox = reopen()

    assert list(path.parent.glob("*.corrupt-*"))
    assert head(outbox) == [5, 6]
    assert kept(outbox) == [5, 6, 1, 2, 3, 4]


def test_a_note_that_the_card_has_spoiled_costs_no_alert(
    reopen: Open, path: Path
) -> None:
    outbox = reopen()
    fill(outbox, 4)
    deliver(outbox)
    outbox.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alert SET due = '99-' WHERE seq = 4")
    connection.close()
    outbox = reopen()
    assert fill(outbox, 2) == [5, 6]

    assert [
        json_v1.decode_alert(each.payload).seq for each in outbox.alerts.head(9)
    ] == [1, 2, 3, 5, 6]
