"""Keeps footage's files open, so that nothing need be opened once pictures come."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from tallypost.errors import CameraUnavailableError, FootageError

PART_BYTES = 1 << 20


class Files:
    """Files by their paths, each read from its beginning whenever it is asked for.

    Args:
        paths: What may be asked for.
        ahead: Whether all are opened now, as a process must that may open nothing
            later; else each when it is asked for, and given back with the next.

    Raises:
        FootageError: They are more than this process may have open.
    """

    def __init__(self, paths: Sequence[Path], *, ahead: bool) -> None:
        self._ahead = ahead
        self._open: dict[Path, int | OSError] = {}
        for path in paths if ahead else ():
            self._open[path] = found = _opened(path)
            if isinstance(found, OSError) and found.errno == errno.EMFILE:
                self.close()
                raise FootageError(
                    f"{path}: is one of {len(paths)} pictures, more than this process "
                    "may have open; make a video of them, or raise the limit of "
                    "open files"
                ) from found

    def descriptor(self, path: Path) -> int:
        """Return a file's descriptor, at its beginning.

        Raises:
            CameraUnavailableError: It is gone, or not for us.
        """
        if not self._ahead:
            self.close()
            self._open[path] = _opened(path)
        found = self._open[path]
        if isinstance(found, OSError):
            raise CameraUnavailableError(
                f"{path}: cannot be read ({found.strerror}); put it back"
            ) from found
        os.lseek(found, 0, os.SEEK_SET)
        return found

    def content(self, path: Path, bytes_max: int) -> bytes:
        """Return a file's bytes, of a longer one so many and one more.

        Raises:
            CameraUnavailableError: It is gone, or not for us.
        """
        descriptor = self.descriptor(path)
        parts, left = [], bytes_max + 1
        while left > 0 and (part := _part(path, descriptor, left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Give them back; closing twice is harmless."""
        for found in self._open.values():
            if isinstance(found, int):
                os.close(found)
        self._open.clear()


def _opened(path: Path) -> int | OSError:
    """Return a file's descriptor, or why there is none: it may be one of many."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        return error


def _part(path: Path, descriptor: int, bytes_max: int) -> bytes:
    try:
        return os.read(descriptor, min(bytes_max, PART_BYTES))
    except OSError as error:
        raise CameraUnavailableError(
            f"{path}: cannot be read ({error.strerror}); put it back"
        ) from error
