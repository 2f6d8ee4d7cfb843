"""Keeps the inventory in one file of SQLite, through power cuts and Ctrl-C."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from tallypost_provisioning.errors import InventoryError
from tallypost_provisioning.inventory.schema import (
    APPLICATION,
    COLUMNS,
    SCHEMA,
    VERSION,
)
from tallypost_provisioning.inventory.vault import Vault, new_lock, unlock
from tallypost_provisioning.inventory.words import Identity, Known, State

BUSY_S = 10.0
SECRET = tuple(each.name for each in fields(Identity) if each.name not in COLUMNS)
"""What is sealed: all that `Identity` has and `Known` has not."""
_BYTES = ("panel_salt", "panel_hash")


class Inventory:
    """All devices of a city.

    Names, places and what is public can be read at once; the first secret asks for the
    passphrase.

    Args:
        path: The file.
        passphrase: Asks for the passphrase, once.

    Raises:
        InventoryError: From every method too: the file is none of ours, damaged, of a
            newer version, in use, or the disk refuses.
    """

    def __init__(self, path: Path, passphrase: Callable[[], str]) -> None:
        self._path = path
        self._passphrase = passphrase
        self._opened: Vault | None = None
        if not path.is_file():
            raise InventoryError(f"{path}: is not there; put back a copy of it")
        with self._told():
            self._connection = _connect(path)
            application = _number(self._connection, "application_id")
            version = _number(self._connection, "user_version")
        if application != APPLICATION:
            raise InventoryError(f"{path}: is no inventory; put back a copy of it")
        if version != VERSION:
            raise InventoryError(
                f"{path}: is of version {version}, and this tallypost-provision knows "
                f"{VERSION}; take the one that wrote it"
            )

    def close(self) -> None:
        """Leave the file; closing twice is harmless."""
        self._connection.close()

    def known(self) -> list[Known]:
        """Return what is public of all devices, by their names."""
        return [Known(**row) for row in self._rows("ORDER BY device", ())]

    def known_of(self, device: str) -> Known:
        """Return what is public of one device.

        Raises:
            InventoryError: There is none of that name.
        """
        rows = list(self._rows("WHERE device = ?", (device,)))
        if not rows:
            raise InventoryError(
                f"{device}: is not in the inventory; "
                "`tallypost-provision list` tells who is"
            )
        return Known(**rows[0])

    def identity(self, device: str) -> Identity:
        """Return all that is known of one device, secrets included.

        Raises:
            InventoryError: There is none of that name, or the passphrase is wrong.
        """
        return self._identity(self.known_of(device))

    def identities(self, devices: Iterable[str] | None = None) -> Iterator[Identity]:
        """Yield all that is known of some devices; of every device where it is None."""
        for known in self.known() if devices is None else map(self.known_of, devices):
            yield self._identity(known)

    def add(self, identities: Iterable[Identity]) -> None:
        """Take in new devices, all or none.

        Raises:
            InventoryError: One of their names or numbers is another device's.
        """
        names = ", ".join((*COLUMNS, "sealed"))
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        rows = [self._row(each) for each in identities]
        with self.changing() as connection:
            connection.executemany(
                f"INSERT INTO devices ({names}) VALUES ({marks})",  # noqa: S608  # names of ours
                rows,
            )

    def change(self, device: str, **values: str | int | None) -> None:
        """Set what is public of a device otherwise.

        Raises:
            InventoryError: It is revoked: nothing of it changes any more.
        """
        with self.changing() as connection:
            update(connection, device, values)

    def next_counter(self, device: str, utc_s: float) -> int:
        """Return a number above that of every bundle of a device, for good.

        It is the time, unless that is not above the last: so it is above those too of
        which an inventory that was put back from a copy does not know.

        Args:
            device: Its name.
            utc_s: Now.
        """
        with self.changing() as connection:
            (counter,) = connection.execute(
                "UPDATE devices SET counter = max(counter + 1, ?) WHERE device = ? "
                "RETURNING counter",
                (int(utc_s), device),
            ).fetchone()
        return int(counter)

    def unlock(self) -> None:
        """Ask for the passphrase now, and see that it is right."""
        self._vault()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one change, kept whole or not at all."""
        with self._told(), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection to somebody who only reads."""
        with self._told():
            yield self._connection

    def _rows(self, where: str, values: Sequence[str]) -> Iterator[dict[str, Any]]:
        names = ", ".join(COLUMNS)
        query = f"SELECT {names} FROM devices {where}"  # noqa: S608  # names of ours
        with self.reading() as connection:
            found = connection.execute(query, values).fetchall()
        for row in found:
            told = dict(zip(COLUMNS, row, strict=True))
            yield {**told, "state": State(told["state"])}

    def _identity(self, known: Known) -> Identity:
        with self.reading() as connection:
            (sealed,) = connection.execute(
                "SELECT sealed FROM devices WHERE device = ?", (known.device,)
            ).fetchone()
        secret = json.loads(self._vault().open(sealed, known.device))
        secret |= {key: bytes.fromhex(secret[key]) for key in _BYTES}
        public = {name: getattr(known, name) for name in COLUMNS}
        return Identity(**public, **secret)

    def _row(self, identity: Identity) -> tuple[object, ...]:
        secret = {key: getattr(identity, key) for key in SECRET}
        secret |= {key: secret[key].hex() for key in _BYTES}
        sealed = self._vault().seal(json.dumps(secret).encode(), identity.device)
        return (*(getattr(identity, name) for name in COLUMNS), sealed)

    def _vault(self) -> Vault:
        if self._opened is None:
            with self.reading() as connection:
                (lock,) = connection.execute("SELECT lock FROM city").fetchone()
            self._opened = unlock(lock, self._passphrase())
        return self._opened

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into a sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise InventoryError(f"{self._path}: {_words(error)}") from error


def update(
    connection: sqlite3.Connection, device: str, values: Mapping[str, str | int | None]
) -> None:
    """Set what is public of a device otherwise, as part of a change.

    Args:
        connection: As `Inventory.changing` lends it.
        device: Its name.
        values: What it shall be, by the names of `COLUMNS`.

    Raises:
        InventoryError: It is revoked, or not there.
    """
    assert set(values) <= set(COLUMNS)
    names = ", ".join(f"{name} = ?" for name in values)
    done = connection.execute(
        f"UPDATE devices SET {names} WHERE device = ? AND state <> ?",  # noqa: S608  # names of ours
        (*values.values(), device, State.REVOKED),
    )
    if done.rowcount != 1:
        raise InventoryError(f"{device}: is revoked; make it a new identity")


def make(path: Path, passphrase: str) -> None:
    """Make an empty inventory, for its owner alone.

    Args:
        path: Where; nothing may be there.
        passphrase: What shall open its secrets.

    Raises:
        InventoryError: It cannot be made.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection = _connect(path)
        connection.executescript(SCHEMA)
        with connection:
            connection.execute(
                "INSERT INTO city (lock) VALUES (?)", (new_lock(passphrase),)
            )
        connection.close()
    except (OSError, sqlite3.Error) as error:
        raise InventoryError(f"{path}: cannot be made ({error})") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)


def _words(error: sqlite3.Error) -> str:
    """Return what SQLite says as a fact and a wish."""
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith("SQLITE_CONSTRAINT"):
        column = str(error).rpartition(".")[2]
        return f"another device has this {column}; give each its own"
    wishes = {
        "SQLITE_FULL": "the disk is full; nothing was changed; make room and try again",
        "SQLITE_BUSY": "another tallypost-provision is writing; wait until it is done",
        "SQLITE_READONLY": "may not be written; see whose it is, and the disk",
        "SQLITE_CANTOPEN": "cannot be opened; see whose it is, and the folder",
        "SQLITE_IOERR": "the disk refuses; nothing was changed; see to the disk",
        "SQLITE_NOTADB": "is damaged or no inventory; put back a copy of it",
        "SQLITE_CORRUPT": "is damaged; put back a copy of it",
    }
    known = [wish for name, wish in wishes.items() if code.startswith(name)]
    return known[0] if known else f"cannot be used ({error}); put back a copy of it"
