"""A boot partition that is mounted, or any folder."""

import os
from pathlib import Path

from tallypost.domain.bundle import ENVELOPE_BYTES_MAX, FOLDER
from tallypost.durable import sync_folder, write_durably
from tallypost_provisioning.errors import CardError


class FolderCard:
    """A mounted boot partition.

    Args:
        boot: Where it is mounted, as in `/media/me/bootfs`.

    Raises:
        CardError: There is no such folder.
    """

    def __init__(self, boot: Path) -> None:
        self._folder = boot / FOLDER
        if not boot.is_dir():
            raise CardError(
                f"{boot}: is no folder; name the one where the card's boot partition "
                "is mounted"
            )

    def read(self, name: str) -> bytes | None:
        """Return what a file holds."""
        path = self._folder / name
        try:
            with path.open("rb") as file:
                return file.read(ENVELOPE_BYTES_MAX + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CardError(f"{path}: cannot be read ({error.strerror})") from error

    def write(self, name: str, data: bytes) -> None:
        """Put a file in place; what had its name is written over with zeros first."""
        path = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            _wipe(path)
            write_durably(path, data)
            _forget(path)
            kept = path.read_bytes()
        except OSError as error:
            raise CardError(
                f"{path}: cannot be written ({error.strerror}); see that the card is "
                "not locked and has room"
            ) from error
        if kept != data:
            raise CardError(f"{path}: reads otherwise than written; take another card")

    def remove(self, name: str) -> None:
        """Remove a file, and write zeros over it first."""
        path = self._folder / name
        try:
            _wipe(path)
            path.unlink(missing_ok=True)
            if self._folder.is_dir():
                sync_folder(self._folder)
        except OSError as error:
            raise CardError(f"{path}: cannot be removed ({error.strerror})") from error


def _wipe(path: Path) -> None:
    """Write zeros over a file where it lies: FAT forgets its name alone.

    Raises:
        OSError: The disk refuses, or the name leads elsewhere.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(bytes(os.fstat(descriptor).st_size))
        file.flush()
        os.fsync(descriptor)


def _forget(path: Path) -> None:
    """Have the kernel ask the card, not its own memory, when the file is read next."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
