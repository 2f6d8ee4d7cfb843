"""Reads what lies in a process's memory, from beside."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROCESSES = Path("/proc")
PART_BYTES = 1 << 24
OVERLAP_BYTES = 1 << 12
KERNELS_OWN = ("[vvar]", "[vvar_vclock]", "[vsyscall]")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a process's memory.

    Attributes:
        area: What it is, as the kernel calls it.
        content: Its bytes.
    """

    area: str
    content: bytes


def memory(process_id: int) -> Iterator[Part]:
    """Yield all that a process could write to, part by part, a little of each twice.

    Args:
        process_id: It need not stand still: what it writes meanwhile may be missed.

    Raises:
        PermissionError: The kernel does not let us: it takes root, for the half that
            sees.
    """
    folder = PROCESSES / str(process_id)
    with (folder / "mem").open("rb", buffering=0) as mem:
        for line in (folder / "maps").read_text("utf-8").splitlines():
            bounds, access, _, _, _, *name = line.split(maxsplit=5)
            area = name[0] if name else "memory without a name"
            if not access.startswith("rw") or area in KERNELS_OWN:
                continue
            first, end = (int(each, 16) for each in bounds.split("-"))
            for start in range(first, end, PART_BYTES):
                size = min(PART_BYTES + OVERLAP_BYTES, end - start)
                yield Part(area, _read(mem.fileno(), start, size))


def _read(descriptor: int, start: int, size: int) -> bytes:
    """Return what is there; a device's memory, or what is gone by now, is empty."""
    try:
        return os.pread(descriptor, size, start)
    except OSError:
        return b""
