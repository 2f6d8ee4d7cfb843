"""The door: TOML comes in, settings or all their faults go out."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from tallypost.errors import SettingsError
from tallypost.settings.base import Fault, Settings
from tallypost.settings.device import DeviceSettings
from tallypost.settings.explanation import explain
from tallypost.settings.file import read_file
from tallypost.settings.sentence import key_path
from tallypost.settings.site import Site

FILE_BYTES_MAX = 1024 * 1024
"""Four times the largest site; of ten thousand elements, the number is still told."""
DOTS_MAX = 160
"""In one line: tomllib's time and memory grow with the square of the dots in a key."""
FAULTS_MAX = 100

Table = dict[str, Any]
AnySettings = TypeVar("AnySettings", bound=Settings)


def read_device_settings(path: Path) -> DeviceSettings:
    """Return what `tallypost.toml` says, its paths as seen from its own folder.

    Raises:
        SettingsError: The file cannot be accepted; tells all faults.
    """
    return accept(path, read_table(path), DeviceSettings)


def read_site(path: Path) -> Site:
    """Return what `site.toml` says.

    Raises:
        SettingsError: The file cannot be accepted; tells all faults.
    """
    return accept(path, read_table(path), Site)


def accept(path: Path, table: Table, model: type[AnySettings]) -> AnySettings:
    """Return a table as settings.

    Args:
        path: The file that the table was read from: its folder is where relative paths
            begin.
        table: What `read_table` returned.
        model: What the table should be.

    Raises:
        SettingsError: It is not; tells all faults.
    """
    try:
        return model.model_validate(table, context={"folder": path.absolute().parent})
    except ValidationError as error:
        faults = explain(error, model)
    raise SettingsError(str(path), _told(faults))


def _told(faults: Iterable[Fault]) -> list[str]:
    """Return faults as lines, each once, no more than a person reads."""
    lines = dict.fromkeys(
        f"{key_path(key)}: {sentence}" if key else sentence for key, sentence in faults
    )
    told = list(lines)[:FAULTS_MAX]
    if len(lines) > FAULTS_MAX:
        told.append(f"and {len(lines) - FAULTS_MAX} more; mend these first")
    return told


def read_table(path: Path) -> Table:
    """Return what a TOML file says, unchecked.

    Raises:
        SettingsError: There is no such file, it is too large, or it is no TOML.
    """
    raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish="name a file of settings")
    return parse_table(path, raw)


def parse_table(path: Path, raw: bytes) -> Table:
    """Return what the bytes of a TOML file say, unchecked.

    Args:
        path: Where they stand, for messages.
        raw: What they are, whoever wrote them.

    Raises:
        SettingsError: They are no TOML.
    """
    text = _text(path, raw)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > DOTS_MAX:
            told = f"has {line.count('.')} dots, above the most ({DOTS_MAX})"
            _refuse(path, f"line {number}: {told}; write a list on several lines")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(path, _syntax(str(error)))
    except RecursionError:
        _refuse(path, "holds lists or tables nested too deep; write it flat")
    except ValueError:
        # Python converts no number of more than 4300 digits.
        _refuse(path, "holds a number of too many digits; write a shorter one")


def _text(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(path, f"line {line}: is not UTF-8; save the file as UTF-8 text")
    if not text.strip():
        _refuse(path, "is empty; begin with the example in docs/settings.md")
    return text


_HINTS = {
    "Invalid value": 'write a number, true, false, or a text in "quotation marks"',
    "Cannot overwrite": "the key is there twice; keep one",
    "Cannot declare": "the table is there twice; keep one, or use [[double brackets]]",
    "Expected '='": "write key = value",
    "Invalid statement": "write key = value, or [table]",
    "Unclosed array": "close the list with ]",
    "Illegal character": "end the text with its quotation mark on the same line",
    "Unterminated string": "end the text with its quotation mark",
}


def _syntax(told: str) -> str:
    """Return what tomllib says, the place first."""
    match = re.fullmatch(r"(.*) \((?:at )?(.*)\)", told, flags=re.DOTALL)
    fact, place = match.groups() if match else (told, "somewhere")
    wishes = [wish for start, wish in _HINTS.items() if fact.startswith(start)]
    wish = wishes[0] if wishes else "mend this line"
    return f"{place}: is no TOML ({fact[:1].lower()}{fact[1:]}); {wish}"


def _refuse(path: Path, sentence: str) -> NoReturn:
    raise SettingsError(str(path), [sentence]) from None
