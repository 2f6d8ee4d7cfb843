"""Which labelled pictures `tallypost models eval` is told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tallypost.errors import RecordingError
from tallypost.models.labelled import LabelledSet


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder of labelled pictures.

    Attributes:
        folder: Where.
        complete: The classes of which its pictures label all there is; None: nobody
            has said.
    """

    folder: Path
    complete: tuple[str, ...] | None = None


class DataWord(click.ParamType[DataSet]):
    """A folder, and after `=` the classes that its pictures label completely."""

    name = "FOLDER[=CLASS,CLASS]"

    def convert(self, value: Any, param: Any, ctx: Any) -> DataSet:
        """Return the folder and the classes."""
        if isinstance(value, DataSet):
            return value
        folder, mark, names = str(value), "", ""
        if not _is_folder(folder):
            folder, mark, names = folder.rpartition("=")
        folder = folder if mark else str(value)
        if not folder or not _is_folder(folder):
            self.fail(
                f"{folder or 'nothing'} is no folder; name one of pictures", param, ctx
            )
        classes = class_names(names)
        if mark and not classes:
            wish = "write them as in FOLDER=person,car"
            self.fail(f"{value} names no classes; {wish}", param, ctx)
        return DataSet(Path(folder), classes or None)


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # no file can be called so
        return False


def class_names(text: str) -> tuple[str, ...]:
    """Return names that are parted by commas, each once."""
    return tuple(dict.fromkeys(x.strip() for x in text.split(",") if x.strip()))


def with_classes(
    sets: Sequence[DataSet], classes: tuple[str, ...] | None
) -> tuple[DataSet, ...]:
    """Return the sets, told what each labels completely.

    Args:
        sets: As they were named.
        classes: Count no others; None: all that a set labels completely.

    Raises:
        RecordingError: There are several, and of one nobody says what it labels.
    """
    told = []
    for each in sets:
        if classes is None and each.complete is None and len(sets) > 1:
            raise RecordingError(
                f"{each.folder}: which classes it labels completely is not said, and a "
                f"label that is missing is no absence; write --data "
                f"{each.folder}=person,car for each of several"
            )
        complete = each.complete
        if classes is not None:
            complete = tuple(x for x in classes if complete is None or x in complete)
        told.append(DataSet(each.folder, complete))
    return tuple(told)


def open_sets(sets: Sequence[DataSet], split: str) -> list[LabelledSet]:
    """Return the sets, each found to hold labelled pictures.

    Raises:
        RecordingError: One does not, or does not know a class.
    """
    return [LabelledSet(each.folder, split, each.complete) for each in sets]
