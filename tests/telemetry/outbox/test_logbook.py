"""The newest records, in a few sectors each, until the database has them."""

import errno
import fcntl
import mmap
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.dating import Dating, Stamp
from tallypost.domain.records import Dated, Interval, KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import logbook as module
from tallypost.telemetry.outbox.logbook import (
    FILE_BYTES,
    ROWS_MAX,
    SECTOR_BYTES,
    Logbook,
    beside,
    read,
)
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.rows import Row, row_from, row_of

Make = Callable[..., Interval]
Open = Callable[[], Outbox]


def row(interval: Interval, seq: int, stamp: Stamp | None = None) -> Row:
    record = KpiRecord(device="tp-1", seq=seq, interval=interval)
    return row_of(record, json_v1.encode(record), stamp, due=f"{seq}-")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db.logbook"


@pytest.fixture
def logbook(path: Path) -> Logbook:
    book = Logbook(path)
    assert not book.open()
    book.begin()
    return book


def kept(path: Path) -> list[Row]:
    found = read(path)
    assert found is not None
    return found.rows


def changed(before: bytes, after: bytes) -> list[int]:
    """Return where the sectors lie that differ."""
    return [
        at
        for at in range(0, FILE_BYTES, SECTOR_BYTES)
        if before[at : at + SECTOR_BYTES] != after[at : at + SECTOR_BYTES]
    ]


def test_rows_come_out_as_they_were(
    logbook: Logbook, path: Path, interval: Make
) -> None:
    rows = [row(interval(1), 1), row(interval(2), 2, Stamp("boot-a", 7.25))]
    assert logbook.append(rows)
    assert logbook.append([row(interval(3), 3)])

    again = Logbook(path)
    assert again.open()
    assert again.rows == kept(path) == [*rows, row(interval(3), 3)]
    assert all(each.sound for each in again.rows)
    assert again.append([row(interval(4), 4)])
    assert [each.seq for each in kept(path)] == [1, 2, 3, 4]


def test_two_common_records_need_one_sector_and_the_file_never_grows(
    logbook: Logbook, path: Path, interval: Make
) -> None:
    lengths = {path.stat().st_size}
    for seq in range(1, ROWS_MAX, 2):
        before = path.read_bytes()
        assert logbook.append([row(interval(seq + n), seq + n) for n in (0, 1)])
        after = path.read_bytes()
        assert len(changed(before, after)) == 1
        lengths.add(len(after))
    assert lengths == {FILE_BYTES}
    assert not logbook.append([row(interval(99), 99)]), "so many, and no more"


def test_a_new_edition_knows_nothing_of_those_before(
    logbook: Logbook, path: Path, interval: Make
) -> None:
    for seq in range(1, 9):
        assert logbook.append([row(interval(seq), seq)])
    logbook.begin()
    assert kept(path) == logbook.rows == []
    assert logbook.append([row(interval(9), 9)])
    assert [each.seq for each in kept(path)] == [9]


def test_an_entry_that_a_power_cut_tore_costs_no_other(
    logbook: Logbook, path: Path, interval: Make
) -> None:
    for seq in (1, 2):
        assert logbook.append([row(interval(seq), seq)])
    before = path.read_bytes()
    noise = random.Random(3).randbytes(3000).hex().encode()
    assert logbook.append([row_from([3, 0.0, 60.0, None, None, None], noise)])
    after = path.read_bytes()
    assert [each.seq for each in kept(path)] == [1, 2, 3]

    for missing in changed(before, after):
        torn = bytearray(after)
        torn[missing : missing + SECTOR_BYTES] = before[
            missing : missing + SECTOR_BYTES
        ]
        path.write_bytes(torn)
        assert [each.seq for each in kept(path)] == [1, 2]
        again = Logbook(path)
        assert again.open()
        assert again.append([row(interval(4), 4)])
        assert [each.seq for each in kept(path)] == [1, 2, 4]
        again.close()


def test_a_sector_that_the_card_forgot_costs_its_own_entry(
    logbook: Logbook, path: Path, interval: Make
) -> None:
    for seq in range(1, 6):
        assert logbook.append([row(interval(seq), seq)])
    data = bytearray(path.read_bytes())
    data[3 * SECTOR_BYTES + 40] ^= 4
    path.write_bytes(data)
    assert [each.seq for each in kept(path)] == [1, 2, 4, 5]


