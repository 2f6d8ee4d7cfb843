"""Fetches a model's file from the first of its sources that gives it."""

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import assert_never

from tallypost.errors import DownloadError
from tallypost.models.archive import PACKED_BYTES_MAX, take
from tallypost.models.manifest import (
    AddressSource,
    Manifest,
    NpmSource,
    PypiSource,
    Source,
)
from tallypost.models.store import file_hash

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have come, and with how many will; None: nobody knows."""

CONNECT_TIMEOUT_S = 20.0
CLIENT_TIMEOUT_S = 900.0
CHUNK_BYTES = 1 << 16
HTTP_PARTIAL = 206
AGENT = "tallypost-models"


def fetch(
    manifest: Manifest,
    folder: Path,
    *,
    progress: Progress,
    tell: Callable[[str], None],
) -> Path:
    """Return a model's file, fetched into a folder of its own.

    The file appears under its name when all of it is there and its hash is right; until
    then a download is kept as `NAME.part`, and is taken up again the next time.

    Args:
        manifest: What is wanted, and where it may be had.
        folder: Where it goes; made if missing.
        progress: Told as bytes come.
        tell: Told one line for each source that is tried, and for each that fails.

    Raises:
        DownloadError: No source gave it; tells each and why. Nothing is installed.
    """
    target = folder / manifest.file
    if file_hash(target, manifest.bytes) == manifest.sha256:
        return target
    if not manifest.sources:
        raise DownloadError(
            f"{manifest.name}: its manifest names no sources; put {manifest.file} into "
            f"{folder}"
        )
    _make(folder)
    failures = []
    for source in manifest.sources:
        tell(f"trying {told(source)}")
        try:
            return _fetch_one(manifest, source, target, progress)
        except DownloadError as error:
            failures.append(str(error))
            tell(f"failed: {error}")
    lines = "".join(f"\n  {failure}" for failure in failures)
    raise DownloadError(
        f"{manifest.name}: none of {len(failures)} sources gave it; try again with a "
        f"network, or put {manifest.file} into {folder}{lines}"
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


def _fetch_one(
    manifest: Manifest, source: Source, target: Path, progress: Progress
) -> Path:
    place = told(source)
    part = target.with_name(f"{target.name}.part")
    match source:
        case AddressSource() if source.member is None:
            download(source.address, part, manifest.bytes, progress)
        case AddressSource():
            assert source.member is not None
            with tempfile.TemporaryDirectory() as folder:
                archive = Path(folder) / "archive"
                download(source.address, archive, PACKED_BYTES_MAX, progress)
                _unpack(place, archive, source.member, manifest, part)
        case PypiSource() | NpmSource():
            with tempfile.TemporaryDirectory() as folder:
                archive = _from_registry(source, Path(folder))
                if file_hash(archive, None) != source.archive_sha256:
                    raise DownloadError(f"{place}: is another archive than was pinned")
                _unpack(place, archive, source.member, manifest, part)
    return _install(place, part, manifest, target)


def _unpack(
    place: str, archive: Path, members: Sequence[str], manifest: Manifest, part: Path
) -> None:
    if archive.stat().st_size > PACKED_BYTES_MAX:
        raise DownloadError(f"{place}: has more than {PACKED_BYTES_MAX} bytes")
    content = take(place, archive.read_bytes(), members, manifest.bytes)
    try:
        part.write_bytes(content)
    except OSError as error:
        raise _unwritable(part, error) from error


def _install(place: str, part: Path, manifest: Manifest, target: Path) -> Path:
    """Give the file its name, now that it is whole and the right one."""
    digest = file_hash(part, None)
    if digest != manifest.sha256:
        part.unlink(missing_ok=True)
        raise DownloadError(
            f"{place}: gave another file: its sha256 is {digest}, and not "
            f"{manifest.sha256}"
        )
    try:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    return target


def download(address: str, part: Path, bytes_max: int, progress: Progress) -> None:
    """Fetch an address into a file; go on where an earlier attempt was cut off.

    Args:
        address: Begins with https://, or http:// in a test.
        part: Where the bytes go; what it holds already is not asked for again.
        bytes_max: More than this is refused.
        progress: Told as bytes come.

    Raises:
        DownloadError: The address does not answer, ends too soon, or gives too much.
    """
    have = part.stat().st_size if part.is_file() else 0
    if have >= bytes_max:
        part.unlink()
        have = 0
    try:
        with _open(address, have) as answer:
            fresh = answer.status != HTTP_PARTIAL
            have = 0 if fresh else have
            length = answer.headers.get("Content-Length", "")
            total = have + int(length) if length.isdecimal() else None
            if (total or 0) > bytes_max:
                raise DownloadError(
                    f"{address}: would give {total} bytes, above the most ({bytes_max})"
                )
            with part.open("wb" if fresh else "ab") as file:
                while chunk := answer.read(CHUNK_BYTES):
                    have += len(chunk)
                    if have > bytes_max:
                        raise DownloadError(
                            f"{address}: gives more than {bytes_max} bytes"
                        )
                    file.write(chunk)
                    progress(have, total)
    except urllib.error.HTTPError as error:
        raise DownloadError(
            f"{address}: answers {error.code} {error.reason}"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise DownloadError(f"{address}: cannot be fetched ({reason})") from error
    if total is not None and have < total:
        raise DownloadError(
            f"{address}: was cut off after {have} of {total} bytes; the next attempt "
            f"goes on from there"
        )


def _open(address: str, have: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - checked
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310
            request, timeout=CONNECT_TIMEOUT_S
        )
    except urllib.error.HTTPError as error:
        if have and error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _open(address, 0)
        raise
    return answer


def _from_registry(source: PypiSource | NpmSource, folder: Path) -> Path:
    """Return a package's archive, fetched by the registry's own client."""
    wanted = f"{source.package}=={source.version}"
    if isinstance(source, PypiSource):
        # With its hash pinned, pip refuses another archive before it runs any of it.
        pinned = folder / "wanted.txt"
        pinned.write_text(f"{wanted} --hash=sha256:{source.archive_sha256}\n")
        form = "--only-binary" if source.form == "wheel" else "--no-binary"
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
        command = [*pip, form, ":all:", "--require-hashes", "-r", str(pinned)]
        pattern = "*.whl" if source.form == "wheel" else "*.tar.gz"
    else:
        npm = shutil.which("npm")
        if npm is None:
            raise DownloadError(f"{told(source)}: needs npm, which is not installed")
        wanted = f"{source.package}@{source.version}"
        command = [npm, "pack", "--ignore-scripts", "--silent", wanted]
        pattern = "*.tgz"
    _client(told(source), command, folder)
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise DownloadError(f"{told(source)}: its client gave no archive")
    return found[0]


def _client(place: str, command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word was checked
            command,
            cwd=folder,
            capture_output=True,
            timeout=CLIENT_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(f"{place}: its client failed ({error})") from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        # What a client says may name an index with its password: tell the kind alone.
        known = next((line for line in reversed(lines) if _harmless(line)), "")
        reason = known or f"it ended with {done.returncode}"
        raise DownloadError(f"{place}: its client could not fetch it ({reason[:200]})")


def _harmless(line: str) -> bool:
    return line.lower().startswith(("error:", "npm err", "no module")) and (
        "//" not in line and "@" not in line
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(path: Path, error: OSError) -> DownloadError:
    with suppress(OSError):
        path.with_name(f"{path.name}.part").unlink(missing_ok=True)
    return DownloadError(
        f"{path}: cannot be written ({error.strerror}); name a folder of yours in "
        f"TALLYPOST_MODELS"
    )
