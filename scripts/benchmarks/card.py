"""A file system of its own, and what is written to it.

The system's account of what a process had written counts whole pages of the file
system, and sectors where it is written past them; what the file system writes of its
own (its journal) comes on top, and is told by a loop device of its own, where one may
be made.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scripts.benchmarks.page import ROOT

DISK_BYTES = 256 * 2**20
MOUNTED = "noatime,commit=900"
BLOCK_BYTES = 4096
"""What a card's file system has; so small a one would have 1024 else."""


class Disk(NamedTuple):
    """A file system that was made for this.

    Attributes:
        folder: Where it is.
        statistics: What counts its device's writes; None where it could not be made,
            and the folder is on a device that others write to, too.
    """

    folder: Path
    statistics: Path | None

    @property
    def device_bytes(self) -> int:
        """How much went to the device so far; 0 where nothing counts it.

        Source: Linux, Documentation/block/stat.rst: the seventh number, in 512 bytes.
        """
        if self.statistics is None:
            return 0
        return int(self.statistics.read_text("ascii").split()[6]) * 512

    def sync(self) -> None:
        """Have all written that waits."""
        subprocess.run(["sync", "-f", str(self.folder)], check=True)


@contextmanager
def disk(options: str = MOUNTED, block_bytes: int = BLOCK_BYTES) -> Iterator[Disk]:
    """Give a real file system: ext4 on a device of its own, where one may be made.

    Args:
        options: How it is mounted.
        block_bytes: In how large blocks it keeps everything.
    """
    with tempfile.TemporaryDirectory(dir=ROOT / "..") as name:
        folder = Path(name)
        image, mounted = folder / "disk", folder / "mounted"
        mounted.mkdir()
        with image.open("wb") as file:
            file.truncate(DISK_BYTES)
        try:
            words = ["-q", "-b", str(block_bytes), "-E", "lazy_itable_init=0"]
            subprocess.run(["mkfs.ext4", *words, str(image)], check=True)
            command = ["mount", "-o", f"loop,{options}", str(image), str(mounted)]
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError):
            yield Disk(folder, None)
            return
        try:
            told = subprocess.run(
                ["findmnt", "-no", "SOURCE", str(mounted)],
                check=True,
                capture_output=True,
                text=True,
            )
            device = Path("/sys/block", Path(told.stdout.strip()).name, "stat")
            yield Disk(mounted, device)
        finally:
            subprocess.run(["umount", str(mounted)], check=True)


def written_bytes() -> int:
    """Return what the system says that this process had written."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    [told] = [line for line in lines if line.startswith("write_bytes:")]
    return int(told.split()[1])