def test_what_the_disk_cannot_read_any_more_costs_no_more_than_itself(
    logbook: Logbook,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for seq in range(1, 17):
        noise = random.Random(seq).randbytes(SECTOR_BYTES).hex().encode()
        assert logbook.append([row_from([seq, 0.0, 60.0, None, None, None], noise)])
    pread = os.pread

    def unreadable(file: int, count: int, offset: int) -> bytes:
        if offset == mmap.PAGESIZE:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return pread(file, count, offset)

    monkeypatch.setattr(os, "pread", unreadable)
    assert [each.seq for each in kept(path)] == [1, 2, 3, *range(9, 17)]
    assert "logbook cannot be read whole" in caplog.text


def test_what_is_too_large_is_left_to_the_database(
    logbook: Logbook, path: Path, interval: Make
) -> None:
    noise = row_from([1, 0.0, 60.0, None, None, None], os.urandom(FILE_BYTES))
    text = row_from([1, 0.0, 60.0, None, None, None], b"a" * 2**20)
    assert not logbook.append([noise])
    assert not logbook.append([text])
    assert logbook.append([row(interval(2), 2)])
    assert [each.seq for each in kept(path)] == [2]


@pytest.mark.parametrize("length", [0, 512, FILE_BYTES // 2, FILE_BYTES + 1])
def test_a_file_of_another_length_is_read_and_made_anew(
    length: int, logbook: Logbook, path: Path, interval: Make
) -> None:
    assert logbook.append([row(interval(1), 1)])
    os.truncate(path, length)
    again = Logbook(path)
    assert again.open() == (length > 0)
    assert [each.seq for each in again.rows] == ([1] if length > 512 else [])
    assert not again.append([row(interval(2), 2)])
    again.begin()
    assert again.append([row(interval(3), 3)])
    assert [each.seq for each in kept(path)] == [3]
    assert path.stat().st_size == FILE_BYTES


@pytest.mark.parametrize(
    "facts",
    [
        b"[]",
        b"{",
        b'["1", 0.0, 60.0, null, null, null]',
        b"[1, 0.0, 60.0, 5, null, null]",
    ],
)
def test_what_is_whole_and_no_record_is_told_and_left_out(
    facts: bytes,
    logbook: Logbook,
    path: Path,
    interval: Make,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "_lines", lambda _: b"%s\n{}\n" % facts)
        assert logbook.append([row(interval(1), 1)])
    assert logbook.append([row(interval(2), 2)])
    assert [each.seq for each in kept(path)] == [2]
    assert "holds what is no record" in caplog.text


@given(st.binary(max_size=3 * SECTOR_BYTES), st.binary(max_size=SECTOR_BYTES))
def test_whatever_a_file_holds_it_is_read_or_left(
    tmp_path_factory: pytest.TempPathFactory, first: bytes, second: bytes
) -> None:
    path = tmp_path_factory.mktemp("book") / "logbook"
    path.write_bytes(first + b"tply" + second)
    found = read(path)
    assert found is None or not found.rows


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=7),
    )
)
def test_facts_are_those_of_a_row_or_refused(facts: object) -> None:
    try:
        found = row_from(facts, b"{}")
    except RecordError:
        return
    assert found.sound


def database_of(path: Path) -> Path:
    return path.with_name("outbox.db")


def seqs(outbox: Outbox) -> list[int]:
    return [message.seq for message in outbox.head(1000)]


