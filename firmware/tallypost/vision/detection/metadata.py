"""Reads the labels that exporters append to a model file as a zip archive."""

import ast
import io
import json
import zipfile
import zlib
from typing import Any

from tallypost.errors import ModelError

MEMBERS_MAX = 64
MEMBER_BYTES_MAX = 1 << 20
LABELS_MAX = 10_000
LABEL_FILES = ("labelmap.txt", "labels.txt", "label_map.txt")
"""TensorFlow Lite's metadata: one label a line."""
ULTRALYTICS_FILES = ("temp_meta.txt", "metadata.json")
"""Ultralytics' exports: a dictionary with `names` and `task`."""


def appended_labels(name: str, content: bytes) -> tuple[str, ...] | None:
    """Return the labels that a model file carries, or None if it carries none.

    Args:
        name: The model's, for messages.
        content: The whole file.

    Raises:
        ModelError: There is an archive, and it is damaged, too large, or of another
            task than detection.
    """
    stream = io.BytesIO(content)
    if not zipfile.is_zipfile(stream):
        return None
    try:
        with zipfile.ZipFile(stream) as archive:
            return _labels(name, archive)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise ModelError(
            f"{name}: the archive of labels at its end is damaged ({error}); export "
            f"the model afresh, or write the labels in a manifest.toml"
        ) from error
    except (EOFError, OSError, ValueError) as error:
        raise ModelError(
            f"{name}: the archive of labels at its end cannot be read ({error}); "
            f"export the model afresh, or write the labels in a manifest.toml"
        ) from error


def _labels(name: str, archive: zipfile.ZipFile) -> tuple[str, ...] | None:
    members = {info.filename.rsplit("/", 1)[-1]: info for info in archive.infolist()}
    if len(members) > MEMBERS_MAX:
        raise ModelError(
            f"{name}: the archive at its end has {len(members)} files; want at most "
            f"{MEMBERS_MAX}"
        )
    for member in ULTRALYTICS_FILES:
        if member in members:
            return _ultralytics(name, _text(name, archive, members[member]))
    for member in LABEL_FILES:
        if member in members:
            return label_lines(name, _text(name, archive, members[member]))
    return None


def _text(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    """Return a member as text, never more of it than the bound."""
    with archive.open(info) as stream:
        content = stream.read(MEMBER_BYTES_MAX + 1)
    if len(content) > MEMBER_BYTES_MAX:
        raise ModelError(
            f"{name}: {info.filename} in the archive at its end is larger than "
            f"{MEMBER_BYTES_MAX} bytes; that is no list of labels"
        )
    return content.decode("utf-8-sig", errors="replace")


def label_lines(name: str, text: str) -> tuple[str, ...]:
    """Return one label a line; an empty line counts as a label without a name.

    Raises:
        ModelError: There are none, or too many.
    """
    labels = tuple(line.strip() or "???" for line in text.rstrip().splitlines())
    return _checked(name, labels)


def _ultralytics(name: str, text: str) -> tuple[str, ...]:
    told = _dictionary(name, text)
    task = told.get("task", "detect")
    if task != "detect":
        raise ModelError(f"{name}: was made to {task}; want a model that detects")
    names = told.get("names")
    if isinstance(names, dict):
        numbers = [int(number) for number in names]
        if sorted(numbers) != list(range(len(numbers))):
            raise ModelError(
                f"{name}: its labels' numbers leave gaps; want 0, 1, 2, ..."
            )
        by_number = {int(number): label for number, label in names.items()}
        names = [by_number[number] for number in range(len(numbers))]
    if not isinstance(names, list):
        raise ModelError(f"{name}: its metadata has no names; want a list of labels")
    return _checked(name, tuple(str(label) for label in names))


def _dictionary(name: str, text: str) -> dict[Any, Any]:
    """Return what stands there as JSON, or as a Python literal; nothing is executed."""
    try:
        try:
            told = json.loads(text)
        except ValueError:  # older exporters wrote what Python prints
            told = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ModelError(
            f"{name}: the metadata at its end is no dictionary; export the model afresh"
        ) from error
    if not isinstance(told, dict):
        raise ModelError(f"{name}: the metadata at its end is no dictionary")
    return told


def _checked(name: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(labels) <= LABELS_MAX:
        raise ModelError(f"{name}: has {len(labels)} labels; want 1 to {LABELS_MAX}")
    return labels
