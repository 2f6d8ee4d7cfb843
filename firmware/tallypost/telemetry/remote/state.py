"""Small facts on the disk that no power cut may halve."""

from collections.abc import Mapping
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.durable import write_durably
from tallypost.errors import RecordError, RemoteStateError

BYTES_MAX = 1024 * 1024


def make_folder(folder: Path) -> None:
    """Make the folder where facts are kept, unless it is there.

    Raises:
        RemoteStateError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise RemoteStateError(
            f"{folder}: cannot be made ({error.strerror}); name a folder in "
            "`remote.folder` that tallypost may write to"
        ) from error


def load(path: Path) -> fields.Object:
    """Return what a file holds; nothing where there is none.

    Raises:
        RemoteStateError: It holds something else than what `store` writes, or the disk
            refuses. Nobody may then be believed: what was revoked or done before is not
            known any more.
    """
    try:
        with path.open("rb") as file:
            found = parse(file.read(BYTES_MAX + 1), bytes_max=BYTES_MAX)
            return fields.mapping(found, "")
    except FileNotFoundError:
        return {}
    except (OSError, RecordError) as error:
        raise RemoteStateError(
            f"{path}: cannot be read ({error}); remove it on the device, and give it "
            "new operator keys"
        ) from error


def store(path: Path, facts: Mapping[str, object]) -> None:
    """Put facts in place of those in a file.

    Raises:
        RemoteStateError: The disk refuses; the old ones are still there.
    """
    keep(path, spell(facts))


def keep(path: Path, data: bytes) -> None:
    """Put bytes in place of those in a file; its folder is made where it is missing.

    Raises:
        RemoteStateError: The disk refuses; the old ones are still there.
    """
    make_folder(path.parent)
    try:
        write_durably(path, data)
    except OSError as error:
        raise RemoteStateError(
            f"{path}: cannot be kept ({error.strerror}); mend the disk"
        ) from error
