"""Searches every place that a picture could have come to."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tallypost.canary.elements import elements
from tallypost.canary.findings import Place
from tallypost.canary.forms import Bytes
from tallypost.canary.layers import NUMBERS_BYTES_MAX, joined, layers, pictures
from tallypost.canary.memory import memory
from tallypost.canary.search import Find, Finder
from tallypost.wall import frame as layout

TOLD_MAX = 5
"""So many finds of one place are told in words."""
ROOT = 0

Content = tuple[str, bytes | Bytes]
"""Where bytes lay, as a place in a place; empty where that says nothing; and they."""


def wall(finder: Finder, said: bytes) -> Place:
    """Return what of the canaries passed the wall.

    Its frames are looked at as they came, without their heads, and number by number: a
    picture could be told by counts.

    Args:
        finder: Of the canaries.
        said: Every byte of it.
    """
    frames = [
        said[at : at + layout.FRAME_BYTES]
        for at in range(0, len(said), layout.FRAME_BYTES)
    ]
    bodies = b"".join(each[layout.HEAD.size : -layout.CRC.size] for each in frames)
    numbers = [number for each in frames for number in _numbers(each)]
    contents = [*layers(said), *layers(bodies), ("figures: ", joined(numbers))]
    return _place(finder, "wall", len(said), contents, own=True)


def texts(finder: Finder, name: str, contents: Iterable[bytes]) -> Place:
    """Return what of the canaries is in bytes that left us, however wrapped.

    Args:
        finder: Of the canaries.
        name: What they are.
        contents: They.
    """
    listed = [*contents]
    unwrapped = (layer for content in listed for layer in layers(content))
    return _place(finder, name, sum(map(len, listed)), unwrapped, own=True)


def files(finder: Finder, name: str, paths: Iterable[Path], *, own: bool) -> Place:
    """Return what of the canaries is in files.

    Args:
        finder: Of the canaries.
        name: What they are.
        paths: They; what is gone by now is passed over.
        own: Whether the halves alone write them: then none may hold any picture.
    """
    size_bytes, place = 0, Place(name, 0)
    for path in paths:
        with suppress(OSError):
            content = path.read_bytes()
            size_bytes += len(content)
            small = len(content) <= NUMBERS_BYTES_MAX
            contents = (
                (f"{path}: {label}", inner)
                for label, inner in (layers(content) if small else [("", content)])
            )
            place = _joined(place, _place(finder, name, 0, contents, own=own))
    return Place(name, size_bytes, place.leaked_bytes, place.told)


def memory_of(finder: Finder, name: str, process_id: int) -> Place:
    """Return what of the canaries is in a process's memory.

    Args:
        finder: Of the canaries.
        name: What the process is.
        process_id: It.
    """
    size_bytes, place = 0, Place(name, 0)
    try:
        for part in memory(process_id):
            size_bytes += len(part.content)
            contents: list[Content] = [
                (f"{part.area}: ", part.content),
                *((f"{part.area}: {name}: ", e) for name, e in elements(part.content)),
            ]
            place = _joined(place, _place(finder, name, 0, contents, own=False))
    except OSError as error:
        wish = "" if os.geteuid() == ROOT else "; run the test as root"
        return Place(name, None, 0, (f"cannot be read ({error.strerror}){wish}",))
    return Place(name, size_bytes, place.leaked_bytes, place.told)


def _place(
    finder: Finder,
    name: str,
    size_bytes: int,
    contents: Iterable[Content],
    *,
    own: bool,
) -> Place:
    leaked_bytes, told = 0, []
    for label, content in contents:
        found = finder.search(content)
        leaked_bytes += sum(each.size_bytes for each in found)
        told += [_sentence(label, each) for each in found[:TOLD_MAX]]
        if own and isinstance(content, bytes):
            told += [
                f"{label}{what} begins at byte {at}" for what, at in pictures(content)
            ]
    return Place(name, size_bytes, leaked_bytes, tuple(told[:TOLD_MAX]))


def _joined(one: Place, other: Place) -> Place:
    told = (one.told + other.told)[:TOLD_MAX]
    return Place(one.name, 0, one.leaked_bytes + other.leaked_bytes, told)


def _sentence(label: str, find: Find) -> str:
    return f"{label}{find.size_bytes} bytes of {find.form} at byte {find.place}"


def _numbers(frame: bytes) -> Iterator[int]:
    """Yield the numbers of a frame of figures, as they were written."""
    _, kind, _, _, _ = layout.HEAD.unpack(frame[: layout.HEAD.size].ljust(12, b"\0"))
    body = frame[layout.HEAD.size :]
    if kind != layout.Kind.FIGURES or len(frame) < layout.FRAME_BYTES:
        return
    _, count, *_ = layout.FIGURES.unpack_from(body)
    room = (layout.BODY_BYTES - layout.FIGURES.size) // layout.FIGURE.size
    for index in range(min(count, room)):
        at = layout.FIGURES.size + index * layout.FIGURE.size
        yield layout.FIGURE.unpack_from(body, at)[1]
