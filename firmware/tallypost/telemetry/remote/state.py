"""Small facts on the disk that no power cut may halve."""

import json
from pathlib import Path
from typing import Any

from tallypost.durable import write_durably
from tallypost.errors import RemoteStateError

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


def load(path: Path) -> dict[str, Any]:
    """Return what a file holds; nothing where there is none.

    Raises:
        RemoteStateError: It holds something else than what `store` writes, or the disk
            refuses. Nobody may then be believed: what was revoked or done before is not
            known any more.
    """
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(BYTES_MAX))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise RemoteStateError(
            f"{path}: cannot be read ({error}); remove it on the device, and give it "
            "new operator keys"
        ) from error
    if not isinstance(found, dict):
        raise RemoteStateError(f"{path}: holds no object; remove it on the device")
    return found


def store(path: Path, facts: dict[str, Any]) -> None:
    """Put facts in place of those in a file.

    Raises:
        RemoteStateError: The disk refuses; the old ones are still there.
    """
    keep(path, json.dumps(facts, separators=(",", ":")).encode())


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
