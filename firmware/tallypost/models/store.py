"""Where models lie, and which one a name means."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from tallypost.errors import ModelError, SettingsError
from tallypost.models.at_hand import Entry, Model, file_hash, opened
from tallypost.models.figures import MeasuredTable, figures_at_hand
from tallypost.models.manifest import MANIFEST, Manifest, read_manifest
from tallypost.models.preference import (
    USUAL_ORDER,
    Candidate,
    Preferred,
    preferred,
)
from tallypost.models.trial import try_out
from tallypost.vision.detection.delegate import Delegate
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.vision.detection.modelfile import read_model


class ModelStore:
    """Finds models in a list of folders; what stands earlier hides what stands later.

    Args:
        folders: Each holds one folder a model, with its manifest.
        loose: Folders of model files without manifests, which count where their hash
            is a manifest's.
        own: Where `add` puts files; one of `folders`.
        shipped: Those of `folders` that come with the product; the first of them holds
            the figures by which a default is chosen.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        loose: Sequence[Path],
        own: Path,
        shipped: Sequence[Path] = (),
    ) -> None:
        self.folders = tuple(folders)
        self.own = own
        self._loose = tuple(loose)
        self._shipped = tuple(shipped)

    def manifests(self) -> tuple[list[Manifest], list[SettingsError]]:
        """Return all manifests by name, and what is wrong with the others."""
        found: dict[str, Manifest] = {}
        faults = []
        seen: set[str] = set()
        for path in self._manifest_paths():
            if path.parent.name in seen:
                continue
            seen.add(path.parent.name)
            try:
                found[path.parent.name] = self._read(path)
            except SettingsError as error:
                faults.append(error)
        return [found[name] for name in sorted(found)], faults

    def entry(self, name: str) -> Entry:
        """Return what is known of a model.

        Raises:
            ModelError: No model has this name.
            SettingsError: Its manifest cannot be accepted.
        """
        path = self._manifest_path(name)
        if path is not None:
            manifest = self._read(path)
            return Entry(manifest, self.file_of(manifest))
        names = sorted({path.parent.name for path in self._manifest_paths()})
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ModelError(
            f"{name}: no model is called so; {hint}want one of "
            f"{', '.join(names) or 'yours'}, or the path of a .tflite file"
        )

    def find(
        self,
        reference: str | None,
        *,
        nameless: bool = False,
        delegate: Delegate | None = None,
    ) -> Model:
        """Return the model that a person means.

        Args:
            reference: A name, the path of a model's folder, manifest or `.tflite` file;
                None: the best at hand.
            nameless: Whether a bare file without labels will do: to look into it.
            delegate: What a bare file needs to be asked what it is.

        Raises:
            ModelError: There is none, its weights are not at hand or damaged, or a bare
                file does not tell what it is.
            SettingsError: Its manifest cannot be accepted.
        """
        if reference is None:
            return self._best()
        path = Path(reference).expanduser()
        if "/" in reference or reference.endswith(".tflite") or path.is_file():
            return self._by_path(path, nameless=nameless, delegate=delegate)
        entry = self.entry(reference)
        if entry.file is None:
            raise ModelError(
                f"{reference}: its file {entry.manifest.file} is not at hand; fetch it "
                f"with `tallypost models add {reference}`"
            )
        return opened(entry.manifest, entry.file)

    def file_of(self, manifest: Manifest) -> Path | None:
        """Return a model's weights if they are at hand; their hash is checked."""
        places = [folder / manifest.name for folder in self.folders] + [*self._loose]
        for place in places:
            path = place / manifest.file
            if file_hash(path, manifest.bytes) == manifest.sha256:
                return path
        return None

    def default(self) -> tuple[Entry, Preferred] | None:
        """Return what is used when no model is named, and why; None: none is at hand.

        Raises:
            SettingsError: The manifest of a model that may be it cannot be accepted.
        """
        table = figures_at_hand(self._shipped)
        for each in preferred(self._candidates(table), table):
            entry = self.entry(each.name)
            if entry.file is not None:
                return entry, each
        return None

    def _candidates(self, table: MeasuredTable | None) -> list[Candidate]:
        """Return what is known of the models that were measured or are usual."""
        measured = [x.name for x in table.models] if table else []
        told = []
        with_us = sorted(
            path.parent.name
            for folder in self._shipped
            for path in folder.glob(f"*/{MANIFEST}")
        )
        for name in dict.fromkeys([*measured, *USUAL_ORDER, *with_us]):
            path = self._manifest_path(name)
            if path is not None:
                manifest = self._read(path)
                shipped = path.parent.parent in self._shipped
                told.append(
                    Candidate(
                        name=name,
                        sha256=manifest.sha256,
                        licence=manifest.licence,
                        shipped=shipped and (path.parent / manifest.file).is_file(),
                    )
                )
        return told

    def _best(self) -> Model:
        found = self.default()
        if found is None:
            raise ModelError(
                f"no model is at hand; fetch one with `tallypost models add "
                f"{USUAL_ORDER[0]}`, or name a .tflite file"
            )
        entry, _ = found
        assert entry.file is not None
        return opened(entry.manifest, entry.file)

    def _by_path(
        self, path: Path, *, nameless: bool, delegate: Delegate | None
    ) -> Model:
        if path.is_dir() or path.name == MANIFEST:
            manifest = read_manifest(path / MANIFEST if path.is_dir() else path)
            folder = path if path.is_dir() else path.parent
            return opened(manifest, folder / manifest.file)
        if (path.parent / MANIFEST).is_file():
            manifest = read_manifest(path.parent / MANIFEST)
            if manifest.file == path.name:
                return opened(manifest, path)
        if path.exists() and not path.is_file():
            raise ModelError(f"{path}: is no regular file; name a .tflite file")
        digest = file_hash(path, None)
        for manifest in self.manifests()[0]:
            if manifest.sha256 == digest:
                return opened(manifest, path)
        return Model(_described(path, nameless=nameless, delegate=delegate), path)

    def _read(self, path: Path) -> Manifest:
        manifest = read_manifest(path)
        if manifest.name != path.parent.name:
            raise SettingsError(
                str(path),
                [f'name: is not what its folder is called; write "{path.parent.name}"'],
            )
        return manifest

    def _manifest_path(self, name: str) -> Path | None:
        paths = (folder / name / MANIFEST for folder in self.folders)
        return next((path for path in paths if path.is_file()), None)

    def _manifest_paths(self) -> Iterator[Path]:
        for folder in self.folders:
            yield from sorted(folder.glob(f"*/{MANIFEST}"))


