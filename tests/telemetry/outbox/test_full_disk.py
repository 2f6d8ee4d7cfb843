"""A disk without room: intervals wait in memory and go in when there is room again."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.errors import OutboxError, OutboxUnavailableError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.outbox import Outbox

Make = Callable[..., Interval]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tallypost-test", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small file system; run as root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    return ballast


def settle_down(outbox: Outbox, interval: Make, first: int) -> int:
    """Put until the disk refuses; return how many minutes were put."""
    minute = first
    while outbox.in_memory == 0:
        outbox.put(interval(minute), "tp-1")
        minute += 1
    return minute


def check_whole(outbox: Outbox, count: int) -> None:
    records = [json_v1.decode(row.payload) for row in outbox.head(10_000)]
    assert [record.seq for record in records] == list(range(1, count + 1))
    starts = [record.interval.start_utc_s for record in records]
    assert starts == sorted(starts)
    assert len(set(starts)) == count
    for number, record in enumerate(records, 1):
        total = record.interval.lines["gate"].total
        assert total is not None
        assert total.forward == {"car": number}


def test_nothing_is_lost_while_the_disk_is_full(
    disk: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(disk / "outbox.db", board=board)
    for minute in range(5):
        assert outbox.put(interval(minute), "tp-1") is not None
    ballast = fill(disk)
    minute = settle_down(outbox, interval, 5)
    for more in range(minute, minute + 20):
        assert outbox.put(interval(more), "tp-1") is None
    assert outbox.in_memory == 21
    ballast.unlink()
    assert outbox.put(interval(minute + 20), "tp-1") is not None
    assert outbox.in_memory == 0
    check_whole(outbox, minute + 21)
    outbox.close()


def test_a_start_on_a_full_disk_waits_in_memory_too(
    disk: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(disk / "outbox.db", board=board)
    outbox.put(interval(0), "tp-1")
    outbox.close()
    ballast = fill(disk)
    outbox = Outbox(disk / "outbox.db", board=board)
    for minute in range(1, 30):
        assert outbox.put(interval(minute), "tp-1") is not None, "the logbook has room"
    minutes = settle_down(outbox, interval, 30)
    ballast.unlink()
    outbox.flush()
    check_whole(outbox, minutes)
    outbox.close()


def test_delivered_records_are_not_sent_again_while_the_disk_is_full(
    disk: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(disk / "outbox.db", board=board)
    for minute in range(10):
        outbox.put(interval(minute), "tp-1")
    ballast = fill(disk)
    settle_down(outbox, interval, 10)
    waiting = [row.seq for row in outbox.head(1000)]
    outbox.delivered(waiting[:8])
    assert [row.seq for row in outbox.head(1000)] == waiting[8:]
    ballast.unlink()
    outbox.flush()
    outbox.close()
    outbox = Outbox(disk / "outbox.db", board=board)
    assert outbox.head(1)[0].seq == waiting[8]
    outbox.close()


def test_a_disk_that_turns_read_only_costs_nothing(
    disk: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(disk / "outbox.db", board=board)
    outbox.put(interval(0), "tp-1")
    # The kernel refuses to turn it while a file is open for writing.
    outbox._store.close()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for minute in range(1, 4):
        assert outbox.put(interval(minute), "tp-1") is None
    with pytest.raises(OutboxUnavailableError):
        outbox.head(1)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert outbox.flush() == 3
    check_whole(outbox, 4)
    outbox.close()


def test_a_read_only_folder_is_told_with_a_wish(
    disk: Path, board: SimulatedBoard
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(OutboxError, match=r"Read-only file system.*name a folder"):
        Outbox(disk / "new" / "outbox.db", board=board)


def test_a_database_that_may_not_grow_costs_nothing_either(
    tmp_path: Path, board: SimulatedBoard, interval: Make
) -> None:
    """The same where nobody may mount: SQLite itself says that the disk is full."""
    outbox = Outbox(tmp_path / "outbox.db", board=board)
    outbox.put(interval(0), "tp-1")
    connection = outbox._store._connection
    assert connection is not None
    connection.execute("PRAGMA max_page_count=12")
    minute = settle_down(outbox, interval, 1)
    outbox.put(interval(minute), "tp-1")
    connection.execute("PRAGMA max_page_count=100000")
    assert outbox.flush() == 2
    check_whole(outbox, minute + 1)
    outbox.close()
