"""An outbox that nobody empties: what waits is kept, what no longer fits is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.telemetry.outbox.outbox import Outbox

Make = Callable[..., Interval]

FILLS_UP = "outbox fills up"
FULL = "outbox full, new intervals will be refused"
REFUSED = "outbox full, new intervals are refused"


def refuses(outbox: Outbox) -> bool:
    return outbox.refusing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def test_when_all_that_may_wait_does_the_oldest_are_kept_and_new_ones_refused(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(path, records_max=10, board=board)
    for minute in range(7):
        outbox.put(interval(minute), "tp-1")
    assert FILLS_UP not in caplog.text
    outbox.put(interval(7), "tp-1")
    assert FILLS_UP in caplog.text
    assert not outbox.refusing
    for minute in range(8, 15):
        outbox.put(interval(minute), "tp-1")
    assert [row.seq for row in outbox.head(99)] == list(range(1, 11))
    assert (outbox.refused, outbox.in_memory, outbox.refusing) == (5, 0, True)
    assert outbox.covered_until_utc_s == interval(9).end_utc_s
    assert [caplog.text.count(said) for said in (FILLS_UP, FULL, REFUSED)] == [1, 1, 1]
    outbox.close()


def test_what_is_delivered_makes_room_again_and_the_log_is_not_told_each_time(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(path, records_max=10, board=board)
    for minute in range(11):
        outbox.put(interval(minute), "tp-1")
    for minute in range(11, 31):
        outbox.delivered([outbox.head(1)[0].seq])
        record = outbox.put(interval(minute), "tp-1")
        assert record is not None
        assert record.seq == minute
    assert caplog.text.count(FULL) == 1
    outbox.delivered([row.seq for row in outbox.head(5)])
    assert caplog.text.count("outbox has room again") == 1
    for minute in range(31, 40):
        outbox.put(interval(minute), "tp-1")
    assert caplog.text.count(FULL) == 2
    outbox.close()


def test_bytes_are_bounded_too_and_counted_afresh_at_the_next_start(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(path, bytes_max=3000, board=board)
    while not outbox.refusing:
        outbox.put(interval(), "tp-1")
    stored = sum(len(row.payload) for row in outbox.head(99))
    assert 3000 <= stored < 3000 + stored / outbox.pending
    outbox.close()
    caplog.clear()
    outbox = Outbox(path, bytes_max=3000, board=board)
    assert refuses(outbox)
    assert FULL in caplog.text
    outbox.delivered([1])
    assert not refuses(outbox)
    outbox.close()


def test_what_waits_in_memory_waits_on_while_there_is_no_room_on_the_disk(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(path, records_max=4, memory_records_max=3, board=board)
    for minute in range(3):
        outbox.put(interval(minute), "tp-1")
    connection = outbox._store._connection
    assert connection is not None
    connection.execute("PRAGMA query_only=ON")
    for minute in range(3, 5):
        outbox.put(interval(minute), "tp-1")
    assert outbox.in_memory == 2
    connection.execute("PRAGMA query_only=OFF")
    assert outbox.flush() == 1
    outbox.put(interval(5), "tp-1")
    outbox.put(interval(6), "tp-1")
    assert outbox.put(interval(7), "tp-1") is None
    assert (outbox.in_memory, outbox.refused, outbox.refusing) == (3, 1, True)
    outbox.delivered([1, 2, 3, 4])
    assert outbox.flush() == 3
    assert [row.seq for row in outbox.head(9)] == [5, 6, 7]
    outbox.close()
