"""What keeping records costs a card, and how many records a second pass through.

What a file system writes of its own is written by the clock:
`scripts/bench outbox --by-the-clock` waits for it.
"""

import sys
import tempfile
import time
from pathlib import Path

from scripts.benchmarks import outbox_clock
from scripts.benchmarks.card import disk, written_bytes
from scripts.benchmarks.minutes import BEGIN_UTC_S, COMMON, RICH, Street, interval
from scripts.benchmarks.outbox_clock import DEVICE, MINUTES_A_DAY, PAGE, RAM
from scripts.benchmarks.page import put, table, where
from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.outbox.outbox import Outbox

THROUGHPUT_RECORDS = 4000


def day(street: Street, *, link_up: bool, in_ram: bool) -> list[str]:
    """Return a row: what one day at a record a minute writes."""
    with disk() as made, tempfile.TemporaryDirectory(dir=RAM) as ram:
        board = SimulatedBoard(utc_s=BEGIN_UTC_S)
        ram_folder = Path(ram) if in_ram else None
        outbox = Outbox(made.folder / "outbox.db", ram_folder=ram_folder, board=board)
        before, device_before = written_bytes(), made.device_bytes
        payload_bytes = 0
        for minute in range(MINUTES_A_DAY):
            board.advance(60.0)
            outbox.put(interval(minute, street), DEVICE)
            if link_up:
                rows = outbox.head(100)
                outbox.delivered([row.seq for row in rows])
                payload_bytes += sum(len(row.payload) for row in rows)
        outbox.close()
        if not link_up:
            outbox = Outbox(
                made.folder / "outbox.db", ram_folder=ram_folder, board=board
            )
            payload_bytes = sum(len(row.payload) for row in outbox.head(MINUTES_A_DAY))
            outbox.close()
        written = written_bytes() - before
        made.sync()
        to_device = made.device_bytes - device_before
        stored = (made.folder / "outbox.db").stat().st_size
    return [
        f"{payload_bytes / MINUTES_A_DAY:.0f}",
        "up" if link_up else "down",
        "two at a time" if in_ram else "each",
        f"{stored / MINUTES_A_DAY:.0f}",
        f"{written / MINUTES_A_DAY:.0f}",
        f"**{written / 1e6:.2f}**",
        f"{to_device / 1e6:.2f}" if made.statistics else "not measured",
    ]


def throughput(in_ram: bool) -> list[str]:  # noqa: FBT001  # one of two
    """Return a row: how many records a second go in and out."""
    intervals = [interval(minute, COMMON) for minute in range(THROUGHPUT_RECORDS)]
    with disk() as made, tempfile.TemporaryDirectory(dir=RAM) as ram:
        outbox = Outbox(
            made.folder / "outbox.db",
            ram_folder=Path(ram) if in_ram else None,
            board=SimulatedBoard(utc_s=BEGIN_UTC_S),
        )
        begin_s = time.monotonic()
        for each in intervals:
            outbox.put(each, DEVICE)
        put_s = time.monotonic() - begin_s
        outbox.flush()
        begin_s = time.monotonic()
        while rows := outbox.head(100):
            outbox.delivered([row.seq for row in rows])
        delivered_s = time.monotonic() - begin_s
        outbox.close()
    return [
        "two at a time" if in_ram else "each",
        f"{THROUGHPUT_RECORDS / put_s:.0f}",
        f"{THROUGHPUT_RECORDS / delivered_s:.0f}",
    ]


def main() -> None:
    """Measure and write."""
    if sys.argv[2:] == ["--by-the-clock"]:
        outbox_clock.main()
        return
    days = [
        day(street, link_up=link_up, in_ram=in_ram)
        for street, link_up, in_ram in (
            (COMMON, True, True),
            (COMMON, False, True),
            (COMMON, True, False),
            (RICH, True, True),
        )
    ]
    text = table(
        [
            "bytes of a record as JSON",
            "link",
            "stored",
            "bytes of the file, a record",
            "written, bytes a record",
            "written, MB a day",
            "to the device with ext4's own, MB a day",
        ],
        days,
    )
    text += "\n\n" + table(
        ["stored", "put, records/s", "head and delivered, records/s"],
        [throughput(in_ram=True), throughput(in_ram=False)],
    )
    put("outbox", f"{text}\n\n{where()}", PAGE)
