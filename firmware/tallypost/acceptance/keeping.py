"""Keeps what was proved of a site and a detector: with another, nothing is proved.

A file a site, named by its hash:

    {"schema": "tallypost.acceptance-results/1", "site": "sha256:...",
     "model": "sha256:..." or null, "accuracy": {LINE: {CLASS: Accuracy}}}
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.acceptance import Accuracies, Accuracy, accuracies, spelt
from tallypost.domain.json_text import parse_document
from tallypost.durable import write_durably
from tallypost.errors import AcceptanceError, RecordError

SCHEMA = "tallypost.acceptance-results/1"
BYTES_MAX = 256 * 1024
RESULTS_MAX = 64
"""So many lines and classes may have a result: each is told with every record."""
CERTIFICATE = "certificate.jsonl"
_SITE = re.compile(r"sha256:([0-9a-f]{64})", flags=re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of one site.

    Attributes:
        site: Its hash.
        model: Hash of the detector that it was found with.
        accuracy: By line and class.
    """

    site: str
    model: str | None
    accuracy: Accuracies = field(default_factory=dict)

    def with_result(self, line: str, class_name: str, found: Accuracy) -> "Kept":
        """Return it with one result more, in place of the one before.

        Raises:
            AcceptanceError: There are as many as are told already.
        """
        changed = {name: dict(classes) for name, classes in self.accuracy.items()}
        changed.setdefault(line, {})[class_name] = found
        if sum(map(len, changed.values())) > RESULTS_MAX:
            raise AcceptanceError(
                f"accuracy: {RESULTS_MAX} results are kept already, and each is told "
                "with every record; test the lines that matter"
            )
        return Kept(self.site, self.model, changed)


class Keeping:
    """A folder with what is known of sites.

    Args:
        folder: Where; it is made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, site: str, model: str | None) -> Kept:
        """Return what is known of a site: nothing where another detector counts now.

        Args:
            site: Its hash.
            model: Hash of the detector.

        Raises:
            AcceptanceError: It cannot be read: nothing of it is told.
        """
        file = self._file(site)
        try:
            with file.open("rb") as opened:
                data = opened.read(BYTES_MAX + 1)
            found = _read(data, site)
        except FileNotFoundError:
            return Kept(site, model)
        except OSError as error:
            raise AcceptanceError(
                f"{file}: cannot be read ({error.strerror}); mend the disk"
            ) from error
        except RecordError as error:
            raise AcceptanceError(
                f"{file}: {error}; remove it and hold the tests again"
            ) from error
        return found if found.model == model else Kept(site, model)

    def keep(self, kept: Kept) -> None:
        """Keep it; on return a power cut cannot take it back.

        Raises:
            AcceptanceError: The disk refuses; what was there is there still.
        """
        told = {
            "schema": SCHEMA,
            "site": kept.site,
            "model": kept.model,
            "accuracy": spelt(kept.accuracy),
        }
        self.write(self._file(kept.site).name, json.dumps(told, indent=1).encode())

    def write(self, name: str, data: bytes) -> None:
        """Put a file into the folder, durably.

        Raises:
            AcceptanceError: The disk refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_durably(self.folder / name, data)
        except OSError as error:
            raise AcceptanceError(
                f"{self.folder / name}: cannot be kept ({error.strerror}); mend the "
                "disk"
            ) from error

    def certificate(self) -> bytes | None:
        """Return the newest certificate, a signed line; None where there is none."""
        try:
            with (self.folder / CERTIFICATE).open("rb") as file:
                return file.read(BYTES_MAX)
        except OSError:
            return None

    def _file(self, site: str) -> Path:
        found = _SITE.fullmatch(site)
        if found is None:
            raise AcceptanceError(f"site: {site[:80]!a} is no hash of a site")
        return self.folder / f"{found[1]}.json"


def _read(data: bytes, site: str) -> Kept:
    """Return what a file tells.

    Raises:
        RecordError: It tells something else.
    """
    found = parse_document(data, SCHEMA, bytes_max=BYTES_MAX)
    told = fields.text(fields.member(found, "", "site"), "site")
    if told != site:
        raise RecordError(f"site: is {told[:80]!a}, which is another")
    model = fields.member(found, "", "model")
    named = None if model is None else fields.text(model, "model")
    return Kept(site, named, accuracies(fields.member(found, "", "accuracy")))
