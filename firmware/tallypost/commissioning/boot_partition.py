"""The part of a card that a workstation can read: small files, whoever wrote them.

It has no owners, no links and no journal; anybody may have put anything there.
"""

import os
import stat
from pathlib import Path

from tallypost.domain.bundle import FOLDER
from tallypost.domain.first_start import Verdict
from tallypost.durable import NEW, make_folder_durably, sync_folder, write_durably
from tallypost.errors import RefusalError

WIPED = b"\0"
"""What is left of a file between wiping it and taking its name away."""
_CHUNK_BYTES = 64 * 1024
_SECTOR_BYTES = 512


class BootPartition:
    """The folder that is tallypost's there.

    Args:
        boot: Where the partition is mounted.
    """

    def __init__(self, boot: Path) -> None:
        self._boot = boot
        self._folder = boot / FOLDER

    def holds(self, name: str) -> bool:
        """Return whether anything of a name is there."""
        return os.path.lexists(self._folder / name)

    def read(self, name: str, bytes_max: int) -> bytes | None:
        """Return what a file holds; None where there is none.

        Raises:
            RefusalError: It is no file, too large, or cannot be read.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(self._folder / name, flags), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise _unreadable(f"{name}: is no file; put the file there again")
                raw = file.read(bytes_max + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            told = f"cannot be read ({error.strerror}); write the card again"
            raise _unreadable(f"{name}: {told}") from error
        if len(raw) > bytes_max:
            told = f"is larger than {bytes_max} bytes; write the card again"
            raise _unreadable(f"{name}: {told}")
        return raw

    def write(self, name: str, data: bytes) -> None:
        """Put a file in place of another; on return it is on the card.

        Raises:
            RefusalError: The card refuses.
        """
        try:
            if self._boot.is_dir():
                make_folder_durably(self._folder)
            write_durably(self._folder / name, data, 0o644)
        except OSError as error:
            raise self._refused(f"{name} cannot be written", error) from error

    def wipe(self, name: str) -> None:
        """Write zeros over a file where it lies, then take its name away.

        What somebody has begun to put in its place is wiped before it. On return the
        card has done all that, as far as it says so: what a card's own levelling keeps
        of old blocks is beyond the reach of whoever writes to it.

        Raises:
            RefusalError: The card refuses.
        """
        for each in (name + NEW, name):
            try:
                _write_zeros(self._folder / each)
                self.remove(each)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise self._refused(f"{each} cannot be wiped", error) from error

    def remove(self, name: str) -> None:
        """Take a file's name away, if it is there.

        Raises:
            RefusalError: The card refuses.
        """
        try:
            (self._folder / name).unlink(missing_ok=True)
            sync_folder(self._folder)
        except OSError as error:
            raise self._refused(f"{name} cannot be removed", error) from error

    def _refused(self, told: str, error: OSError) -> RefusalError:
        wish = "make room there, and unlock the card or mount it for writing"
        return RefusalError(
            Verdict.REFUSED_BOOT,
            [f"{self._folder}: {told} ({error.strerror}); {wish}"],
        )


def _write_zeros(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        left = os.fstat(descriptor).st_size
        # Whoever is interrupted knows by the first byte what was begun.
        left -= file.write(WIPED * min(left, _SECTOR_BYTES))
        os.fsync(descriptor)
        while left > 0:
            left -= file.write(WIPED * min(left, _CHUNK_BYTES))
        os.fsync(descriptor)


def _unreadable(fault: str) -> RefusalError:
    return RefusalError(Verdict.REFUSED_UNREADABLE, [fault])
