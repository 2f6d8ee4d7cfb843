"""Reads a fleet from a CSV file, and tells all faults of all its lines at once."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from tallypost.errors import SettingsError
from tallypost.settings.file import read_file
from tallypost.settings.reading import read_site
from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.fleet.wanted import WORDS, Wanted, faults, tidy
from tallypost_provisioning.inventory.words import Known

FILE_BYTES_MAX = 16 * 2**20
FAULTS_MAX = 200
SITE = "site"
"""The column that names a file: a `site.toml`, as seen from the CSV's folder."""
COLUMNS = (*WORDS, SITE)
OWN = ("serial", "dev_eui", "mqtt_username")
"""What no two devices may share."""

Row = tuple[int, dict[str, str]]


def read_fleet(path: Path, known: list[Known]) -> list[Wanted]:
    """Return the devices that a file names and that are not known yet.

    Args:
        path: A CSV, UTF-8, with a head; columns apart by `,` or `;`.
        known: Who is there already: left as they are.

    Raises:
        FleetError: Something is wrong; tells all of it, by lines.
    """
    there = {each.device for each in known}
    rows = list(_rows(path))
    found = [f"line {line}: {fault}" for line, told in rows for fault in faults(told)]
    found += _twice(rows, known)
    sites = _Sites(path.parent)
    wanted = []
    for line, told in rows:
        site, told_of_site = sites.text(told.pop(SITE, ""))
        found += [f"line {line}: {SITE}: {fault}" for fault in told_of_site]
        if told["device"] not in there:
            wanted.append(Wanted(**told, site=site))
    if not rows:
        found.append("line 2: is missing; write one line for each device")
    if found:
        _refuse(path, found)
    return wanted


def _rows(path: Path) -> Iterator[Row]:
    """Yield lines with their numbers, tidied."""
    wish = "save the sheet as CSV in UTF-8"
    raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish=wish)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(path, [f"line {line}: is not UTF-8; {wish}"])
    head = text.partition("\n")[0]
    apart = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=apart, strict=True)
    try:
        columns = [each.strip().lower() for each in next(reader, [])]
        _check_head(path, columns)
        for values in reader:
            if any(value.strip() for value in values):
                yield reader.line_num, _row(path, reader.line_num, columns, values)
    except csv.Error as error:
        _refuse(path, [f"line {reader.line_num}: is no CSV ({error}); {wish}"])


def _row(
    path: Path, line: int, columns: list[str], values: list[str]
) -> dict[str, str]:
    if len(values) > len(columns):
        told = f"has {len(values)} values for {len(columns)} columns"
        _refuse(path, [f'line {line}: {told}; put a value with a comma into "quotes"'])
    return {"device": ""} | tidy(dict(zip(columns, values, strict=False)))


def _check_head(path: Path, columns: list[str]) -> None:
    found = [
        f"line 1: {name[:40]!a} is no column; there are: {', '.join(COLUMNS)}"
        for name in columns
        if name not in COLUMNS
    ]
    found += [
        f"line 1: {name} is there twice; keep one"
        for name in COLUMNS
        if columns.count(name) > 1
    ]
    if "device" not in columns:
        found.append("line 1: has no column `device`; write the names of columns first")
    if found:
        _refuse(path, found)


def _twice(rows: list[Row], known: list[Known]) -> Iterator[str]:
    """Yield a fault for every name or number that is another device's."""
    first: dict[str, int] = {}
    for line, told in rows:
        device = told["device"]
        if device and first.setdefault(device, line) != line:
            yield f"line {line}: device: {device} is in line {first[device]} too"
    for key in OWN:
        owners: dict[object, str] = {getattr(each, key): each.device for each in known}
        for line, told in rows:
            value, device = told.get(key), told["device"]
            if value and owners.setdefault(value, device) != device:
                other = owners[value]
                yield f"line {line}: {key}: {value} is that of {other}; give its own"


class _Sites:
    """Reads each `site.toml` once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: Mapping[str, tuple[str | None, tuple[str, ...]]] = {"": (None, ())}

    def text(self, name: str) -> tuple[str | None, tuple[str, ...]]:
        """Return what a file holds, and what is wrong with it."""
        if name not in self._read:
            self._read = {**self._read, name: self._look(self._folder / name)}
        return self._read[name]

    def _look(self, path: Path) -> tuple[str | None, tuple[str, ...]]:
        try:
            return site_text(path), ()
        except SettingsError as error:
            return None, tuple(f"{path.name}: {fault}" for fault in error.faults)


def site_text(path: Path) -> str:
    """Return the text of a `site.toml` that is good.

    Raises:
        SettingsError: It is not; tells all faults.
    """
    read_site(path)
    raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish="name a site.toml")
    return raw.decode("utf-8-sig")


def _refuse(path: Path, found: list[str]) -> NoReturn:
    told = found[:FAULTS_MAX]
    if len(found) > FAULTS_MAX:
        told.append(f"and {len(found) - FAULTS_MAX} more; mend these first")
    raise FleetError(str(path), told) from None
