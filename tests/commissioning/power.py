"""Cuts the power, or has a disk refuse, just before a file is changed for the nth time.

Python tells its auditors of every opening, renaming, removing (PEP 578): nothing of
ours is patched. What was written and not yet synced stays on a kind disk, and is lost
on an unkind one.
"""

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {
    *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink"),
    *("os.chmod", "os.chown", "os.truncate"),
}


class PowerCutError(BaseException):
    """Everything ends here: no `except` of ours may live on."""


class Power:
    """Counts changes below a folder, and lets the nth and all later ones fail."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._left = 0
        self._error: BaseException = PowerCutError()
        self._for_good = True
        self.seen = 0
        sys.addaudithook(self._hear)

    @contextmanager
    def fails(
        self,
        folder: Path,
        at: int,
        error: BaseException | None = None,
        *,
        for_good: bool = True,
    ) -> Iterator[None]:
        """Fail at one change, counted from 0, and at all that come after it."""
        self._folder, self._left, self.seen = str(folder), at, 0
        self._error, self._for_good = error or PowerCutError(), for_good
        try:
            yield
        finally:
            self._folder = None

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._folder is None or not self._changes(event, arguments):
            return
        self.seen += 1
        if self._left == 0 or (self._left < 0 and self._for_good):
            self._left -= 1
            raise self._error
        self._left -= 1

    def _changes(self, event: str, arguments: tuple[object, ...]) -> bool:
        if event == "open":
            path, _, flags = arguments
            return (
                isinstance(flags, int)
                and bool(flags & WRITES)
                and str(path).startswith(str(self._folder))
            )
        if event not in CHANGES:
            return False
        paths = [str(each) for each in arguments if isinstance(each, str | os.PathLike)]
        # Whoever removes a tree names what is in it from within.
        inside = all(not path.startswith("/") for path in paths)
        return inside or any(path.startswith(str(self._folder)) for path in paths)


POWER = Power()


def full() -> OSError:
    """Return what a full disk says."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only() -> OSError:
    """Return what a locked card says."""
    return OSError(errno.EROFS, os.strerror(errno.EROFS))


class UnkindDisk:
    """Knows what a disk must have kept: of a file and of a folder, what was synced.

    Args:
        folder: All that is in it now is kept already.
        patch: Has us hear of every sync.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._contents: dict[int, bytes] = {}
        self._entries: dict[int, dict[str, tuple[int, int, str]]] = {}
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                descriptor = os.open(path, os.O_RDONLY)
                self._keep(descriptor)
                os.close(descriptor)
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, self._keep)

    def kept(self, inode: int) -> bytes:
        """Return what the disk has of a file, whether it still has a name or not."""
        return self._contents[inode]

    def lose(self) -> None:
        """Leave in the folder only what was synced."""
        fresh = self._folder.with_name(self._folder.name + "-kept")
        self._restore(self._folder.stat().st_ino, fresh)
        shutil.rmtree(self._folder)
        fresh.rename(self._folder)

    def _keep(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if stat.S_ISDIR(found.st_mode):
            self._entries[found.st_ino] = {
                each.name: _entry(each) for each in path.iterdir()
            }
        else:
            self._contents[found.st_ino] = path.read_bytes()

    def _restore(self, inode: int, folder: Path) -> None:
        folder.mkdir()
        for name, (inner, mode, target) in self._entries.get(inode, {}).items():
            path = folder / name
            if stat.S_ISLNK(mode):
                path.symlink_to(target)
            elif stat.S_ISDIR(mode):
                self._restore(inner, path)
                path.chmod(stat.S_IMODE(mode))
            else:
                path.write_bytes(self._contents.get(inner, b""))
                path.chmod(stat.S_IMODE(mode))


def _entry(path: Path) -> tuple[int, int, str]:
    found = path.lstat()
    link = str(path.readlink()) if stat.S_ISLNK(found.st_mode) else ""
    return found.st_ino, found.st_mode, link
