"""What keeping records costs a card, and how many records a second pass through.

The system's account of what a process had written counts whole pages of the file
system, and sectors where it is written past them; what the file system writes of its
own (its journal) comes on top, and is told by a loop device of its own, where one may
be made. It is written by the clock: `scripts/bench outbox --by-the-clock` waits for it.
"""

import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts.benchmarks.page import ROOT, put, table, where
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.telemetry.outbox.outbox import Outbox

PAGE = ROOT / "docs" / "history.md"
MINUTES_A_DAY = 1440
THROUGHPUT_RECORDS = 4000
BEGIN_UTC_S = 1_795_305_600.0
CLASSES = ("car", "person", "bicycle", "truck", "bus")
COMMON, RICH = (1, 2), (5, 5)
"""How many lines, and as many zones, and how many classes that pass them."""
DISK_BYTES = 256 * 2**20
BLOCK_BYTES = 4096
"""What a card's file system has; so small a one would have 1024 else."""
MOUNTED = "noatime,commit=900"
QUICKER = 10 / 3
"""By the clock, so much quicker than two records in two minutes: slower than the
kernel, which has what nobody waits for on the disk within 35 s."""
STEPS = 32
"""So many until the database takes what the logbook keeps."""
AS_MOUNTED = {
    "noatime": "noatime",
    MOUNTED: f"noatime,commit={900 / QUICKER:.0f}",
}
"""How it is mounted, and what is the same for quicker records."""
RAM = "/dev/shm"  # noqa: S108  # what is measured: a folder of our own is made there


def interval(minute: int, site: tuple[int, int]) -> Interval:
    """Return what a minute of a street may look like, no two the same."""
    elements, classes = site

    def counts(element: int, salt: str) -> dict[str, int]:
        digest = hashlib.sha256(f"{minute} {element} {salt}".encode()).digest()
        return {
            name: digest[place] % 7
            for place, name in enumerate(CLASSES[:classes])
            if digest[place] % 7
        }

    def part(digest: str) -> str:
        return "sha256:" + hashlib.sha256(digest.encode()).hexdigest()

    return Interval(
        start_utc_s=BEGIN_UTC_S + 60.0 * minute,
        duration_s=60.0,
        lines={
            f"gate-{number}": LineFigures(
                forward=counts(number, "forward"), backward=counts(number, "backward")
            )
            for number in range(elements)
        },
        zones={
            f"platform-{number}": ZoneFigures(
                occupancy_mean={
                    name: count / 3 for name, count in counts(number, "mean").items()
                },
                occupancy_max=counts(number, "max"),
                entries=counts(number, "entries"),
                exits=counts(number, "exits"),
            )
            for number in range(elements)
        },
        quality=Quality(
            observed_s=59.8,
            frames=597 + minute % 3,
            frames_dropped=minute % 2,
            frame_lifetime_ms_p99=41.0 + minute % 10 / 10,
            clock=ClockTrust.SYNCED,
            clock_uncertainty_s=0.012,
            model=part("model"),
            site=part("site"),
            firmware="0.1.0",
        ),
    )