def test_the_database_is_written_to_once_for_many_records(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(database_of(path), ram_folder=path.parent / "ram", board=board)
    journal = path.with_name("outbox.db-wal")
    lengths = []
    for minute in range(2 * ROWS_MAX):
        outbox.put(interval(minute), "tp-1")
        outbox.delivered([message.seq for message in outbox.head(9)])
        lengths.append(journal.stat().st_size)
    outbox.close()
    assert set(lengths[:ROWS_MAX]) == {lengths[0]}
    assert len(set(lengths)) == 2


def test_a_logbook_that_was_lost_costs_numbers_and_gives_none_twice(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(database_of(path), ram_folder=path.parent / "ram", board=board)
    last = 0
    for minute in range(20):
        record = outbox.put(interval(minute), "tp-1")
        assert record is not None
        last = record.seq
    outbox._store._let_go()  # all that a power cut would do
    outbox._lock.close()
    beside(database_of(path)).unlink()

    outbox = Outbox(database_of(path), board=board)
    record = outbox.put(interval(30), "tp-1")
    outbox.close()
    assert record is not None
    assert record.seq > last
    assert "logbook lost, numbers are skipped" in caplog.text


def test_a_logbook_deleted_under_a_running_outbox_loses_nothing(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(database_of(path), board=board)
    for minute in range(6):
        assert outbox.put(interval(minute), "tp-1") is not None
        if minute in (2, 4):
            beside(database_of(path)).unlink()
    assert seqs(outbox) == [1, 2, 3, 4, 5, 6]
    outbox._store._let_go()
    outbox._lock.close()
    outbox = Outbox(database_of(path), board=board)
    assert seqs(outbox) == [1, 2, 3, 4, 5, 6]
    outbox.close()


def test_what_the_logbook_keeps_outlives_the_damage_of_the_database(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    outbox = Outbox(database_of(path), board=board)
    for minute in range(6):
        assert outbox.put(interval(minute), "tp-1") is not None
    outbox._store._let_go()
    outbox._lock.close()
    database_of(path).write_bytes(b"no database at all" * 100)
    database_of(path).with_name("outbox.db-wal").unlink(missing_ok=True)
    outbox = Outbox(database_of(path), board=board)
    record = outbox.put(interval(7), "tp-1")
    assert record is not None
    total = record.interval.lines["gate"].total
    assert total is not None
    assert (seqs(outbox), total.forward) == ([1, 2, 3, 4, 5, 6, 7], {"car": 7})
    outbox.close()


def test_the_logbook_of_before_a_commit_takes_nothing_back(
    path: Path, board: SimulatedBoard, interval: Make
) -> None:
    """The power is cut when the database has all, and the logbook has them still."""
    outbox = Outbox(database_of(path), board=board)
    outbox.put(interval(0), "tp-1", Stamp("boot-a", 1.0))
    for minute in range(1, 6):
        outbox.put(interval(minute), "tp-1")
    before = path.read_bytes()
    outbox.date({1: Dating(interval(0).start_utc_s, 0.5, Dated.LATER)})
    outbox.close()
    path.write_bytes(before)
    outbox = Outbox(database_of(path), board=board)
    assert (seqs(outbox), outbox.undated()) == ([1, 2, 3, 4, 5, 6], [])
    outbox.close()


def test_an_entry_is_on_the_disk_when_it_counts_as_kept(logbook: Logbook) -> None:
    assert fcntl.fcntl(logbook._file, fcntl.F_GETFL) & os.O_DSYNC == os.O_DSYNC


def test_a_logbook_that_cannot_be_made_costs_writes_and_no_record(
    path: Path, board: SimulatedBoard, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    path.with_name(path.name + ".new").mkdir()
    outbox = Outbox(database_of(path), board=board)
    for minute in range(5):
        assert outbox.put(interval(minute), "tp-1") is not None
    assert seqs(outbox) == [1, 2, 3, 4, 5]
    assert caplog.text.count("logbook cannot be written") == 1
    path.with_name(path.name + ".new").rmdir()
    outbox.put(interval(6), "tp-1")
    outbox.put(interval(7), "tp-1")
    assert [each.seq for each in kept(path)] == [7]
    outbox.close()


CUT_WRITER = """
import os, random, sqlite3, sys
from functools import partial
from pathlib import Path
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Dated, Interval, LineFigures, Quality
from tallypost.telemetry.outbox import logbook
from tallypost.telemetry.outbox.outbox import Outbox

logbook.ROWS_MAX = 6
pwrite = os.pwrite

def step():
    global left
    left -= 1
    return left == 0

class Cut(sqlite3.Connection):
    def execute(self, *statement):
        if step():
            os._exit(9)
        return super().execute(*statement)

def torn(file, piece, offset):
    if step():
        data = bytes(piece)[: random.randrange(len(piece))]
        with open(book, "r+b") as plain:
            plain.seek(offset)
            plain.write(data)
        os._exit(9)
    return pwrite(file, piece, offset)

sqlite3.connect = partial(sqlite3.connect, factory=Cut)
os.pwrite = torn

def write(path, ram):
    outbox = Outbox(path, ram_folder=ram, board=SimulatedBoard())
    for minute in range(1, 19):
        record = outbox.put(Interval(
            start_utc_s=60.0 * minute, duration_s=60.0,
            lines={"gate": LineFigures(forward={"car": 1})}, zones={},
            quality=Quality(observed_s=60.0, frames=600, frames_dropped=0),
        ), "tp-1")
        os.write(1, f"{path.parent.name} {record.seq}\\n".encode())
        if minute == 9:
            outbox.delivered([1, 2])
            outbox.ask_again(1, 1)
    outbox.close()

for steps in range(1, 1000):
    folder = Path(sys.argv[1]) / str(steps)
    folder.mkdir()
    book = folder / "outbox.db.logbook"
    child = os.fork()
    if not child:
        left = steps
        write(folder / "outbox.db", folder / "ram")
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
"""


def test_a_cut_before_every_statement_and_within_every_entry_loses_nothing(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CUT_WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said: dict[str, list[int]] = {}
    for line in ran.stdout.splitlines():
        name, seq = line.split()
        said.setdefault(name, []).append(int(seq))
    folders = sorted(int(each.name) for each in tmp_path.iterdir())
    assert folders == list(range(1, folders[-1] + 1))
    assert len(folders) > 100
    for steps in folders:
        folder = tmp_path / str(steps)
        outbox = Outbox(folder / "outbox.db", ram_folder=folder / "ram", board=board)
        outbox.flush()
        records = list(outbox.history(0.0, 1e12))
        outbox.close()
        seqs_kept = [record.seq for record in records]
        told = said.get(str(steps), [])
        assert seqs_kept[: len(told)] == told == list(range(1, len(told) + 1))
        assert len(seqs_kept) <= len(told) + 1
        for number, record in enumerate(records, 1):
            total = record.interval.lines["gate"].total
            assert total is not None
            assert total.forward == {"car": number}
        assert not list(folder.glob("*.corrupt-*"))
