"""Finds FAT partitions in the image of a card, by its MBR or GPT.

Source: UEFI Specification 2.10, 5.2 "LBA 0 Format" and 5.3 "GUID Partition Table";
Microsoft FAT32 File System Specification 1.03, "Boot Sector and BPB".
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tallypost_provisioning.errors import CardError

SECTOR = 512
PREFERRED = ("BOOTFS", "BOOT", "FIRMWARE", "EFI", "ESP")
"""What boot partitions are called, the likeliest first."""
_SIGNATURE = b"\x55\xaa"
_MBR_ENTRIES, _MBR_COUNT, _MBR_BYTES = 446, 4, 16
_PROTECTIVE = 0xEE
_GPT_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_GPT_COUNT_MAX, _GPT_BYTES_MAX = 1024, 4096
_PACKED = {
    b"\xfd7zXZ\0": "xz",
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
}


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of an image that holds a FAT file system.

    Attributes:
        offset_bytes: Where it begins.
        size_bytes: How long it is.
        label: What its file system calls itself, capitals, or "".
    """

    offset_bytes: int
    size_bytes: int
    label: str


def boot_partition(image: BinaryIO, label: str | None) -> Partition:
    """Return where a device boots from.

    Args:
        image: A file opened for reading in bytes.
        label: What its file system is called; None for what such are called, else the
            first of FAT.

    Raises:
        CardError: It is no image, or has no such partition.
    """
    size = image.seek(0, 2)
    found = list(_fats(image, size))
    if label is not None:
        named = [each for each in found if each.label == label.upper()]
        if not named:
            there = ", ".join(each.label or "one without a label" for each in found)
            raise CardError(
                f"has no FAT partition called {label[:40]!a}; there are: {there}"
            )
        return named[0]
    if not found:
        raise CardError("has no FAT partition; name the image of a whole card")
    ranks = {name: rank for rank, name in enumerate(PREFERRED)}
    return min(found, key=lambda each: ranks.get(each.label, len(ranks)))


def _fats(image: BinaryIO, size: int) -> Iterator[Partition]:
    head = _read(image, 0, SECTOR)
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise CardError(f"is packed ({name}); unpack it first")
    if head[-2:] != _SIGNATURE or size < SECTOR:
        raise CardError("is no image of a card; name one, unpacked")
    whole = _fat(image, 0, size)
    if whole is not None:
        yield whole
        return
    for start, length in _entries(image, head):
        if start + length > size:
            raise CardError(
                f"ends at {size} bytes, before its partition that ends at "
                f"{start + length}; copy it whole"
            )
        fat = _fat(image, start, length)
        if fat is not None:
            yield fat


def _entries(image: BinaryIO, head: bytes) -> Iterator[tuple[int, int]]:
    """Yield where partitions begin and how long they are, in bytes."""
    for number in range(_MBR_COUNT):
        entry = head[_MBR_ENTRIES + number * _MBR_BYTES :][:_MBR_BYTES]
        kind, first, count = entry[4], *struct.unpack_from("<II", entry, 8)
        if kind == _PROTECTIVE:
            yield from _gpt(image)
            return
        if kind and first and count:
            yield first * SECTOR, count * SECTOR


def _gpt(image: BinaryIO) -> Iterator[tuple[int, int]]:
    raw = _read(image, SECTOR, SECTOR)
    told = _GPT_HEADER.unpack_from(raw)
    magic, header_bytes, checksum = told[0], told[2], told[3]
    first_entry, count, entry_bytes, table_checksum = told[10:14]
    header = raw[: min(header_bytes, SECTOR)]
    blank = header[:16] + bytes(4) + header[20:]
    sane = count <= _GPT_COUNT_MAX and 128 <= entry_bytes <= _GPT_BYTES_MAX  # noqa: PLR2004
    sane = sane and first_entry * SECTOR < image.seek(0, 2)
    if magic != b"EFI PART" or zlib.crc32(blank) != checksum or not sane:
        raise CardError("has a damaged partition table (GPT); copy it again")
    table = _read(image, first_entry * SECTOR, count * entry_bytes)
    if zlib.crc32(table) != table_checksum:
        raise CardError("has a damaged list of partitions (GPT); copy it again")
    for number in range(count):
        entry = table[number * entry_bytes :]
        first, last = struct.unpack_from("<QQ", entry, 32)
        if any(entry[:16]) and first <= last:
            yield first * SECTOR, (last - first + 1) * SECTOR


def _fat(image: BinaryIO, offset: int, size: int) -> Partition | None:
    """Return what a partition is, if it holds FAT."""
    sector = _read(image, offset, SECTOR)
    if sector[-2:] != _SIGNATURE or sector[0] not in (0xEB, 0xE9):
        return None
    for kind_at, label_at in ((82, 71), (54, 43)):
        if sector[kind_at : kind_at + 3] == b"FAT":
            raw = sector[label_at : label_at + 11]
            label = raw.decode("ascii", "replace").strip().upper()
            return Partition(offset, size, "" if label == "NO NAME" else label)
    return None


def _read(image: BinaryIO, offset: int, count: int) -> bytes:
    image.seek(offset)
    raw = image.read(count)
    return raw + bytes(count - len(raw))
