"""Does work in the outbox's database, whatever has become of its file meanwhile."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tallypost.board.base import Board
from tallypost.errors import OutboxError, OutboxUnavailableError
from tallypost.telemetry.outbox.database import (
    disk_refuses,
    open_database,
    transaction,
)
from tallypost.telemetry.outbox.numbering import Numberings
from tallypost.telemetry.outbox.recovery import begin_anew, finish, recover
from tallypost.telemetry.outbox.salvage import salvage

Result = TypeVar("Result")

_logger = logging.getLogger(__name__)


class Store:
    """One database that is opened when needed, and begun afresh when it is damaged.

    Args:
        path: The database.
        numberings: The marks that a new database begins above.
        on_open: Called within the first transaction after each opening.
        board: Whose calendar names files that are set aside.
    """

    def __init__(
        self,
        path: Path,
        numberings: Numberings,
        on_open: Callable[[sqlite3.Connection], None],
        board: Board,
    ) -> None:
        self._path = path
        self._numberings = numberings
        self._on_open = on_open
        self._board = board
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what work returns, done as one transaction that is on the disk.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
            OutboxError: The file is another program's, or breaks again when new.
        """
        try:
            try:
                return self._attempt(work)
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.Error as error:
                if disk_refuses(error):
                    raise
                self.close()
                recover(
                    self._path,
                    self._numberings,
                    utc_s=self._board.utc_s(),
                    reason=str(error),
                )
                return self._attempt(work)
        except OSError as error:
            raise OutboxUnavailableError(f"{self._path}: {error.strerror}") from error
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            wrong = f"{self._path}: {error}"
            if disk_refuses(error):
                raise OutboxUnavailableError(wrong) from error
            raise OutboxError(f"{wrong}; look after the disk") from error

    def close(self) -> None:
        """Let go of the file; the next work opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _attempt(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        connection = self._opened()
        with transaction(connection):
            return work(connection)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._identity() != self._file:
            self._abandon(self._connection)
        if self._connection is None:
            finish(self._path, utc_s=self._board.utc_s())
            connection = open_database(self._path)
            try:
                with transaction(connection):
                    self._on_open(connection)
            except BaseException:  # whatever it is: the file is not left open
                connection.close()
                raise
            self._connection = connection
            self._file = self._identity()
        return self._connection

    def _abandon(self, connection: sqlite3.Connection) -> None:
        """Leave a file that somebody deleted or replaced under us."""
        _logger.error("outbox file was deleted or replaced file=%s", self._path)
        if not self._path.exists():
            begin_anew(self._path, self._numberings, salvage(connection))
        self.close()

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
