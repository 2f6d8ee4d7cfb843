"""What an outbox still knows of what went out, and what it sends again."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.dating import Dating, Stamp, Undated
from tallypost.domain.records import Dated, Interval
from tallypost.errors import HistoryError, RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.copying import copied
from tallypost.telemetry.outbox.history import open_history
from tallypost.telemetry.outbox.outbox import Outbox

Make = Callable[..., Interval]
Open = Callable[[], Outbox]
EVER = (0.0, 1e12)


def fill(outbox: Outbox, interval: Make, minutes: range) -> None:
    for minute in minutes:
        assert outbox.put(interval(minute), "tp-1") is not None


def head(outbox: Outbox) -> list[int]:
    return [row.seq for row in outbox.head(10_000)]


def test_what_went_out_stays_as_history(reopen: Open, interval: Make) -> None:
    outbox = reopen()
    fill(outbox, interval, range(5))
    outbox.delivered([1, 2, 3])

    assert head(outbox) == [4, 5]
    assert [record.seq for record in outbox.history(*EVER)] == [1, 2, 3, 4, 5]
    span = (interval(1).start_utc_s, interval(3).start_utc_s)
    assert [record.seq for record in outbox.history(*span)] == [2, 3]


def test_what_is_asked_for_goes_out_after_what_is_new_also_after_a_restart(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(10))
    outbox.delivered(range(1, 9))

    assert outbox.ask_again(2, 4) == 3
    assert outbox.ask_again(4, 9) == 4, "4 is asked for already, 9 never went out"
    assert outbox.pending == 9
    outbox = reopen()
    assert head(outbox) == [9, 10, 2, 3, 4, 5, 6, 7, 8]
    outbox.delivered([9, 10, 2, 4])
    assert head(outbox) == [3, 5, 6, 7, 8]
    assert outbox.pending == 5


@pytest.mark.parametrize("asked", [(0, 5), (5, 4)])
def test_a_range_that_is_none_is_refused(
    asked: tuple[int, int], reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(3))

    with pytest.raises(ValueError, match="is no range"):
        outbox.ask_again(*asked)


def test_what_is_not_here_is_not_sent_again(reopen: Open, interval: Make) -> None:
    outbox = reopen()
    fill(outbox, interval, range(3))

    assert outbox.ask_again(100, 2**62) == 0
    fill(outbox, interval, range(3, 4))
    assert head(outbox) == [1, 2, 3, 4]


def test_a_delivery_writes_nothing_of_its_own(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(3))
    journal = path.with_name(path.name + "-wal")
    before = journal.read_bytes()
    outbox.delivered([1, 2])

    assert journal.read_bytes() == before
    outbox = reopen()
    assert head(outbox) == [3]


def test_what_has_no_date_waits_for_it_and_is_dated_once(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    for minute in range(4):
        stamp = Stamp("boot-a", 60.0 * minute) if minute % 2 else None
        outbox.put(interval(minute), "tp-1", stamp)
    outbox.delivered([1, 3])
    outbox = reopen()

    assert (head(outbox), outbox.pending) == ([], 0)
    assert outbox.undated() == [
        Undated(2, "boot-a", 60.0, 60.0),
        Undated(4, "boot-a", 180.0, 60.0),
    ]
    assert [record.seq for record in outbox.history(*EVER)] == [1, 3]
    dating = Dating(1_800_000_000.0, 0.25, Dated.LATER)
    assert outbox.date({2: dating, 3: dating, 9: dating}) == 1
    assert outbox.date({2: dating._replace(start_utc_s=5.0)}) == 0
    [row] = outbox.head(9)
    record = json_v1.decode(row.payload)
    assert (record.seq, record.interval.start_utc_s) == (2, 1_800_000_000.0)
    assert record.interval.quality.dated is Dated.LATER
    assert record.interval.quality.clock_uncertainty_s == 0.25
    assert outbox.pending == 1
    assert [each.seq for each in reopen().undated()] == [4]


def test_a_date_that_is_none_dates_nothing(reopen: Open, interval: Make) -> None:
    outbox = reopen()
    for minute in range(2):
        outbox.put(interval(minute), "tp-1", Stamp("boot-a", 60.0 * minute))
    good = Dating(1_800_000_000.0, None, Dated.RECKONED)

    with pytest.raises(RecordError):
        outbox.date({1: good, 2: good._replace(start_utc_s=float("nan"))})
    assert len(outbox.undated()) == 2


def test_one_that_waits_for_the_next_outlives_a_kill_and_is_not_sent(
    path: Path, tmp_path: Path, interval: Make
) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from tallypost.board.simulated import SimulatedBoard\n"
        "from tallypost.domain.dating import Stamp\n"
        "from tallypost.domain.records import Interval, Quality\n"
        "from tallypost.telemetry.outbox.outbox import Outbox\n"
        "box = Outbox(Path(sys.argv[1]), ram_folder=Path(sys.argv[2]),\n"
        "    board=SimulatedBoard())\n"
        "one = Interval(start_utc_s=0.0, duration_s=60.0, lines={}, zones={},\n"
        "    quality=Quality(observed_s=60.0, frames=600, frames_dropped=0))\n"
        "box.put(one, 'tp-1'); box.put(one, 'tp-1', Stamp('boot-a', 7.0))\n"
        "print([row.seq for row in box.head(9)], flush=True); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path)],
        stdout=subprocess.PIPE,
        check=False,
    )
    assert ran.stdout == b"[1]\n"
    outbox = Outbox(path, ram_folder=tmp_path, board=SimulatedBoard())
    assert [each.start_monotonic_s for each in outbox.undated()] == [7.0]
    assert outbox.put(interval(), "tp-1") is not None
    outbox.flush()
    assert head(outbox) == [1, 3]
    outbox.close()


def test_records_are_stored_in_pairs_unless_they_are_long(
    path: Path, tmp_path: Path, interval: Make
) -> None:
    board = SimulatedBoard()
    outbox = Outbox(path, ram_folder=tmp_path, board=board)
    stored = []
    for minute in range(5):
        outbox.put(interval(minute), "tp-1")
        stored.append(len(head(outbox)))
        board.advance(60.0)
    assert stored == [1, 1, 3, 3, 5]
    outbox.put(interval(5), "tp-1")
    outbox.tick()
    assert outbox.in_memory == 1
    board.advance(150.0)
    outbox.tick()
    assert outbox.in_memory == 0
    board.advance(900.0)
    outbox.put(interval(6), "tp-1")
    assert outbox.in_memory == 0
    outbox.close()


def test_a_folder_of_somebody_else_is_no_ram_disk_of_ours(
    path: Path, tmp_path: Path, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    link = tmp_path / "link"
    link.symlink_to(mine)
    outbox = Outbox(path, ram_folder=link, board=SimulatedBoard())
    fill(outbox, interval, range(2))

    assert head(outbox) == [1, 2]
    assert "somebody else's" in caplog.text
    assert not list(mine.iterdir())
    outbox.close()


WRITER = """
import sys; from pathlib import Path
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval, Quality
from tallypost.telemetry.outbox import database
from tallypost.telemetry.outbox.outbox import Outbox
database.CHECKPOINT_PAGES = 20
box = Outbox(Path(sys.argv[1]), board=SimulatedBoard())
seen = Quality(observed_s=60.0, frames=600, frames_dropped=0)
minute = 0
while True:
    minute += 1
    box.put(Interval(start_utc_s=60.0 * minute, duration_s=60.0, lines={}, zones={},
        quality=seen), 'tp-1')
    if minute == 50: print(flush=True)
