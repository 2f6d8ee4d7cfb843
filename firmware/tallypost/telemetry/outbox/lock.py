"""Makes sure that one tallypost alone holds an outbox."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from tallypost.errors import OutboxBusyError, OutboxError


class Lock:
    """Holds a file's lock until `close`; the kernel lets go of it when we are killed.

    Args:
        path: The lock's own file, made where it is missing; holds our process id.

    Raises:
        OutboxBusyError: Somebody else holds it.
        OutboxError: The file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OutboxError(
                f"{path.parent}: cannot keep records here ({error.strerror}); "
                "name a folder that tallypost may write to"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise OutboxBusyError(
                f"{path}: another tallypost (process {holder or 'unknown'}) keeps its "
                "records here; stop it, or give this one another outbox"
            ) from error
        # The number only helps whoever reads the message above: a full disk may refuse.
        with suppress(OSError):
            path.write_text(f"{os.getpid()}\n", encoding="ascii")

    @property
    def held(self) -> bool:
        """Whether the lock is still ours."""
        return self._file >= 0

    def close(self) -> None:
        """Let go; closing twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
