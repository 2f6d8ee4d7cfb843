"""Tells what a source's words mean: a file, pictures, a stream or a device."""

import glob
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from tallypost.errors import CameraUnavailableError, FootageError

PICTURE_SUFFIXES = frozenset(
    (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
)
STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
BROKEN_ADDRESS = re.compile(rf"({'|'.join(STREAM_SCHEMES)}):", re.IGNORECASE)
"""An address whose slashes have been lost."""
NUMBER = re.compile(r"%0?(\d*)d")


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A file with a video in it.

    Attributes:
        place: How messages call it.
        path: Where it lies.
    """

    place: str
    path: Path


@dataclass(frozen=True, slots=True)
class Pictures:
    """Single pictures, one after another.

    Attributes:
        place: How messages call them all.
        paths: Where they lie, in the order of their time; at least one.
    """

    place: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of the network.

    Attributes:
        place: How messages call it: neither its user nor its password.
        url: The whole address; may carry a password, so it is never shown.
    """

    place: str
    url: str = field(repr=False)

    @property
    def is_http(self) -> bool:
        """Whether it comes over HTTP; else over RTSP."""
        return self.url.lower().startswith("http")


@dataclass(frozen=True, slots=True)
class Device:
    """A camera of the kernel's (V4L2), such as a USB camera.

    Attributes:
        place: How messages call it.
        path: Its node, such as /dev/video0.
    """

    place: str
    path: Path


@dataclass(frozen=True, slots=True)
class Fetching:
    """A stream that another process fetches.

    Attributes:
        place: How messages call it.
        descriptor: Of the hatch, where its packets come in.
    """

    place: str
    descriptor: int


Source = VideoFile | Pictures | Stream | Device


def parse(source: str, credentials: tuple[str, str] | None = None) -> Source:
    """Return what a source's words mean, once it is seen to be there.

    Args:
        source: A path, a folder of pictures, a pattern (`frames/*.jpg`,
            `img_%05d.png`), an address (rtsp, rtsps, http, https) or a device's node.
        credentials: User and password of a stream, as they are; they take the place of
            those in the address.

    Raises:
        CameraUnavailableError: It is not there, or may not be read.
        FootageError: It is there and can hold no pictures.
    """
    if "://" in source or BROKEN_ADDRESS.match(source):
        # Never a path: the words of a path are repeated in messages.
        return _stream(source, credentials)
    try:
        mode = os.stat(source).st_mode  # noqa: PTH116  Path turns "" into "."
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and _is_pattern(source):
            return _pattern(source)
        raise _missing(source, error) from error
    if stat.S_ISDIR(mode):
        return _folder(source)
    if stat.S_ISCHR(mode):
        return Device(source, Path(source))
    if not stat.S_ISREG(mode):
        raise FootageError(
            f"{source}: is neither a file nor a folder nor a camera; name one of them"
        )
    return _file(source)


def _missing(source: str, error: OSError | ValueError) -> CameraUnavailableError:
    if isinstance(error, PermissionError):
        return CameraUnavailableError(
            f"{source}: may not be read by us; give us the right to"
        )
    if source.startswith("/dev/"):
        return CameraUnavailableError(
            f"{source}: is not there; plug the camera in, or name another"
        )
    return CameraUnavailableError(
        f"{source}: is not there; name a file, a folder of pictures, a camera or a "
        f"stream ({', '.join(STREAM_SCHEMES)})"
    )


def _file(source: str) -> VideoFile | Pictures:
    path = Path(source)
    if not os.access(path, os.R_OK):
        raise _missing(source, PermissionError())
    if path.stat().st_size == 0:
        raise FootageError(f"{source}: is empty; give footage with pictures in it")
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return Pictures(source, (path,))
    return VideoFile(source, path)


def _folder(source: str) -> Pictures:
    try:
        entries = list(Path(source).iterdir())
    except OSError as error:
        raise _missing(source, error) from error
    return _pictures(source, entries)


def _is_pattern(source: str) -> bool:
    return glob.has_magic(source) or NUMBER.search(Path(source).name) is not None


def _pattern(source: str) -> Pictures:
    if glob.has_magic(source):
        return _pictures(source, [Path(found) for found in glob.glob(source)])  # noqa: PTH207  the pattern may be absolute
    folder, name = Path(source).parent, Path(source).name
    number = NUMBER.search(name)
    assert number is not None
    before, after = map(re.escape, (name[: number.start()], name[number.end() :]))
    wanted = re.compile(rf"{before}\d{{{number[1] or 1},}}{after}")
    entries = folder.iterdir() if folder.is_dir() else ()
    return _pictures(source, [path for path in entries if wanted.fullmatch(path.name)])


def _pictures(place: str, paths: list[Path]) -> Pictures:
    chosen = [path for path in paths if path.suffix.lower() in PICTURE_SUFFIXES]
    if not chosen:
        raise FootageError(
            f"{place}: holds no pictures; give some whose names end in "
            f"{', '.join(sorted(PICTURE_SUFFIXES))}"
        )
    return Pictures(place, tuple(sorted(chosen, key=_as_people_sort)))


def _as_people_sort(path: Path) -> list[tuple[int, str]]:
    """Return a key that puts frame 2 before frame 10."""
    parts = re.split(r"(\d+)", path.name)
    return [(int(part) if part.isdecimal() else -1, part) for part in parts]


def _stream(source: str, credentials: tuple[str, str] | None) -> Stream:
    parts = _split(source)
    scheme = source.partition("://")[0].lower()
    # What stands before :// may also be a user and a password.
    if scheme not in STREAM_SCHEMES and SCHEME.fullmatch(scheme):
        host = parts.hostname if parts is not None else "..."
        raise CameraUnavailableError(
            f"{scheme}://{host}: is of a kind that is not opened here; name a stream "
            f"({', '.join(STREAM_SCHEMES)}), or a file by its path alone"
        )
    if parts is None:
        # No word of it is repeated: a password with a stray / or # in it ends up in
        # the wrong part of the address.
        raise CameraUnavailableError(
            "camera.source: this address cannot be read; write "
            "rtsp://HOST:PORT/PATH, and / # ? @ of a password as %2F %23 %3F %40"
        )
    server = parts.netloc.rpartition("@")[2]
    if credentials is not None:
        user, password = (quote(word, safe="") for word in credentials)
        parts = parts._replace(netloc=f"{user}:{password}@{server}")
    # Some makers put the password into the path (/user=admin&password=...).
    path = "/..." if "=" in parts.path else parts.path
    return Stream(f"{parts.scheme}://{server}{path}", parts.geturl())


def _split(source: str) -> SplitResult | None:
    try:
        parts = urlsplit(source)
        readable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    stray = "@" in parts.path + parts.query + parts.fragment or parts.fragment
    return parts if readable and not stray and source.isprintable() else None
