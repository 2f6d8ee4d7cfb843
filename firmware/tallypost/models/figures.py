"""`evaluation.json`: how the models fared that were measured beside each other."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tallypost.errors import SettingsError
from tallypost.models.manifest import ModelName, Sha256
from tallypost.settings.base import Fault, Settings, Text
from tallypost.settings.file import read_file
from tallypost.settings.reading import accept

FIGURES = "evaluation.json"
FILE_BYTES_MAX = 1 << 20
YARDSTICK = "efficientdet-lite0"
"""The model that the others' times are held against."""
WISH = "make it afresh with scripts/bench models"

_logger = logging.getLogger(__name__)

Share = Annotated[float, Field(ge=0, le=1)]
Milliseconds = Annotated[float, Field(gt=0, le=1e6)]


class InvokeTimes(Settings):
    """Median time of the interpreter alone, by processor cores."""

    one_thread: Milliseconds
    two_threads: Milliseconds


class Measured(Settings):
    """How one model fared on the test pictures, all classes that are labelled there.

    Attributes:
        name: As its folder is called.
        sha256: Of the file that was measured; of another file nothing is known.
        ap50: Mean over classes of the precision at an overlap of 0.50.
        ap50_95: The same, mean over overlaps of 0.50 to 0.95.
        invoke_ms: How long it took.
    """

    name: ModelName
    sha256: Sha256
    ap50: Share
    ap50_95: Share
    invoke_ms: InvokeTimes


class MeasuredTable(Settings):
    """What one run has measured, on one machine."""

    schema_version: Literal[1] = Field(alias="schema")
    date: Text
    machine: Text
    pictures: Annotated[int, Field(ge=1)]
    models: Annotated[tuple[Measured, ...], Field(strict=False, min_length=1)]

    @property
    def yardstick_ms(self) -> float:
        """What the yardstick takes at two threads."""
        return next(x.invoke_ms.two_threads for x in self.models if x.name == YARDSTICK)


def _has_yardstick(raw: object) -> list[Fault]:
    models = raw.get("models") if isinstance(raw, dict) else None
    names = [x.get("name") for x in models or () if isinstance(x, dict)]
    if isinstance(models, list) and YARDSTICK not in names:
        told = f"have none of {YARDSTICK}, which the others are held against; {WISH}"
        return [Fault(("models",), told)]
    return []


MeasuredTable.relations = (_has_yardstick,)


def read_figures(path: Path) -> MeasuredTable:
    """Return what was measured.

    Raises:
        SettingsError: The file is missing or damaged, or lacks the yardstick.
    """
    raw, _ = read_file(path, bytes_max=FILE_BYTES_MAX, wish=WISH)
    try:
        table = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise SettingsError(str(path), [f"is no JSON; {WISH}"]) from error
    return accept(path, table, MeasuredTable)


def figures_at_hand(folders: Sequence[Path]) -> MeasuredTable | None:
    """Return the figures in the first folder; None: the log is told why not.

    Args:
        folders: Where models lie that come with the product; none: nobody is told.
    """
    for folder in folders[:1]:
        try:
            return read_figures(folder / FIGURES)
        except SettingsError as error:
            _logger.warning(
                "models' figures not used, the usual order counts file=%s reason=%s",
                error.place,
                "; ".join(error.faults),
            )
    return None