"""


def test_history_is_whole_while_another_process_writes(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        lengths = []
        for _ in range(15):
            with open_history(path) as history:
                seqs = [record.seq for record in history.records(*EVER)]
            assert seqs == list(range(1, len(seqs) + 1))
            lengths.append(len(seqs))
        writer.kill()
    assert lengths == sorted(lengths)
    assert 50 <= lengths[0] < lengths[-1]


def test_an_outbox_that_is_closed_is_read_too(
    reopen: Open, path: Path, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(3))
    outbox.put(interval(3), "tp-1", Stamp("boot-a", 1.0))
    outbox.close()
    before = sorted(path.parent.iterdir())

    with open_history(path) as history:
        assert [record.seq for record in history.records(*EVER)] == [1, 2, 3]
        assert history.undated == 1
    assert sorted(path.parent.iterdir()) == before


def test_where_there_is_no_outbox_a_sentence_says_so(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all" * 100)
    for path, wish in (
        (tmp_path / "none.db", "there is no outbox here"),
        (tmp_path, "there is no outbox here"),
        (other, "look whether it is an outbox"),
    ):
        with pytest.raises(HistoryError, match=wish), open_history(path):
            pass


def test_after_a_power_cut_only_the_last_deliveries_go_out_again(
    reopen: Open, path: Path, tmp_path: Path, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(5))
    outbox.delivered([1, 2, 4])
    fill(outbox, interval, range(5, 6))
    outbox.delivered([3])

    cut = Outbox(copied(path, tmp_path / "cut"), board=SimulatedBoard())
    assert head(cut) == [3, 5, 6]
    assert cut.pending == 3
    cut.close()


def test_what_waits_for_a_full_disk_outlives_a_kill(
    path: Path, tmp_path: Path, interval: Make
) -> None:
    board = SimulatedBoard()
    outbox = Outbox(path, ram_folder=tmp_path, board=board)
    fill(outbox, interval, range(1))
    connection = outbox._store._connection
    assert connection is not None
    connection.execute("PRAGMA query_only=ON")
    for minute in range(1, 6):
        outbox.put(interval(minute), "tp-1")
    assert outbox.in_memory == 5
    # All that a kill would do.
    connection.close()
    outbox._lock.close()

    outbox = Outbox(path, ram_folder=tmp_path, board=board)
    records = [json_v1.decode(row.payload) for row in outbox.head(9)]
    assert [record.seq for record in records] == [1, 2, 3, 4, 5, 6]
    total = records[-1].interval.lines["gate"].total
    assert total is not None
    assert total.forward == {"car": 6}
    outbox.close()


def test_what_is_stored_is_on_the_disk_before_it_counts_as_stored(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(1))
    connection = outbox._store._connection
    assert connection is not None

    told = [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "journal_mode", "locking_mode")
    ]
    assert told == [2, "wal", "exclusive"]


def test_asking_for_numbers_that_were_never_used_asks_for_nothing(
    reopen: Open, interval: Make
) -> None:
    outbox = reopen()
    fill(outbox, interval, range(5))
    outbox.delivered(range(1, 6))
    assert outbox.ask_again(6, 9) == 0
    assert outbox.ask_again(50, 60) == 0
    assert (outbox.pending, outbox.head(9)) == (0, [])
    outbox = reopen()
    assert (outbox.pending, outbox.head(9)) == (0, [])
