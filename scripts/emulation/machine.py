"""Boots the emulated machine, and listens to it until it is done."""

import os
import selectors
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.emulation.root import Root

MEMORY_MB = 3072
COMMAND = [
    *("qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72", "-smp", "2"),
    *("-accel", "tcg,thread=multi", "-m", str(MEMORY_MB), "-nic", "none"),
    *("-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"),
]
CHUNK_BYTES = 65536


class EndedError(Exception):
    """The machine ended, or was ended, before it was done."""


def lines(root: Root, initrd: Path, limit_s: float) -> Iterator[str]:
    """Yield what the machine says; it has ended when this has.

    Args:
        root: Holds its kernel.
        initrd: What it unpacks into its memory.
        limit_s: For all that it does.

    Raises:
        EndedError: It took longer.
    """
    words = ["-kernel", str(root.kernel), "-initrd", str(initrd)]
    words += ["-append", "console=ttyAMA0 loglevel=3 panic=-1"]
    with subprocess.Popen(
        [*COMMAND, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        try:
            yield from _said(process, time.monotonic() + limit_s)
        finally:
            process.kill()


def _said(process: "subprocess.Popen[bytes]", until_s: float) -> Iterator[str]:
    assert process.stdout is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, until_s - time.monotonic())):
            chunk = os.read(process.stdout.fileno(), CHUNK_BYTES)
            if not chunk:
                return
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
    raise EndedError("the machine was not done in time")
