"""Writes small files so that a power cut leaves the old one or the new one."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

NEW = ".new"
"""Ends the name of what is not in place yet; whoever finds one may remove it."""


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put a file in place of another; on return a power cut cannot take it back.

    Args:
        path: The file; its folder is there.
        data: All that it shall hold.
        mode: Who may use it.

    Raises:
        OSError: The disk refuses; the old file is still there.
    """
    fresh = path.with_name(path.name + NEW)
    _write(fresh, data, mode)
    fresh.replace(path)
    sync_folder(path.parent)


def overwrite_durably(path: Path, data: bytes) -> None:
    """Put a small file in place of one as long; on return a power cut keeps it.

    It is written over where it lies: one sector, for which a file system has nothing to
    note down but the time. Where there is none as long, it is made as all others are.

    Args:
        path: The file; its folder is there.
        data: All that it shall hold, no more than a sector of 512 bytes.

    Raises:
        OSError: The disk refuses; the old file or the new one is there.
    """
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            if os.fstat(descriptor).st_size == len(data):
                file.write(data)
                os.fdatasync(descriptor)
                return
    write_durably(path, data)


def write_folder_durably(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder of files in place, whole; what had its name is removed first.

    Args:
        path: The folder; nobody may need what has its name already.
        files: What its files hold, by their names.

    Raises:
        OSError: The disk refuses.
    """
    fresh = path.with_name(path.name + NEW)
    for old in (fresh, path):
        rmtree(old, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    for name, data in files.items():
        _write(fresh / name, data, 0o600)
    sync_folder(fresh)
    fresh.replace(path)
    sync_folder(path.parent)


def make_folder_durably(path: Path, mode: int = 0o700) -> None:
    """Make a folder and those above it, unless they are there.

    What is synced in a folder is lost with it, where the one above was not synced too.

    Args:
        path: The folder.
        mode: Who may use it, where it is made.

    Raises:
        OSError: The disk refuses.
    """
    if not path.is_dir():
        make_folder_durably(path.parent)
        path.mkdir(mode=mode, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk keep which files a folder holds.

    Raises:
        OSError: The disk refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, data: bytes, mode: int) -> None:
    with suppress(FileNotFoundError):
        path.unlink()  # it may be left from a power cut, and somebody else's to read
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
