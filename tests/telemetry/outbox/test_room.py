"""An outbox that nobody empties: history goes first, then records grow coarser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval, KpiRecord
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import records, relief
from tallypost.telemetry.outbox.outbox import Outbox

Make = Callable[..., Interval]

MERGED = "outbox full, the oldest records are merged"
REFUSED = "outbox full, new intervals are refused"
BYTES_MAX = 64 * 1024


def refuses(outbox: Outbox) -> bool:
    return outbox.refusing


def decoded(outbox: Outbox) -> list[KpiRecord]:
    return [json_v1.decode(row.payload) for row in outbox.head(100_000)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relief, "SPARED_RECORDS", 4)
    monkeypatch.setattr(records, "SNAPSHOT_RECORDS", 8)


@pytest.mark.usefixtures("few")
def test_what_waits_grows_coarser_and_no_count_and_no_number_is_lost(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(path, bytes_max=BYTES_MAX, board=board)
    minutes = 1500
    for minute in range(minutes):
        assert outbox.put(interval(minute, cars=minute % 7), "tp-1") is not None
    kept = decoded(outbox)

    assert path.stat().st_size <= BYTES_MAX
    numbers = [seq for record in kept for seq in record.numbers]
    assert numbers == list(range(1, minutes + 1))
    cars = [record.interval.lines["gate"].forward["car"] for record in kept]
    assert sum(cars) == sum(minute % 7 for minute in range(minutes))
    total = kept[-1].interval.lines["gate"].total
    assert total is not None
    assert total.forward == {"car": sum(cars)}
    assert outbox.pending == len(kept) < minutes / 3
    assert [caplog.text.count(said) for said in (MERGED, REFUSED)] == [1, 0]
    outbox.close()


@pytest.mark.usefixtures("few")
def test_the_oldest_that_may_be_on_their_way_and_the_newest_stay_as_they_are(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(path, bytes_max=BYTES_MAX, board=board)
    for minute in range(1000):
        outbox.put(interval(minute), "tp-1")
    lengths = [record.interval.duration_s for record in decoded(outbox)]

    assert lengths[:4] == [60.0] * 4
    assert lengths[-20:] == [60.0] * 20
    assert max(lengths) >= 600.0
    outbox.close()


@pytest.mark.usefixtures("few")
def test_what_was_merged_leaves_as_one_and_makes_room_again(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(path, bytes_max=BYTES_MAX, board=board)
    for minute in range(1000):
        outbox.put(interval(minute), "tp-1")
    while waiting := outbox.head(50):
        outbox.delivered([row.seq for row in waiting])
    assert outbox.pending == 0
    for minute in range(1000, 1400):
        record = outbox.put(interval(minute), "tp-1")
        assert record is not None
        outbox.delivered([record.seq])
    last = outbox.put(interval(1400), "tp-1")
    outbox.close()
    outbox = Outbox(path, bytes_max=BYTES_MAX, board=board)

    assert decoded(outbox) == [last]
    assert caplog.text.count("outbox has room again") == 1
    outbox.close()


def test_history_goes_before_anything_is_merged(
    path: Path,
    board: SimulatedBoard,
    interval: Make,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(records, "SNAPSHOT_RECORDS", 8)
    outbox = Outbox(path, bytes_max=BYTES_MAX, board=board)
    for minute in range(600):
        record = outbox.put(interval(minute), "tp-1")
        assert record is not None
        outbox.delivered([record.seq])
    kept = list(outbox.history(0.0, 1e12))

    assert 8 < len(kept) < 600
    assert kept[-1].seq == 600
    assert MERGED not in caplog.text
    outbox.close()


def test_history_is_kept_for_thirty_days(
    path: Path,
    board: SimulatedBoard,
    interval: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(records, "SNAPSHOT_RECORDS", 8)
    outbox = Outbox(path, board=board)
    for minute in range(64):
        outbox.put(interval(minute), "tp-1")
    outbox.delivered(range(1, 40))
    board.advance(interval(31 * 1440).start_utc_s - board.utc_s())
    for minute in range(64, 80):
        outbox.put(interval(minute + 31 * 1440), "tp-1")

    assert [record.seq for record in outbox.history(0.0, 1e12)] == list(range(40, 81))
    outbox.close()


def test_where_nothing_can_be_merged_new_intervals_are_refused(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(path, bytes_max=24 * 1024, board=board)
    minute = 0
    while not refuses(outbox):
        outbox.put(interval(minute), "tp-1")
        minute += 1
        assert minute < 200
    for more in range(5):
        assert outbox.put(interval(minute + more), "tp-1") is None

    assert (outbox.refused, outbox.in_memory, outbox.pending) == (5, 0, minute)
    assert caplog.text.count(REFUSED) == 1
    outbox.close()
    outbox = Outbox(path, bytes_max=24 * 1024, board=board)
    assert refuses(outbox)
    outbox.delivered(range(1, minute // 2))
    assert refuses(outbox), "totals are told by what went out, until they are noted"
    outbox.close()


def test_what_waits_in_memory_waits_on_while_there_is_no_room_on_the_disk(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(path, memory_records_max=3, board=board)
    for minute in range(3):
        outbox.put(interval(minute), "tp-1")
    connection = outbox._store._connection
    assert connection is not None
    connection.execute("PRAGMA query_only=ON")
    for minute in range(3, 8):
        outbox.put(interval(minute), "tp-1")
    assert (outbox.in_memory, outbox.refused, outbox.refusing) == (3, 2, True)
    connection.execute("PRAGMA query_only=OFF")
    assert outbox.flush() == 3
    assert [row.seq for row in outbox.head(9)] == [1, 2, 3, 4, 5, 6]
    outbox.close()
