"""The outbox: numbers never used twice, totals that agree, nothing lost."""

import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import OutboxBusyError, OutboxError, RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.copying import copied
from tallypost.telemetry.outbox.database import SCHEMA_VERSION
from tallypost.telemetry.outbox.numbering import LAG_MAX
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.rows import row_of

Make = Callable[..., Interval]
Open = Callable[[], Outbox]


def put(outbox: Outbox, interval: Interval) -> KpiRecord:
    record = outbox.put(interval, "tp-1")
    assert record is not None
    return record


def refuses(outbox: Outbox) -> bool:
    return outbox.refusing


def test_records_wait_in_order_until_they_are_delivered(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    records = [put(outbox, interval(minute)) for minute in range(5)]
    assert [row.seq for row in outbox.head(3)] == [1, 2, 3]
    assert [json_v1.decode(row.payload) for row in outbox.head(9)] == records
    outbox.delivered([1, 3])
    assert [row.seq for row in outbox.head(9)] == [2, 4, 5]
    assert outbox.pending == 3


def test_totals_and_numbers_go_on_after_a_restart(reopen: Open, interval: Make) -> None:
    outbox = reopen()
    put(outbox, interval(0, cars=2))
    outbox.delivered([1])
    outbox = reopen()
    record = put(outbox, interval(1, cars=5))
    assert record.seq == 2
    total = record.interval.lines["gate"].total
    assert total is not None
    assert (total.forward, total.backward) == ({"car": 7}, {"bicycle": 2})
    assert outbox.covered_until_utc_s == interval(1).end_utc_s
    assert reopen().covered_until_utc_s == interval(1).end_utc_s


def test_whoever_waits_is_woken_by_a_record(reopen: Open, interval: Make) -> None:
    outbox = reopen()
    assert not outbox.arrived.is_set()
    put(outbox, interval())
    assert outbox.arrived.is_set()


def test_a_rejected_record_is_set_aside_with_its_reason(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    put(outbox, interval())
    outbox.rejected(1, "packet too large")
    assert outbox.pending == 0
    outbox.close()
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT seq, reason FROM rejected").fetchall()
    database.close()
    assert rows == [(1, "packet too large")]


def test_of_rejected_records_the_newest_reasons_are_kept_and_the_log_is_told_once(
    reopen: Open,
    path: Path,
    interval: Make,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(ledger, "REJECTED_RECORDS_MAX", 3)
    outbox = reopen()
    for minute in range(8):
        outbox.rejected(put(outbox, interval(minute)).seq, "packet too large")
    outbox.close()
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT seq FROM rejected ORDER BY seq").fetchall()
    database.close()
    assert [seq for (seq,) in rows] == [6, 7, 8]
    assert caplog.text.count("the oldest are dropped") == 1


def test_an_interval_that_breaks_the_schema_leaves_no_trace(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    with pytest.raises(RecordError):
        outbox.put(interval(cars=2**32), "tp-1")
    put(outbox, interval(cars=2**32 - 1))
    with pytest.raises(RecordError, match=r"total\.forward\.car"):
        outbox.put(interval(cars=1), "tp-1")
    outbox.delivered([1])
    assert outbox.pending == 0
    assert outbox.put(interval(cars=0), "tp-1") is not None


def test_two_tallyposts_never_share_an_outbox(
    reopen: Open, path: Path, board: SimulatedBoard
) -> None:
    outbox = reopen()
    with pytest.raises(OutboxBusyError, match=rf"outbox\.db\.lock.*{os.getpid()}"):
        Outbox(path, board=board)
    outbox.close()
    outbox.close()
    Outbox(path, board=board).close()


def test_a_killed_tallypost_lets_go_of_its_outbox(
    path: Path, board: SimulatedBoard
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tallypost.board.simulated import SimulatedBoard\n"
        "from tallypost.telemetry.outbox.outbox import Outbox\n"
        "box = Outbox(Path(sys.argv[1]), board=SimulatedBoard())\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OutboxBusyError, match=f"process {holder.pid}"):
            Outbox(path, board=board)
        holder.kill()
    Outbox(path, board=board).close()


def test_numbers_are_never_used_again_when_the_database_is_deleted(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    used = {put(outbox, interval(minute)).seq for minute in range(1003)}
    outbox.close()
    path.unlink()
    outbox = reopen()
    fresh = {put(outbox, interval(minute)).seq for minute in range(3)}
    assert min(fresh) > max(used)
    assert len(fresh) == 3


def keep_copy(path: Path) -> Callable[[], None]:
    """Return what puts the database as it is now back in its place."""
    copy = copied(path, path.parent / "copies")
    sqlite3.connect(copy).execute("PRAGMA journal_mode=DELETE").connection.close()

    def bring_back() -> None:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        copy.replace(path)

    return bring_back


@pytest.mark.parametrize("since", [1, 30, 1100])
def test_numbers_are_never_used_again_when_an_older_database_comes_back(
    since: int,
    reopen: Open,
    path: Path,
    interval: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox = reopen()
    for minute in range(3):
        put(outbox, interval(minute))
    bring_back = keep_copy(path)
    used = [put(outbox, interval(minute)).seq for minute in range(3, 3 + since)]
    outbox.close()
    bring_back()
    assert put(reopen(), interval(9000)).seq > used[-1]
    assert "numbers are skipped" in caplog.text


def test_nor_when_it_comes_back_under_a_running_outbox(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    for minute in range(3):
        put(outbox, interval(minute))
    bring_back = keep_copy(path)
    used = [put(outbox, interval(minute)).seq for minute in range(3, 6)]
    bring_back()
    assert put(outbox, interval(6)).seq == used[-1] + 1
    assert outbox.covered_until_utc_s == interval(6).end_utc_s
    assert put(reopen(), interval(7)).seq == used[-1] + 2


def test_nor_when_it_comes_back_after_a_power_cut(
    reopen: Open, path: Path, interval: Make
) -> None:
    code = (
        "import os, sys, sqlite3; from pathlib import Path\n"
        "from tests.telemetry.outbox.test_outbox import keep_copy\n"
        "from tallypost.board.simulated import SimulatedBoard\n"
        "from tallypost.domain.records import Interval, Quality\n"
        "from tallypost.telemetry.outbox.outbox import Outbox\n"
        "path = Path(sys.argv[1])\n"
        "box = Outbox(path, board=SimulatedBoard())\n"
        "seen = Quality(observed_s=60.0, frames=600, frames_dropped=0)\n"
        "one = Interval(start_utc_s=0.0, duration_s=60.0, lines={}, zones={},\n"
        "    quality=seen)\n"
        "for number in range(5):\n"
        "    last = box.put(one, 'tp-1').seq\n"
        "    if number == 3: keep_copy(path)\n"
        "print(last, flush=True); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        stdout=subprocess.PIPE,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    path.with_name(path.name + "-wal").unlink()
    (path.parent / "copies" / path.name).replace(path)
    assert put(reopen(), interval()).seq > int(ran.stdout) == 5


def test_numbers_have_no_gap_after_a_clean_end(
    reopen: Open, path: Path, interval: Make
) -> None:
    seqs = [put(reopen(), interval(minute)).seq for minute in range(5)]
    assert seqs == [1, 2, 3, 4, 5]
    assert int(path.with_name("outbox.db.seq").read_text()) == 5


def test_a_mark_that_cannot_be_written_stops_the_numbers_before_they_outrun_it(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    put(outbox, interval())
    mark = path.with_name("outbox.db.seq")
    mark.unlink()
    mark.mkdir()
    for minute in range(1, LAG_MAX + 1):
        put(outbox, interval(minute))
    assert outbox.put(interval(99), "tp-1") is None
    assert outbox.in_memory == 1
    mark.rmdir()
    assert outbox.flush() == 1


def test_numbers_go_on_from_the_calendar_when_their_mark_is_garbage_too(
    reopen: Open, path: Path, board: SimulatedBoard, interval: Make
) -> None:
    put(reopen(), interval())
    reopen().close()
    path.unlink()
    path.with_name("outbox.db.seq").write_bytes(b"\x00\xff\x00")
    assert put(reopen(), interval()).seq == int(board.utc_s())


def test_a_lost_mark_is_written_again(reopen: Open, path: Path, interval: Make) -> None:
    put(reopen(), interval())
    path.with_name("outbox.db.seq").unlink()
    put(reopen(), interval())
    assert int(path.with_name("outbox.db.seq").read_text()) >= 2


def test_a_database_deleted_while_it_is_open_loses_nothing(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    first = put(outbox, interval(0)).seq
    for suffix in ("", "-wal"):
        path.with_name(path.name + suffix).unlink()
    second = put(outbox, interval(1)).seq
    assert second > first
    assert [row.seq for row in reopen().head(9)] == [first, second]


def _garbage_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"no database at all" * 10)


def _torn_page(path: Path) -> None:
    # The table's last page: the records before it can still be read.
    with path.open("r+b") as file:
        file.seek(-4096, os.SEEK_END)
        file.write(os.urandom(4096))


def _truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


def _no_tables(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("DROP TABLE record")
    database.commit()
    database.close()


DAMAGE = {
    "garbage-header": (_garbage_header, 0),
    "torn-page": (_torn_page, 20),
    "truncated": (_truncated, 10),
    "emptied": (_emptied, 0),
    "table-gone": (_no_tables, 0),
}


@pytest.mark.parametrize(("damage", "salvaged_min"), DAMAGE.values(), ids=list(DAMAGE))
def test_a_damaged_outbox_is_set_aside_and_a_new_one_begun(
    damage: Callable[[Path], None],
    salvaged_min: int,
    reopen: Open,
    path: Path,
    interval: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox = reopen()
    for minute in range(100):
        put(outbox, interval(minute, cars=1))
    outbox.close()
    damage(path)
    outbox = reopen()
    record = put(outbox, interval(101))
    assert record.seq > 100
    waiting = [row.seq for row in outbox.head(1000)]
    assert len(set(waiting)) == len(waiting) >= 1 + salvaged_min
    if damage is not _emptied:
        assert list(path.parent.glob("outbox.db.corrupt-20231114T*Z"))
        assert "outbox damaged, a new one is begun" in caplog.text
    if salvaged_min:
        total = record.interval.lines["gate"].total
        assert total is not None
        assert total.forward["car"] >= 1 + salvaged_min


def test_damage_that_shows_while_running_costs_no_new_record(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    put(outbox, interval())
    reopen()
    outbox = reopen()
    connection = outbox._store._connection
    assert connection is not None
    for statement in ("DROP TABLE record", "COMMIT"):
        connection.execute(statement)
    put(outbox, interval(1))
    assert outbox.pending == 1


@pytest.mark.parametrize("step", ["salvaging", "salvaged"])
def test_a_power_cut_during_salvage_is_made_good_at_the_next_start(
    step: str, reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    put(outbox, interval())
    outbox.close()
    whole = path.read_bytes()
    _garbage_header(path)
    path.with_name(f"outbox.db.{step}").write_bytes(whole)
    expected = {"salvaging": 0, "salvaged": 1}[step]
    assert len(reopen().head(9)) == expected
    assert len(list(path.parent.glob("outbox.db.corrupt-*Z"))) == 1


@pytest.mark.parametrize(
    ("column", "flipped"),
    [("payload", b"\x01torn"), ("payload", b"\x07"), ("start_utc_s", 7.0)],
    ids=["torn", "another-packing", "time"],
)
def test_a_record_whose_bits_flipped_on_the_card_is_never_sent(
    column: str, flipped: bytes | float, reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    put(outbox, interval(0))
    put(outbox, interval(1))
    outbox.close()
    database = sqlite3.connect(path)
    database.execute(f"UPDATE record SET {column} = ? WHERE seq = 1", (flipped,))
    database.commit()
    database.close()
    outbox = reopen()
    assert [row.seq for row in outbox.head(9)] == [2]
    assert outbox.pending == 1


def test_a_folder_is_no_place_for_records(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    for folder in (tmp_path, Path("/"), tmp_path / ".."):
        with pytest.raises(OutboxError, match="is a folder; name a file in it"):
            Outbox(folder, board=board)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_program_is_left_alone(path: Path, reopen: Open) -> None:
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE theirs (x)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(OutboxError, match="another program"):
        reopen()
    assert path.read_bytes() == before


def test_a_database_of_a_newer_tallypost_is_left_alone(
    path: Path, reopen: Open
) -> None:
    reopen().close()
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    database.close()
    with pytest.raises(OutboxError, match="newer tallypost"):
        reopen()


def test_a_folder_that_cannot_be_made_is_told_with_a_wish(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="name a folder that tallypost may write to"):
        Outbox(tmp_path / "file" / "outbox.db", board=board)


def test_totals_hold_every_class_a_line_ever_saw(reopen: Open, interval: Make) -> None:
    outbox = reopen()
    put(outbox, interval(0, cars=3))
    payload = json.loads(outbox.head(1)[0].payload)
    assert payload["lines"]["gate"]["total"] == {
        "forward": {"car": 3},
        "backward": {"bicycle": 1},
    }


def test_the_log_is_told_once_and_not_at_every_record(
    path: Path,
    board: SimulatedBoard,
    interval: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    outbox = Outbox(path, memory_records_max=3, board=board)
    connection = outbox._store._connection
    assert connection is not None
    connection.execute("PRAGMA query_only=ON")
    results = [outbox.put(interval(minute), "tp-1") for minute in range(5)]
    assert results == [None] * 5
    assert (outbox.in_memory, outbox.refused) == (3, 2)
    assert outbox.covered_until_utc_s == interval(2).end_utc_s
    assert caplog.text.count("disk refuses records") == 2
    assert refuses(outbox)
    board.advance(300)
    outbox.put(interval(9), "tp-1")
    assert caplog.text.count("disk refuses records") == 3
    connection.execute("PRAGMA query_only=OFF")
    assert not refuses(outbox), "asking it asks the disk"
    assert outbox.in_memory == 0
    assert "disk takes records again" in caplog.text
    assert [row.seq for row in outbox.head(9)] == [1, 2, 3]
    outbox.close()


def test_a_calendar_that_jumps_back_an_hour_changes_no_number_and_no_total(
    reopen: Open, board: SimulatedBoard, interval: Make
) -> None:
    outbox = reopen()
    put(outbox, interval(60))
    board.jump(-3600)
    record = put(outbox, interval(0))
    assert record.seq == 2
    assert [row.seq for row in outbox.head(9)] == [1, 2]
    assert outbox.covered_until_utc_s == interval(60).end_utc_s
    assert reopen().covered_until_utc_s == interval(60).end_utc_s


def altered(path: Path, statement: str) -> None:
    """Alter an outbox that is closed, as a card that forgets bits may."""
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def test_bytes_that_the_card_has_made_a_text_of_are_damaged_and_hold_up_nothing(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    for minute in range(3):
        put(outbox, interval(minute))
    outbox.close()
    altered(path, "UPDATE record SET payload='text' WHERE seq=2")
    outbox = reopen()
    assert [row.seq for row in outbox.head(9)] == [1, 3]
    assert [record.seq for record in outbox.history(0.0, 1e12)] == [1, 3]
    assert put(outbox, interval(3)).seq == 4


def test_a_record_in_the_words_of_another_version_goes_out_as_it_is(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    record = put(outbox, interval(0))
    put(outbox, interval(1))
    outbox.close()
    told = json_v1.encode(record).replace(b'"synced"', b'"atomic"')
    told = told.replace(b'"seq":1,', b'"seq":1,"first_seq":1,')
    row = row_of(record, told)
    with sqlite3.connect(path) as connection:
        ledger.insert(connection, row)
    connection.close()
    outbox = reopen()
    assert [message.payload for message in outbox.head(1)] == [told]
    outbox.delivered([1])
    assert [message.seq for message in outbox.head(9)] == [2]


def test_what_waited_in_the_ram_disk_outlives_a_kill_and_the_loss_of_the_files(
    path: Path, tmp_path: Path, board: SimulatedBoard, interval: Make
) -> None:
    ram_folder, kept = tmp_path / "ram", tmp_path / "kept"
    outbox = Outbox(path, ram_folder=ram_folder, board=board)
    minute = 0
    while not outbox.in_memory:
        put(outbox, interval(minute))
        minute += 1
    shutil.copytree(ram_folder, kept / "ram")
    shutil.copytree(path.parent, kept / "data")
    outbox.close()
    shutil.rmtree(ram_folder)
    shutil.rmtree(path.parent)
    (kept / "ram").rename(ram_folder)
    (kept / "data").rename(path.parent)
    for suffix in ("", "-wal", ".logbook"):
        path.with_name(path.name + suffix).unlink()

    outbox = Outbox(path, ram_folder=ram_folder, board=board)
    outbox.flush()
    [record] = outbox.history(0.0, 1e12)
    outbox.close()
    assert record.interval.start_utc_s == interval(minute - 1).start_utc_s
    assert record.seq == minute + LAG_MAX
