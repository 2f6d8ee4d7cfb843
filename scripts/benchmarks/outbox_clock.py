"""What keeping and signing records costs a card by the clock.

A file system writes of its own what nobody waits for: so a day is played first,
quickly, then some minutes, slowly, for what the file system adds by the clock: those in
which nothing but the logbook was written tell it. They are played quicker than they
happen, too, and the file system's commits with them.
"""

import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from scripts.benchmarks.card import BLOCK_BYTES, MOUNTED, disk, written_bytes
from scripts.benchmarks.minutes import BEGIN_UTC_S, COMMON, RICH, Street, interval
from scripts.benchmarks.page import ROOT, put, table, where
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Provenance
from tallypost.telemetry.notary.notary import Notary
from tallypost.telemetry.outbox.numbers import Numbers
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.signable import Signable, signable

PAGE = ROOT / "docs" / "history.md"
MINUTES_A_DAY = 1440
QUICKER = 10 / 3
"""So much quicker than two records in two minutes: slower than the kernel, which has
what nobody waits for on the disk within 35 s."""
STEPS = 24
"""Of two minutes each: three of the seldom commits."""
QUIET_BYTES_MAX = 2048
"""What a process writes in a step that is the logbook's alone."""
SMALL_BLOCK_BYTES = 1024
AS_MOUNTED = {
    "noatime": "noatime",
    MOUNTED: f"noatime,commit={900 / QUICKER:.0f}",
}
"""How it is mounted, and what is the same for quicker records."""
RAM = "/dev/shm"  # noqa: S108  # what is measured: a folder of our own is made there
HASH = "sha256:" + "0" * 64
DEVICE = "tp-7f3a91"


class Case(NamedTuple):
    """One of what is compared.

    Attributes:
        street: What is counted.
        mounted: How its disk is mounted, as the table says it.
        block_bytes: In how large blocks its file system keeps everything.
    """

    street: Street
    mounted: str
    block_bytes: int


CASES = [
    Case(street, mounted, block_bytes)
    for block_bytes in (BLOCK_BYTES, SMALL_BLOCK_BYTES)
    for mounted in reversed(AS_MOUNTED)
    for street in (COMMON, RICH)
]


class Paced:
    """An outbox on a disk of its own that gets two records at a time, and signs them.

    Args:
        case: What of, and where.
        stack: Whose end is the disk's, too.
    """

    def __init__(self, case: Case, stack: ExitStack) -> None:
        self._case = case
        options = AS_MOUNTED[case.mounted]
        self._disk = stack.enter_context(disk(options, case.block_bytes))
        ram = stack.enter_context(tempfile.TemporaryDirectory(dir=RAM))
        self._board = SimulatedBoard(utc_s=BEGIN_UTC_S)
        path = self._disk.folder / "outbox.db"
        self._outbox = Outbox(path, ram_folder=Path(ram), board=self._board)
        stack.callback(self._outbox.close)
        self._notary = Notary(
            self._find,
            path.with_name(f"{path.name}.signing"),
            device=DEVICE,
            provenance=Provenance(model=HASH, site=HASH, firmware="0.1.0"),
            board=self._board,
        )
        self._minute = self._payload_bytes = self._written = self._device_before = 0
        self._day_mb = 0.0
        self._added: list[int] = []

    def settle_in(self) -> None:
        """Play two days: files grow most while they are new, so the second counts."""
        for _ in range(2):
            self._disk.sync()
            self._device_before = self._disk.device_bytes
            for _ in range(MINUTES_A_DAY // 2):
                self.step()
        self._disk.sync()
        self._day_mb = (self._disk.device_bytes - self._device_before) / 1e6
        self._device_before = self._disk.device_bytes

    def step(self) -> None:
        """Put two records, have them delivered, and sign when it is time to."""
        written_before = written_bytes()
        for _ in range(2):
            self._board.advance(60.0)
            self._outbox.put(interval(self._minute, self._case.street), DEVICE)
            rows = self._outbox.head(100)
            self._outbox.delivered([row.seq for row in rows])
            self._payload_bytes += sum(len(row.payload) for row in rows)
            self._notary.tick()
            batches = self._notary.book.head(8)
            self._notary.book.delivered([each.seq for each in batches])
            self._minute += 1
        self._written = written_bytes() - written_before

    def look(self, *, counts: bool) -> None:
        """Look at what has reached the device since the last time.

        Args:
            counts: Whether it is to tell what the file system has added.
        """
        to_device = self._disk.device_bytes - self._device_before
        if counts and self._written <= QUIET_BYTES_MAX:
            self._added.append(to_device - self._written)
        self._device_before += to_device

    def row(self) -> list[str]:
        """Return a row: what a day writes."""
        by_clock_mb = fmean(self._added) * MINUTES_A_DAY / 2 / 1e6
        return [
            f"{self._payload_bytes / self._minute:.0f}",
            f"{self._case.block_bytes}",
            f"`{self._case.mounted}`",
            f"{self._day_mb:.2f}",
            f"{by_clock_mb:.2f}",
            f"**{self._day_mb + by_clock_mb:.2f}**"
            if self._disk.statistics
            else "not measured",
        ]

    def _find(self, until: int, undated: Numbers, limit: int) -> Signable:
        work = partial(signable, until=until, undated=undated, limit=limit)
        return self._outbox.look(work)


def main() -> None:
    """Measure what a file system adds to it, and write that."""
    with ExitStack() as stack:
        outboxes = [Paced(case, stack) for case in CASES]
        for outbox in outboxes:
            outbox.settle_in()
        # The first is not looked at: what was played quickly echoes in it.
        for step in range(1 + STEPS):
            for outbox in outboxes:
                outbox.step()
            time.sleep(2 * 60.0 / QUICKER)
            for outbox in outboxes:
                outbox.look(counts=step > 0)
        rows = [outbox.row() for outbox in outboxes]
    headings = [
        "bytes of a record as JSON",
        "bytes of a block",
        "mounted with",
        "played quickly, MB a day",
        "more by the clock",
        "to the device, MB a day",
    ]
    put("outbox by the clock", f"{table(headings, rows)}\n\n{where()}", PAGE)
