"""Cuts the power, or has a disk refuse, just before a file is changed for the nth time.

Python tells its auditors of every opening, renaming, removing (PEP 578): nothing of
ours is patched. What was written and not yet synced stays, as on a kind disk.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
