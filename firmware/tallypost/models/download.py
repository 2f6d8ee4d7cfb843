"""Fetches a model's file from the first of its sources that gives it."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import assert_never

from tallypost.errors import DownloadError, DownloadFolderError
from tallypost.models.archive import PACKED_BYTES_MAX, take
from tallypost.models.at_hand import file_hash
from tallypost.models.manifest import (
    AddressSource,
    Manifest,
    NpmSource,
    Original,
    PypiSource,
    Source,
)
from tallypost.models.registry import fetch_archive
from tallypost.models.transfer import Progress, download, writing

Tell = Callable[[str], None]
"""Told one line for each source that is tried, and for each that fails."""


def fetch(manifest: Manifest, folder: Path, *, progress: Progress, tell: Tell) -> Path:
    """Return a model's file, fetched into a folder of its own.

    The file appears under its name when all of it is there and its hash is right; until
    then a download is kept as `NAME.part`, and is taken up again the next time.

    Args:
        manifest: What is wanted, and where it may be had.
        folder: Where it goes; made if missing. One process works in it at a time.
        progress: Told as bytes come.
        tell: Told what is tried.

    Raises:
        DownloadError: No source gave it; tells each and why. Nothing is installed. Or
            what was fetched must still be converted; tells how.
        DownloadFolderError: The folder cannot take it.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder, tell):
        if manifest.original is None:
            return _fetch(manifest.name, manifest, folder, progress, tell)
        if file_hash(folder / manifest.file, manifest.bytes) == manifest.sha256:
            return folder / manifest.file
        original = _fetch(manifest.name, manifest.original, folder, progress, tell)
        raise _unconverted(manifest, original)


def _fetch(
    name: str,
    wanted: Manifest | Original,
    folder: Path,
    progress: Progress,
    tell: Tell,
) -> Path:
    """Return a file with a known hash from the first source that gives it."""
    target = folder / wanted.file
    if file_hash(target, wanted.bytes) == wanted.sha256:
        return target
    if file_hash(_part(target), wanted.bytes) == wanted.sha256:
        return _install("an earlier attempt", wanted, target)
    if not wanted.sources:
        raise DownloadError(
            f"{name}: its manifest names no sources; put {wanted.file} into {folder}"
        )
    failures = []
    for source in wanted.sources:
        tell(f"trying {told(source)}")
        try:
            return _fetch_one(wanted, source, target, progress)
        except DownloadFolderError:
            with suppress(OSError):
                _part(target).unlink(missing_ok=True)
            raise
        except DownloadError as error:
            failures.append(str(error))
            tell(f"failed: {error}")
    lines = "".join(f"\n  {failure}" for failure in failures)
    raise DownloadError(
        f"{name}: none of {len(failures)} sources gave it; try again with a network, "
        f"or put {wanted.file} into {folder}{lines}"
    )


def told(source: Source) -> str:
    """Return a source as a person reads it."""
    match source:
        case AddressSource():
            return source.address
        case PypiSource():
            return f"Python package {source.package} {source.version}"
        case NpmSource():
            return f"npm package {source.package} {source.version}"
        case _:
            assert_never(source)


@contextmanager
def _alone(folder: Path, tell: Tell) -> Iterator[None]:
    """Hold a folder, so that two commands do not write into one file."""
    with writing(folder):
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("waiting for another `tallypost models add` to end")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _fetch_one(
    wanted: Manifest | Original, source: Source, target: Path, progress: Progress
) -> Path:
    place, part = told(source), _part(target)
    match source:
        case AddressSource() if source.member is None:
            begun = part.is_file()
            download(source.address, part, wanted.bytes, progress)
            if begun and file_hash(part, None) != wanted.sha256:
                # What an earlier attempt left may be another's, or no model at all.
                part.unlink()
                download(source.address, part, wanted.bytes, progress)
        case AddressSource():
            assert source.member is not None
            with tempfile.TemporaryDirectory() as folder:
                archive = Path(folder) / "archive"
                download(source.address, archive, PACKED_BYTES_MAX, progress)
                _unpack(place, archive, source.member, wanted, part)
        case PypiSource() | NpmSource():
            with tempfile.TemporaryDirectory() as folder:
                archive = fetch_archive(place, source, Path(folder))
                if file_hash(archive, None) != source.archive_sha256:
                    raise DownloadError(f"{place}: is another archive than was pinned")
                _unpack(place, archive, source.member, wanted, part)
    return _install(place, wanted, target)


def _unpack(
    place: str,
    archive: Path,
    members: Sequence[str],
    wanted: Manifest | Original,
    part: Path,
) -> None:
    if archive.stat().st_size > PACKED_BYTES_MAX:
        raise DownloadError(f"{place}: has more than {PACKED_BYTES_MAX} bytes")
    content = take(place, archive.read_bytes(), members, wanted.bytes)
    with writing(part):
        part.write_bytes(content)


def _install(place: str, wanted: Manifest | Original, target: Path) -> Path:
    """Give the file its name, if it is whole and the right one."""
    part = _part(target)
    digest = file_hash(part, None)
    if digest != wanted.sha256:
        part.unlink(missing_ok=True)
        raise DownloadError(
            f"{place}: gave another file: its sha256 is {digest}, and not "
            f"{wanted.sha256}"
        )
    with writing(target):
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    return target


def _unconverted(manifest: Manifest, original: Path) -> DownloadError:
    """Return what is still to be done with an original that LiteRT does not run."""
    assert manifest.original is not None
    made = original.with_name(manifest.file)
    if made.is_file():
        return DownloadError(
            f"{made}: was converted by other tools than {manifest.name}'s manifest "
            f"means: its sha256 is {file_hash(made, None)}; if you trust it, put a "
            f"manifest.toml that says so beside it and name the folder"
        )
    lines = "".join(f"\n  {line}" for line in manifest.original.commands)
    return DownloadError(
        f"{manifest.name}: {original.name} is fetched, and must still be converted; "
        f"do in {original.parent}{lines}\nand it is at hand"
    )
