"""A model at hand: what it is, and the file that was checked to be it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tallypost.errors import ModelError
from tallypost.models.manifest import Manifest
from tallypost.vision.detection.delegate import Delegate
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.vision.detection.metadata import appended_labels


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is at hand.

    Attributes:
        description: What the detector must be told.
        file: The weights; their hash has been checked.
        delegate: What runs it instead of the processor.
    """

    description: ModelDescription
    file: Path
    delegate: Delegate | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that is known, at hand or not.

    Attributes:
        manifest: What it is.
        file: Its weights, if they are at hand and are those that the manifest means.
    """

    manifest: Manifest
    file: Path | None


def opened(manifest: Manifest, file: Path) -> Model:
    """Return a model at hand, its labels read from its file where none are listed.

    Raises:
        ModelError: The file is missing, is another than the manifest means, or carries
            no labels though the manifest lists none.
    """
    digest = file_hash(file, None)
    if digest is None:
        raise ModelError(
            f"{file}: is missing; it is what the manifest of {manifest.name} names"
        )
    if digest != manifest.sha256:
        raise ModelError(
            f"{file}: is another file than {manifest.name}'s manifest means, or is "
            f"damaged: its sha256 is {digest}, and not {manifest.sha256}; fetch it "
            f"afresh"
        )
    appended = None
    if manifest.labels is None:
        appended = appended_labels(manifest.name, file.read_bytes())
        if appended is None:
            raise ModelError(
                f"{manifest.name}: labels: the manifest lists none, and the file "
                f"carries none; list them"
            )
    return Model(manifest.description(appended), file)


def file_hash(path: Path, size_bytes: int | None) -> str | None:
    """Return a file's sha256; None if it is missing or has another size."""
    try:
        if size_bytes is not None and path.stat().st_size != size_bytes:
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