def written_bytes() -> int:
    """Return what the system says that this process had written."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    [told] = [line for line in lines if line.startswith("write_bytes:")]
    return int(told.split()[1])


@contextmanager
def disk(options: str = MOUNTED) -> Iterator[tuple[Path, Path | None]]:
    """Give a folder on a real file system, and what counts its device's writes.

    A device of its own with ext4 where one may be made; else a folder here, whose
    device others write to, too.

    Args:
        options: How it is mounted.
    """
    with tempfile.TemporaryDirectory(dir=ROOT / "..") as name:
        folder = Path(name)
        image, mounted = folder / "disk", folder / "mounted"
        mounted.mkdir()
        with image.open("wb") as file:
            file.truncate(DISK_BYTES)
        try:
            words = ["-q", "-b", str(BLOCK_BYTES), "-E", "lazy_itable_init=0"]
            subprocess.run(["mkfs.ext4", *words, str(image)], check=True)
            command = ["mount", "-o", f"loop,{options}", str(image), str(mounted)]
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError):
            yield folder, None
            return
        try:
            told = subprocess.run(
                ["findmnt", "-no", "SOURCE", str(mounted)],
                check=True,
                capture_output=True,
                text=True,
            )
            device = Path("/sys/block", Path(told.stdout.strip()).name, "stat")
            yield mounted, device
        finally:
            subprocess.run(["umount", str(mounted)], check=True)


def device_bytes(statistics: Path | None) -> int:
    """Return how much went to a device so far; 0 where nothing counts it.

    Source: Linux, Documentation/block/stat.rst: the seventh number, in 512 bytes.
    """
    if statistics is None:
        return 0
    return int(statistics.read_text("ascii").split()[6]) * 512


def day(site: tuple[int, int], *, link_up: bool, in_ram: bool) -> list[str]:
    """Return a row: what one day at a record a minute writes."""
    with disk() as (folder, statistics), tempfile.TemporaryDirectory(dir=RAM) as ram:
        board = SimulatedBoard(utc_s=BEGIN_UTC_S)
        ram_folder = Path(ram) if in_ram else None
        outbox = Outbox(folder / "outbox.db", ram_folder=ram_folder, board=board)
        before, device_before = written_bytes(), device_bytes(statistics)
        payload_bytes = 0
        for minute in range(MINUTES_A_DAY):
            board.advance(60.0)
            outbox.put(interval(minute, site), "tp-7f3a91")
            if link_up:
                rows = outbox.head(100)
                outbox.delivered([row.seq for row in rows])
                payload_bytes += sum(len(row.payload) for row in rows)
        outbox.close()
        if not link_up:
            outbox = Outbox(folder / "outbox.db", ram_folder=ram_folder, board=board)
            payload_bytes = sum(len(row.payload) for row in outbox.head(MINUTES_A_DAY))
            outbox.close()
        written = written_bytes() - before
        subprocess.run(["sync", "-f", str(folder)], check=True)
        to_device = device_bytes(statistics) - device_before
        stored = (folder / "outbox.db").stat().st_size
    return [
        f"{payload_bytes / MINUTES_A_DAY:.0f}",
        "up" if link_up else "down",
        "two at a time" if in_ram else "each",
        f"{stored / MINUTES_A_DAY:.0f}",
        f"{written / MINUTES_A_DAY:.0f}",
        f"**{written / 1e6:.2f}**",
        f"{to_device / 1e6:.2f}" if statistics else "not measured",
    ]


class Paced:
    """An outbox on a disk of its own that gets two records at a time.

    Args:
        mounted: How its disk is mounted, as the table says it.
        stack: Whose end is the disk's, too.
    """

    def __init__(self, mounted: str, stack: ExitStack) -> None:
        self._mounted = mounted
        self._folder, self._statistics = stack.enter_context(disk(AS_MOUNTED[mounted]))
        ram = stack.enter_context(tempfile.TemporaryDirectory(dir=RAM))
        self._board = SimulatedBoard(utc_s=BEGIN_UTC_S)
        self._outbox = Outbox(
            self._folder / "outbox.db", ram_folder=Path(ram), board=self._board
        )
        stack.callback(self._outbox.close)
        self._minute = 0
        self._written = 0
        self._device_before = 0

    def settle_in(self) -> None:
        """Let a day pass that does not count: files grow most while they are new."""
        for _ in range(MINUTES_A_DAY // 2):
            self.step()
        subprocess.run(["sync", "-f", str(self._folder)], check=True)
        self._written, self._device_before = 0, device_bytes(self._statistics)

    def step(self) -> None:
        """Put two records, and have them delivered."""
        before = written_bytes()
        for _ in range(2):
            self._board.advance(60.0)
            self._outbox.put(interval(self._minute, COMMON), "tp-7f3a91")
            self._outbox.delivered([row.seq for row in self._outbox.head(100)])
            self._minute += 1
        self._written += written_bytes() - before

    def row(self) -> list[str]:
        """Return a row: what `STEPS` have written, as of a day."""
        to_device = device_bytes(self._statistics) - self._device_before
        share = MINUTES_A_DAY / (2 * STEPS) / 1e6
        return [
            f"`{self._mounted}`",
            f"{self._written * share:.2f}",
            f"**{to_device * share:.2f}**" if self._statistics else "not measured",
        ]


def by_the_clock() -> None:
    """Measure what a file system adds to it, and write that."""
    with ExitStack() as stack:
        outboxes = [Paced(mounted, stack) for mounted in AS_MOUNTED]
        for outbox in outboxes:
            outbox.settle_in()
        for _ in range(STEPS):
            for outbox in outboxes:
                outbox.step()
            time.sleep(2 * 60.0 / QUICKER)
        rows = [outbox.row() for outbox in outboxes]
    headings = ["mounted with", "written, MB a day", "to the device, MB a day"]
    put("outbox by the clock", f"{table(headings, rows)}\n\n{where()}", PAGE)


def throughput(in_ram: bool) -> list[str]:  # noqa: FBT001  # one of two
    """Return a row: how many records a second go in and out."""
    intervals = [interval(minute, COMMON) for minute in range(THROUGHPUT_RECORDS)]
    with disk() as (folder, _), tempfile.TemporaryDirectory(dir=RAM) as ram:
        outbox = Outbox(
            folder / "outbox.db",
            ram_folder=Path(ram) if in_ram else None,
            board=SimulatedBoard(utc_s=BEGIN_UTC_S),
        )
        begin_s = time.monotonic()
        for each in intervals:
            outbox.put(each, "tp-7f3a91")
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
        by_the_clock()
        return
    days = [
        day(site, link_up=link_up, in_ram=in_ram)
        for site, link_up, in_ram in (
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