def _described(
    path: Path, *, nameless: bool, delegate: Delegate | None
) -> ModelDescription:
    """Return what a bare file is; it is asked in a process of its own first.

    Raises:
        ModelError: It cannot be told, or asking ends that process.
    """
    # Only now: it takes a second.
    from tallypost.vision.detection.interpreter import get_ready  # noqa: PLC0415
    from tallypost.vision.detection.litert import describe  # noqa: PLC0415

    content = read_model(path)

    def ask() -> ModelDescription:
        return describe(path, nameless=nameless, delegate=delegate, content=content)

    def ready() -> Callable[[], object]:
        get_ready()
        return ask

    if delegate is None:
        try_out(path, ready)
    return ask()


def usual_store(environ: Mapping[str, str] = os.environ) -> ModelStore:
    """Return the store of this machine and user.

    Models are looked for in `TALLYPOST_MODELS`, in the user's own folder, and among
    those that are shipped; files also in the `models` folder of `TALLYPOST_DATA`.
    """
    named = environ.get("TALLYPOST_MODELS")
    home = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    user = home / "tallypost" / "models"
    folders = [Path(named)] if named else []
    data = environ.get("TALLYPOST_DATA")
    shipped = shipped_folders()
    return ModelStore(
        folders=[*folders, user, *shipped],
        loose=[Path(data) / "models"] if data else [],
        own=Path(named) if named else user,
        shipped=shipped,
    )


def shipped_folders() -> list[Path]:
    """Return where models lie that come with the product: its wheel, or its source."""
    package = Path(__file__).resolve().parent.parent
    places = [package / "shipped_models", package.parent.parent / "models"]
    return [place for place in places if place.is_dir()]


def find_model(
    reference: str | None, *, nameless: bool = False, delegate: Delegate | None = None
) -> Model:
    """Return the model that a person means, among those of this machine.

    Args:
        reference: As for `ModelStore.find`.
        nameless: As for `ModelStore.find`.
        delegate: What shall run it instead of the processor; it is loaded with the
            model, not yet here, unless a bare file must be asked what it is.

    Raises:
        ModelError: As `ModelStore.find`.
        SettingsError: As `ModelStore.find`.
    """
    found = usual_store().find(reference, nameless=nameless, delegate=delegate)
    return replace(found, delegate=delegate)
