"""Brings what stands at an address into a file, and goes on where it was cut off."""

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tallypost.errors import DownloadError, DownloadFolderError

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have come, and with how many will; None: nobody knows."""

TIMEOUT_S = 10.0
"""For a connection, and for each further piece."""
CHUNK_BYTES = 1 << 16
AGENT = "tallypost-models"


def download(address: str, part: Path, bytes_max: int, progress: Progress) -> None:
    """Fetch an address into a file; go on where an earlier attempt was cut off.

    Args:
        address: Begins with https://, or http:// in a test.
        part: Where the bytes go; what it holds already is not asked for again.
        bytes_max: More than this is refused.
        progress: Told as bytes come.

    Raises:
        DownloadError: The address does not answer, ends too soon, or gives too much.
        DownloadFolderError: The file cannot be written.
    """
    have = part.stat().st_size if part.is_file() else 0
    if have >= bytes_max:
        part.unlink()
        have = 0
    try:
        with _open(address, have) as answer:
            have, total = _receive(address, answer, part, have, bytes_max, progress)
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


def _receive(
    address: str,
    answer: http.client.HTTPResponse,
    part: Path,
    have: int,
    bytes_max: int,
    progress: Progress,
) -> tuple[int, int | None]:
    """Write an answer's bytes; return how many there are now, and how many it said."""
    fresh = answer.status != http.client.PARTIAL_CONTENT
    have = 0 if fresh else have
    length = answer.headers.get("Content-Length", "")
    total = have + int(length) if length.isdecimal() else None
    if (total or 0) > bytes_max:
        raise DownloadError(
            f"{address}: would give {total} bytes, above the most ({bytes_max})"
        )
    with writing(part):
        # unbuffered: what cannot be written is known at once, not when it is closed
        file = part.open("wb" if fresh else "ab", buffering=0)
    with file:
        while chunk := answer.read(CHUNK_BYTES):
            have += len(chunk)
            if have > bytes_max:
                raise DownloadError(f"{address}: gives more than {bytes_max} bytes")
            with writing(part):
                _write(file, chunk)
            progress(have, total)
    return have, total


def _write(file: BinaryIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) :]


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error of ours.

    Raises:
        DownloadFolderError: It refuses.
    """
    try:
        yield
    except OSError as error:
        raise DownloadFolderError(
            f"{path}: cannot be written ({error.strerror}); make room, or name a "
            f"folder of yours in TALLYPOST_MODELS"
        ) from error


def _open(address: str, have: int) -> http.client.HTTPResponse:
    """Return an answer that begins at byte `have`, or at the beginning."""
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - checked
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310
            request, timeout=TIMEOUT_S
        )
    except urllib.error.HTTPError as error:
        if have and error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _open(address, 0)
        raise
    if have and answer.status == http.client.PARTIAL_CONTENT:
        told = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
        if told and int(told[1]) != have:  # another piece than was asked for
            answer.close()
            return _open(address, 0)
    return answer
