"""The parsers of what others write: what each takes, and how it says no."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.fuzzing.certificates import certificate_parsers
from scripts.fuzzing.kept import kept_parsers
from scripts.fuzzing.messages import message_parsers
from scripts.fuzzing.models import model_parsers
from scripts.fuzzing.modems import modem_parsers
from scripts.fuzzing.parser import Parser
from scripts.fuzzing.radio import radio_parsers
from scripts.fuzzing.wall import wall_parsers
from scripts.fuzzing.written import written_parsers


@contextmanager
def parsers() -> Iterator[dict[str, Parser]]:
    """Give all parsers by their names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield {
            **wall_parsers(),
            **message_parsers(),
            **certificate_parsers(folder),
            **written_parsers(folder),
            **model_parsers(folder),
            **kept_parsers(folder),
            **modem_parsers(),
            **radio_parsers(),
        }
