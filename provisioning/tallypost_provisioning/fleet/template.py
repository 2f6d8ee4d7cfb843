"""Fills a fleet's `fleet.toml` for one device, and has the real schema judge it."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from tallypost.domain.bundle import MADE_ON_DEVICE
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.file import read_file
from tallypost.settings.reading import FILE_BYTES_MAX, accept, parse_table
from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.inventory.words import Known

PLACEHOLDERS = (
    *("device", "serial", "site_name", "place", "dev_eui", "join_eui"),
    *("mqtt_username", "region", "batch"),
)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}", flags=re.ASCII)
_FOLDERS = ("files/", "secrets/")
START = """\
# How every device of this fleet is set: a tallypost.toml (docs/settings.md) in which
# words in braces stand for what is each device's own (docs/provisioning.md).
# files/ holds ca.pem, operator-1.pub and what you put into the folder `files` here;
# secrets/ holds mqtt-password and app-key.
# `tallypost-provision settings check` judges it for every device.

device = "{device}"
site = "site.toml"

[uplink]
kind = "mqtt"
host = @host@
ca_file = "files/ca.pem"
username = "{mqtt_username}"
password_file = "secrets/mqtt-password"
# The device makes this key, and `tallypost-provision enrol` answers with a certificate:
# certificate_file = "files/device.pem"
# key_file = "secrets/device.key"

[remote]
operator_keys = ["files/operator-1.pub"]
"""


class Template:
    """A `fleet.toml`.

    Args:
        path: Where it is.

    Raises:
        SettingsError: It cannot be read, or is no TOML.
        FleetError: It names a placeholder that there is not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        wish = "write one by `tallypost-provision settings template`"
        raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish=wish)
        self._table = parse_table(path, raw)
        self._lines = raw.decode("utf-8-sig").splitlines(keepends=True)
        unknown = dict.fromkeys(
            name
            for line in self._lines
            for name in _PLACEHOLDER.findall(line)
            if name not in PLACEHOLDERS and not _is_comment(line)
        )
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise FleetError(
                str(path),
                [
                    f"{{{name}}}: stands for nothing; there are {known}"
                    for name in unknown
                ],
            )

    def settings(self, device: Known, held: Collection[str]) -> str:
        """Return a device's `tallypost.toml`.

        Args:
            device: Whose.
            held: The files and secrets that its bundle brings, as settings name them.

        Raises:
            FleetError: The schema refuses it, it names a file that is not held, or
                another device; tells all faults.
        """
        values = {name: getattr(device, name) or "" for name in PLACEHOLDERS}
        text = "".join(
            line
            if _is_comment(line)
            else _PLACEHOLDER.sub(lambda found: _quoted(values[found[1]]), line)
            for line in self._lines
        )
        faults = list(self._faults(device, text, values, held))
        if faults:
            raise FleetError(f"{self._path}: {device.device}", faults)
        return text

    def _faults(
        self, device: Known, text: str, values: Mapping[str, str], held: Collection[str]
    ) -> Iterator[str]:
        wanted = _filled(self._table, values)
        if _parsed(text) != wanted:
            yield (
                "a placeholder stands where what it stands for breaks the file; write "
                'it inside "quotation marks", and nowhere else'
            )
            return
        try:
            settings = accept(self._path, wanted, DeviceSettings)
        except SettingsError as error:
            yield from error.faults
        else:
            if settings.device != device.device:
                yield 'device: names another device; write device = "{device}"'
        for key, path in _paths("", wanted):
            if path not in held and key not in MADE_ON_DEVICE:
                there = ", ".join(sorted(held))
                yield f"{key}: {path} is not in the bundle; there are {there}"


def start(host: str) -> str:
    """Return a template to begin with.

    Args:
        host: The broker's.
    """
    return START.replace("@host@", f'"{_quoted(host)}"')


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _quoted(value: str) -> str:
    """Return a text as it stands inside quotation marks. Source: TOML 1.0, "String"."""
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _parsed(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """Return a table in which every text's placeholders are filled."""
    if isinstance(value, dict):
        return {key: _filled(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: values[found[1]], value)
    return value


def _paths(place: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield what names a file of the bundle, with its key."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _paths(f"{place}.{key}" if place else key, each)
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _paths(f"{place}[{number}]", each)
    if isinstance(value, str) and value.startswith(_FOLDERS):
        yield place, value
