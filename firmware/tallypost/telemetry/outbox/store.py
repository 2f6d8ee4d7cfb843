"""Does work in the outbox's database, whatever has become of its file meanwhile.

What the logbook keeps stands in a transaction that stays open. The database takes it
over, for good, once the logbook is full or something else is written. Whatever undoes
that transaction before, a kill, a power cut, an error: it is done anew.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from tallypost.board.base import Board
from tallypost.errors import OutboxError, OutboxUnavailableError
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.database import disk_refuses, open_database
from tallypost.telemetry.outbox.logbook import ROWS_MAX, Logbook, beside
from tallypost.telemetry.outbox.numbering import Numberings
from tallypost.telemetry.outbox.recovery import begin_anew, finish, recover
from tallypost.telemetry.outbox.rows import Row
from tallypost.telemetry.outbox.salvage import salvage

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]

_logger = logging.getLogger(__name__)


class Store:
    """One database that is opened when needed, and begun afresh when it is damaged.

    Args:
        path: The database; a logbook lies beside it.
        numberings: The marks that a new database begins above.
        on_open: Called after each opening with all that is stored.
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
        self._logbook = Logbook(beside(path))

    def do(self, work: Work[Result]) -> Result:
        """Return what work returns; all that it wrote is on the disk, or nothing.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
            OutboxError: The file is another program's, or breaks again when new.
        """
        return self._heard(lambda: self._attempt(work, self._settle))

    def keep(self, work: Work[Sequence[Row]]) -> Sequence[Row]:
        """Return the rows that work inserts: they are on the disk, or none of them.

        Args:
            work: Inserts these rows, and writes nothing else.

        Raises:
            OutboxUnavailableError: The disk refuses; nothing was done.
            OutboxError: The file is another program's, or breaks again when new.
        """
        return self._heard(lambda: self._attempt(work, self._settle_rows))

    def close(self) -> None:
        """Let go of the files; the next work opens them again."""
        if self._connection is not None and self._logbook.rows:
            # What the database does not take now stays in the logbook.
            with suppress(sqlite3.Error):
                self._commit(self._connection)
        self._let_go()

    def _heard(self, attempt: Callable[[], Result]) -> Result:
        try:
            try:
                return attempt()
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.Error as error:
                if disk_refuses(error):
                    raise
                self._let_go()
                recover(
                    self._path,
                    self._numberings,
                    utc_s=self._board.utc_s(),
                    reason=str(error),
                )
                return attempt()
        except OSError as error:
            place = error.filename or self._path
            raise OutboxUnavailableError(f"{place}: {error.strerror}") from error
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            wrong = f"{self._path}: {error}"
            if disk_refuses(error):
                raise OutboxUnavailableError(wrong) from error
            raise OutboxError(f"{wrong}; look after the disk") from error

    def _attempt(
        self,
        work: Work[Result],
        settle: Callable[[sqlite3.Connection, Result, int], None],
    ) -> Result:
        connection = self._opened()
        try:
            if not connection.in_transaction:
                self._resume(connection)
            connection.execute("SAVEPOINT work")
            changes_before = connection.total_changes
            result = work(connection)
            settle(connection, result, changes_before)
        except BaseException:  # whatever it is: nothing is left half done
            self._undo(connection)
            raise
        return result

    def _settle(
        self, connection: sqlite3.Connection, _: object, changes_before: int
    ) -> None:
        if connection.total_changes == changes_before:
            connection.execute("RELEASE work")
        else:
            self._commit(connection)

    def _settle_rows(
        self, connection: sqlite3.Connection, rows: Sequence[Row], _: int
    ) -> None:
        if self._logbook.append(rows):
            connection.execute("RELEASE work")
        else:
            self._commit(connection)

    def _commit(self, connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")
        self._logbook.begin()

    def _resume(self, connection: sqlite3.Connection) -> None:
        """Begin a transaction in which all rows of the logbook stand."""
        connection.execute("BEGIN IMMEDIATE")
        ledger.catch_up(connection, self._logbook.rows)

    def _undo(self, connection: sqlite3.Connection) -> None:
        if not connection.in_transaction:
            return  # SQLite has undone all of it, what the logbook keeps included.
        try:
            connection.execute("ROLLBACK TO work")
            connection.execute("RELEASE work")
        except sqlite3.Error:
            self._let_go()

    def _let_go(self) -> None:
        self._logbook.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._identity() != self._file:
            self._abandon(self._connection)
        if self._connection is None:
            finish(self._path, utc_s=self._board.utc_s())
            connection = open_database(self._path)
            try:
                self._take_up(connection)
                self._on_open(connection)
            except BaseException:  # whatever it is: the file is not left open
                connection.close()
                raise
            self._connection = connection
            self._file = self._identity()
        return self._connection

    def _take_up(self, connection: sqlite3.Connection) -> None:
        """Have all stand in an open transaction that was stored."""
        found = self._logbook.open()
        self._resume(connection)
        logged = ledger.fact(connection, "logged")
        if logged and not found:
            # Nobody knows which numbers were in it: all that may be are left out.
            _logger.error("logbook lost, numbers are skipped file=%s", self._path)
            last_seq = ledger.last_seq(connection) or 0
            self._numberings.records.used(last_seq + ROWS_MAX)
        if not logged:
            ledger.state(connection, "logged", 1)
        if not (logged and found):
            self._commit(connection)

    def _abandon(self, connection: sqlite3.Connection) -> None:
        """Leave a file that somebody deleted or replaced under us."""
        _logger.error("outbox file was deleted or replaced file=%s", self._path)
        if not self._path.exists():
            begin_anew(self._path, self._numberings, salvage(connection))
        self._let_go()

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
