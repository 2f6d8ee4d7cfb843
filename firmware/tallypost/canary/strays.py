"""Files that were written while the test ran, wherever halves could have put them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

FILE_BYTES_MAX = 64 * 2**20
FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  # looked through
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")


def strays(since_utc_s: float, spared: Path) -> Iterator[Path]:
    """Yield regular files that were written to since the test began.

    In the folders that everybody may write to, with all that is in them; in the folder
    that we run in and the one for dumps, of these alone.

    Args:
        since_utc_s: When it began.
        spared: The test's own folder.
    """
    for folder in FOLDERS:
        for place, names, files in os.walk(folder):
            names[:] = [name for name in names if Path(place, name) != spared]
            yield from _written(Path(place), files, since_utc_s)
    for alone in {Path.cwd(), _of_dumps()}:
        names = [path.name for path in alone.iterdir()] if alone.is_dir() else []
        yield from _written(alone, names, since_utc_s)


def _of_dumps() -> Path:
    """Return where the kernel puts memory of a process that fails. Source: core(5)."""
    pattern = Path(CORE_PATTERN.read_text("utf-8").strip())
    return pattern.parent if pattern.is_absolute() else Path.cwd()


def _written(folder: Path, names: list[str], since_utc_s: float) -> Iterator[Path]:
    for name in names:
        path = folder / name
        try:
            found = path.lstat()
        except OSError:
            continue  # gone meanwhile
        if (
            stat.S_ISREG(found.st_mode)
            and found.st_mtime >= since_utc_s
            and found.st_size <= FILE_BYTES_MAX
        ):
            yield path
