"""Tells files of pictures that are cut off, or the same as another."""

import stat
from collections.abc import Sequence
from pathlib import Path

from tallypost.errors import RecordingError
from tallypost.models.at_hand import file_hash

PICTURE_BYTES_MAX = 256 << 20
JPEG_BEGIN = b"\xff\xd8"
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"
PNG_BEGIN, PNG_END = b"\x89PNG", b"IEND"
TAKE_OUT = "copy it afresh, or take it out of the set"


def check_whole(picture: Path) -> None:
    """Make sure that a picture is whole: decoders fill up with grey what is missing.

    Source: ITU-T T.81, B.1.1: no marker occurs inside a scan, so the last scan of a
    whole JPEG is followed by an end of image; PNG specification, 11.2.5.

    Raises:
        RecordingError: It cannot be read, is too large, or is cut off.
    """
    try:
        if not stat.S_ISREG(picture.stat().st_mode):
            raise RecordingError(f"{picture}: is no regular file; {TAKE_OUT}")
        with picture.open("rb") as file:
            content = file.read(PICTURE_BYTES_MAX + 1)
    except OSError as error:
        raise RecordingError(
            f"{picture}: cannot be read ({error.strerror}); {TAKE_OUT}"
        ) from error
    if len(content) > PICTURE_BYTES_MAX:
        raise RecordingError(
            f"{picture}: is larger than {PICTURE_BYTES_MAX} bytes; scale it down"
        )
    if content.startswith(JPEG_BEGIN):
        cut = content.rfind(JPEG_END) <= content.rfind(JPEG_SCAN)
    else:
        cut = content.startswith(PNG_BEGIN) and PNG_END not in content[-64:]
    if cut or not content:
        told = "is cut off: its end is missing" if content else "is empty"
        raise RecordingError(f"{picture}: {told}; {TAKE_OUT}")


def without_twins(
    pictures: Sequence[Path],
) -> tuple[list[Path], list[tuple[Path, Path]]]:
    """Return each picture once, and which files hold the same bytes as one before.

    Args:
        pictures: Paths; one that cannot be read is kept: whoever opens it says why.
    """
    by_size: dict[int, list[Path]] = {}
    for path in pictures:
        if path.is_file():
            by_size.setdefault(path.stat().st_size, []).append(path)
    seen: dict[str, Path] = {}
    twins = []
    for alike in by_size.values():
        for path in alike if len(alike) > 1 else ():
            digest = file_hash(path, None)
            if digest is not None and seen.setdefault(digest, path) != path:
                twins.append((path, seen[digest]))
    twins.sort()
    out = {second for second, _ in twins}
    return [path for path in pictures if path not in out], twins
