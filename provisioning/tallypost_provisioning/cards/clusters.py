"""Where the bytes of a FAT file lie in an image, so that they can be written over.

Source: Microsoft FAT32 File System Specification 1.03, "Boot Sector and BPB" and "FAT
Data Structure"; mshowfat(1) for how it lists clusters: `NAME <3-22> <40>`.
"""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from tallypost_provisioning.errors import CardError

_RANGE = re.compile(rb"<(\d{1,10})(?:-(\d{1,10}))?>")
_HEAD = struct.Struct("<11xHBHBH3xH12xI")
"""Bytes of a sector, sectors of a cluster, reserved sectors, tables, entries of the
root, sectors of a table of FAT16, and of FAT32."""
_ENTRY_BYTES = 32
_FIRST = 2
"""The number of the first cluster that holds data."""


def wipe(image: BinaryIO, offset: int, listed: bytes, held: bytes) -> None:
    """Write zeros over a file where it lies.

    Args:
        image: Opened for reading and writing.
        offset: Where the file system begins, in bytes.
        listed: What mshowfat says of the file.
        held: What it holds: nothing else is ever written over.

    Raises:
        CardError: It does not lie where it is said to; nothing is written.
        OSError: The disk refuses.
    """
    pieces = list(_pieces(image, offset, listed, len(held)))
    found = b""
    for start, length in pieces:
        image.seek(start)
        found += image.read(length)
    if found != held:
        raise CardError("its file system is damaged; copy the image again")
    for start, length in pieces:
        image.seek(start)
        image.write(bytes(length))


def _pieces(
    image: BinaryIO, offset: int, listed: bytes, rest: int
) -> Iterator[tuple[int, int]]:
    """Yield where a file's pieces begin and how long they are, in bytes."""
    image.seek(offset)
    told = _HEAD.unpack(image.read(_HEAD.size))
    sector_bytes, sectors, reserved, tables, roots, short, long = told
    begin = offset + (reserved + tables * (short or long)) * sector_bytes
    begin += roots * _ENTRY_BYTES
    cluster_bytes = sectors * sector_bytes
    for first, last in _RANGE.findall(listed):
        count = int(last or first) - int(first) + 1
        length = min(count * cluster_bytes, rest)
        yield begin + (int(first) - _FIRST) * cluster_bytes, length
        rest -= length
