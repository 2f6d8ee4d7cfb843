"""A process killed at any instant: what was said to be kept is kept, once."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.outbox import Outbox

KILLS = 25

WRITER = """
import json, os, random, sys
from pathlib import Path
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval, LineFigures, Quality
from tallypost.telemetry.outbox.outbox import Outbox

def say(*words):
    # In one piece: print writes a line word by word.
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

ram_folder = Path(sys.argv[3]) if sys.argv[3:] else None
outbox = Outbox(Path(sys.argv[1]), ram_folder=ram_folder, board=SimulatedBoard())
random.seed(sys.argv[2])
minute = 0
while True:
    minute += 1
    cars = random.randrange(5)
    record = outbox.put(Interval(
        start_utc_s=60.0 * minute, duration_s=60.0,
        lines={"gate": LineFigures(forward={"car": cars})}, zones={},
        quality=Quality(observed_s=60.0, frames=600, frames_dropped=0),
    ), "tp-1")
    say(record.seq, cars)
    if random.random() < 0.3:
        for row in outbox.head(1):
            payload = json.loads(row.payload)
            say("gone", row.seq, payload["lines"]["gate"]["forward"]["car"])
            outbox.delivered([row.seq])
"""


@pytest.mark.slow
@pytest.mark.parametrize("in_ram", [False, True], ids=["one-by-one", "in-pairs"])
def test_a_kill_at_any_instant_loses_nothing_and_repeats_nothing(
    in_ram: bool, tmp_path: Path, board: SimulatedBoard
) -> None:
    ram = [tmp_path] if in_ram else []
    path = tmp_path / "outbox.db"
    cars: dict[int, int] = {}
    gone: dict[int, int] = {}
    chance = random.Random(5)
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(kill), *map(str, ram)],
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            # From before the first opening until well into the writing.
            said = [writer.stdout.readline()] if chance.random() < 0.8 else []
            time.sleep(chance.uniform(0, 0.1))
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.read().splitlines()
        for line in filter(None, (text.split() for text in said)):
            if line[0] == "gone":
                gone[int(line[1])] = int(line[2])
            else:
                seq = int(line[0])
                assert seq not in cars, "a number was used twice"
                cars[seq] = int(line[1])
    outbox = Outbox(path, ram_folder=tmp_path if in_ram else None, board=board)
    check(outbox, cars, gone)
    assert not list(path.parent.glob("*.corrupt-*"))
    assert {file.name[:9] for file in tmp_path.iterdir()} == {"outbox.db"}


def check(outbox: Outbox, cars: dict[int, int], gone: dict[int, int]) -> None:
    """Ask the outbox for all that was promised.

    Args:
        outbox: The outbox.
        cars: What was put, by number, as far as `put` returned.
        gone: Likewise of what was being let go of.
    """
    waiting = {row.seq: json_v1.decode(row.payload) for row in outbox.head(100_000)}
    outbox.close()
    assert len(cars) > KILLS
    assert set(cars) - set(gone) <= set(waiting)
    # The last put before a kill may be kept without anybody having been told.
    assert len(set(waiting) - set(cars)) <= KILLS
    figures = {
        seq: record.interval.lines["gate"].forward["car"]
        for seq, record in waiting.items()
    }
    assert all(figures[seq] == cars[seq] for seq in set(cars) & set(figures))
    known = cars | gone | figures
    running = 0
    for seq in range(1, max(known) + 1):
        running += known[seq]
        if seq in waiting:
            total = waiting[seq].interval.lines["gate"].total
            assert total is not None
            assert total.forward == {"car": running}


def test_the_killing_is_real(
    tmp_path: Path, board: SimulatedBoard, interval: Callable[..., Interval]
) -> None:
    """What this file relies on: a killed writer leaves its journal behind."""
    path = tmp_path / "outbox.db"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), "1"], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
        writer.stdout.read()
    assert path.with_name("outbox.db-wal").stat().st_size > 0
    outbox = Outbox(path, board=board)
    assert outbox.put(interval(), "tp-1") is not None
    outbox.close()
