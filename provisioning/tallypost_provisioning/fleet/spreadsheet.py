"""Reads a fleet from a CSV file, and tells all faults of all its lines at once."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from tallypost.errors import SettingsError
from tallypost.settings.file import read_file
from tallypost.settings.reading import read_site
from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.fleet.wanted import WORDS, Wanted, faults, tidy
from tallypost_provisioning.inventory.words import Known, State

FILE_BYTES_MAX = 16 * 2**20
FAULTS_MAX = 200
SHOWN_MAX = 40
SITE = "site"
"""The column that names a file: a `site.toml`, as seen from the CSV's folder."""
COLUMNS = (*WORDS, SITE)
OWN = ("serial", "dev_eui", "mqtt_username")
"""What no two devices may share."""
WISH = "save the sheet as CSV in UTF-8"


class Told(NamedTuple):
    """A fault.

    Attributes:
        line: Of the file, counted from 1.
        sentence: The column, the fact and the wish.
    """

    line: int
    sentence: str


class Row(NamedTuple):
    """What a line says of one device.

    Attributes:
        line: Its number.
        words: By their columns, tidied; `device` is always there.
    """

    line: int
    words: dict[str, str]


def read_fleet(path: Path, known: Sequence[Known]) -> list[Wanted]:
    """Return the devices that a file names and that are not known yet.

    Args:
        path: A CSV, UTF-8, with a head; columns apart by `,` or `;`.
        known: Who is there already: left as they are.

    Raises:
        FleetError: Something is wrong; tells all of it, by lines.
        SettingsError: The file cannot be read.
    """
    there = {each.device for each in known}
    sites = _Sites(path.parent)
    found: list[Told] = []
    rows = list(_rows(path, found))
    found += [Told(line, fault) for line, words in rows for fault in faults(words)]
    found += _twice(rows, known)
    wanted = []
    for line, words in rows:
        site, told_of_site = sites.read(words.pop(SITE, ""))
        found += [Told(line, f"{SITE}: {fault}") for fault in told_of_site]
        if words["device"] not in there:
            wanted.append(Wanted(**words, site=site))
    if not rows and not found:
        found.append(Told(2, "is missing; write one line for each device"))
    if found:
        _refuse(path, found)
    return wanted


def site_text(path: Path) -> str:
    """Return the text of a `site.toml` that is good.

    Raises:
        SettingsError: It is not; tells all faults.
    """
    read_site(path)
    raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish="name a site.toml")
    return raw.decode("utf-8-sig")


def _rows(path: Path, found: list[Told]) -> Iterator[Row]:
    """Yield the lines that can be read, and note what is wrong with the others."""
    text = _text(path)
    head = text.partition("\n")[0]
    apart = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=apart, strict=True)
    try:
        columns = [each.strip().lower() for each in next(reader, [])]
        _check_head(path, columns)
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if len(values) > len(columns):
                told = f"has {len(values)} values for {len(columns)} columns"
                wish = f'put a value with a {apart} in it into "quotation marks"'
                found.append(Told(reader.line_num, f"{told}; {wish}"))
            words = tidy(dict(zip(columns, values, strict=False)))
            yield Row(reader.line_num, {"device": ""} | words)
    except csv.Error as error:
        _refuse(path, [Told(reader.line_num, f"is no CSV ({error}); {WISH}")])


def _text(path: Path) -> str:
    raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish=WISH)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(path, [Told(line, f"is not UTF-8; {WISH}")])


def _check_head(path: Path, columns: list[str]) -> None:
    strangers = [name for name in columns if name not in COLUMNS]
    twice = [name for name in COLUMNS if columns.count(name) > 1]
    known = ", ".join(COLUMNS)
    found = [
        f"{name[:SHOWN_MAX]!a} is no column; there are {known}" for name in strangers
    ]
    found += [f"{name} is there twice; keep one" for name in twice]
    if "device" not in columns:
        found.append("has no column `device`; write the names of columns first")
    if found:
        _refuse(path, [Told(1, sentence) for sentence in found])


def _twice(rows: Iterable[Row], known: Sequence[Known]) -> Iterator[Told]:
    """Yield a fault for every name or number that is another device's."""
    first: dict[str, int] = {}
    for line, words in rows:
        device = words["device"]
        if device and first.setdefault(device, line) != line:
            yield Told(line, f"device: {device} is in line {first[device]} too")
    for key in OWN:
        owners: dict[object, str] = {
            getattr(each, key): each.device
            for each in known
            if key != "serial" or each.state is not State.REVOKED
        }
        for line, words in rows:
            device = words["device"]
            value = words.get(key) or (device if key == "mqtt_username" else "")
            if value and owners.setdefault(value, device) != device:
                told = f"{key}: {value[:SHOWN_MAX]!a} is that of {owners[value]}"
                yield Told(line, f"{told}; give each its own")


class _Sites:
    """Reads each `site.toml` once.

    Args:
        folder: Where their names begin.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[str | None, tuple[str, ...]]] = {"": (None, ())}

    def read(self, name: str) -> tuple[str | None, tuple[str, ...]]:
        """Return what a file holds, and what is wrong with it."""
        if name not in self._known:
            try:
                self._known[name] = site_text(self._folder / name), ()
            except SettingsError as error:
                told = tuple(f"{name[:SHOWN_MAX]!a}: {each}" for each in error.faults)
                self._known[name] = None, told
        return self._known[name]


def _refuse(path: Path, found: list[Told]) -> NoReturn:
    lines = [f"line {line}: {sentence}" for line, sentence in sorted(found)]
    told = lines[:FAULTS_MAX]
    if len(lines) > FAULTS_MAX:
        told.append(f"and {len(lines) - FAULTS_MAX} more; mend these first")
    raise FleetError(str(path), told) from None
