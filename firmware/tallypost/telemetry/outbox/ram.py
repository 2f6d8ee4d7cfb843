"""Finds a place in a RAM disk that nobody else can write to."""

import hashlib
import logging
import os
import stat
from pathlib import Path

_logger = logging.getLogger(__name__)


def private_folder(folder: Path | None) -> Path | None:
    """Return a folder that is ours alone, made where it is missing; None without one.

    Args:
        folder: Where it is to be; None where nobody wants one.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        _logger.warning(
            "no RAM disk, each record is stored at once folder=%s reason=%s",
            folder,
            error.strerror,
        )
        return None
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        _logger.error(
            "RAM folder is somebody else's, each record is stored at once folder=%s",
            folder,
        )
        return None
    return folder


def twin(path: Path, ram_folder: Path | None, suffix: str) -> Path | None:
    """Return the file in a RAM disk that belongs to a database; None without one."""
    if ram_folder is None:
        return None
    name = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
    return ram_folder / f"{name}{suffix}"
