"""A small card for the outbox, that can be filled to the last byte."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

CARD_BYTES = 48 * 2**20
CHUNK_BYTES = (2**20, 4096)


class Card:
    """A file system of its own: ext4 on a file, or in memory where that may not be.

    It does not wait for the disk beneath: no power cut is played here that could
    tell, and a write must take no longer than the world's speed allows.

    Args:
        folder: Where it is mounted.
        image: The file that holds it.

    Attributes:
        kind: What file system it is.
    """

    def __init__(self, folder: Path, image: Path) -> None:
        self._folder = folder
        self._filler = folder / "filler"
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(CARD_BYTES)
        words = ["-q", "-m", "0", "-E", "lazy_itable_init=0", str(image)]
        ext4 = _done(["mkfs.ext4", *words]) and _done(
            ["mount", "-o", "loop,nobarrier", str(image), str(folder)]
        )
        self.kind = "ext4" if ext4 else "tmpfs"
        size = f"size={CARD_BYTES}"
        if not ext4 and not _done(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
        ):
            raise SystemExit(
                f"chaos: nothing can be mounted at {folder}; run it where user "
                "namespaces are allowed, or as root"
            )

    def fill(self) -> None:
        """Take all room that is left."""
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            for size in CHUNK_BYTES:
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(
                            filler.fileno(), filler.seek(0, os.SEEK_END), size
                        )

    def free(self) -> None:
        """Give all of it back."""
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        """Take it out."""
        _done(["umount", "-l", str(self._folder)])


class RamDisk:
    """What the device has in RAM: it outlives a killed process, and no start anew.

    Args:
        folder: Where the device looks for it; hidden under one of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not _done(["mount", "-t", "tmpfs", "tmpfs", str(folder)]):
            raise SystemExit(f"chaos: nothing can be mounted at {folder}")

    def forget(self) -> None:
        """Lose all of it, as RAM does without power."""
        for each in self._folder.iterdir():
            if each.is_dir():
                shutil.rmtree(each)
            else:
                each.unlink()


def _done(words: list[str]) -> bool:
    try:
        return subprocess.run(words, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
