"""Remembers through starts why this machine has started itself anew, and how often."""

import logging
from pathlib import Path

from tallypost.domain.document import from_document, to_document
from tallypost.domain.health import Stalls
from tallypost.domain.json_text import parse, spell
from tallypost.durable import write_durably
from tallypost.errors import RecordError

FILE = "stalls.json"
"""Beside the outbox."""
BYTES_MAX = 4096

_logger = logging.getLogger(__name__)


def read_stalls(file: Path) -> Stalls | None:
    """Return what is remembered; None where it never happened, or nobody can tell."""
    try:
        return load_stalls(file)
    except (OSError, RecordError) as error:
        _logger.warning("stalls cannot be read reason=%s", error)
        return None


def load_stalls(file: Path) -> Stalls | None:
    """Return what is remembered; None where it never happened.

    Raises:
        OSError: It cannot be read.
        RecordError: It is none.
    """
    try:
        with file.open("rb") as opened:
            told = parse(opened.read(BYTES_MAX), bytes_max=BYTES_MAX)
    except FileNotFoundError:
        return None
    return from_document(Stalls, told)


def keep_stalls(file: Path, stalls: Stalls) -> None:
    """Remember it, before anything is done about it.

    Raises:
        OSError: The disk refuses.
    """
    write_durably(file, spell(to_document(stalls)))
