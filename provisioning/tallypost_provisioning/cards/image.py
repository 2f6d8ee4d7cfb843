"""The boot partition inside an image file, reached by mtools: nothing is mounted."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tallypost.domain.bundle import FOLDER
from tallypost_provisioning.cards.clusters import wipe
from tallypost_provisioning.cards.partitions import boot_partition
from tallypost_provisioning.errors import CardError

TOOLS = ("mcopy", "mdel", "mdir", "mmd", "mshowfat", "mtype")
WAIT_S = 60.0
NEEDED_BYTES = 4096
"""What a folder and the ends of files take beside what they hold."""
_FREE = re.compile(r"([\d  ]+) bytes free")


class ImageCard:
    """The boot partition inside an image file.

    Args:
        image: The file, unpacked, of a whole card or of its boot partition.
        label: What the partition is called; None for the likeliest.

    Raises:
        CardError: It is no image, has no such partition, or mtools are missing.
    """

    def __init__(self, image: Path, label: str | None = None) -> None:
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise CardError(f"{missing[0]} is not installed; apt install mtools")
        self._image = image
        if "@@" in str(image):
            raise CardError(f"{image}: has @@ in its path; give it another name")
        try:
            with image.open("r+b") as file:
                partition = boot_partition(file, label)
        except OSError as error:
            raise CardError(
                f"{image}: cannot be written ({error.strerror}); name an image file"
            ) from error
        except CardError as error:
            raise CardError(f"{image}: {error}") from None
        self._offset_bytes = partition.offset_bytes
        self._drive = f"{image}@@{partition.offset_bytes}"

    def read(self, name: str) -> bytes | None:
        """Return what a file holds."""
        done = self._run("mtype", _path(name))
        return done.stdout if done.returncode == 0 else None

    def write(self, name: str, data: bytes) -> None:
        """Put a file in place; what had its name is written over with zeros first."""
        free = self._free_bytes() + len(self.read(name) or b"")
        if free < len(data) + NEEDED_BYTES:
            raise CardError(
                f"{self._image}: has {free} bytes free, and {name} takes {len(data)}; "
                "make room on its boot partition"
            )
        self.remove(name)
        if self._run("mdir", "-b", f"::/{FOLDER}").returncode != 0:
            self._must("mmd", f"::/{FOLDER}")
        self._must("mcopy", "-", _path(name), sent=data)
        descriptor = os.open(self._image, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError as error:
            raise CardError(
                f"{self._image}: the disk refuses ({error.strerror}); make room"
            ) from error
        finally:
            os.close(descriptor)
        if self.read(name) != data:
            raise CardError(
                f"{self._image}: {name} reads otherwise than written; copy the image "
                "again"
            )

    def remove(self, name: str) -> None:
        """Remove a file, and write zeros over it first."""
        if self._run("mdir", "-b", _path(name)).returncode != 0:
            return
        held = self.read(name)
        if held:
            self._wipe(self._must("mshowfat", _path(name)), held)
        self._must("mdel", _path(name))

    def _wipe(self, listed: bytes, held: bytes) -> None:
        try:
            with self._image.open("r+b") as file:
                wipe(file, self._offset_bytes, listed, held)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise CardError(
                f"{self._image}: the disk refuses ({error.strerror}); make room"
            ) from error
        except CardError as error:
            raise CardError(f"{self._image}: {error}") from None

    def _free_bytes(self) -> int:
        listing = self._must("mdir", "::/").decode("ascii", "replace")
        found = _FREE.search(listing)
        return int(re.sub(r"\D", "", found[1])) if found else 0

    def _must(self, tool: str, *words: str, sent: bytes | None = None) -> bytes:
        done = self._run(tool, *words, sent=sent)
        if done.returncode != 0:
            said = " ".join(done.stderr.decode("ascii", "replace").split())[:200]
            raise CardError(
                f"{self._image}: its boot partition cannot be used ({tool}: {said}); "
                "copy the image again"
            )
        return done.stdout

    def _run(
        self, tool: str, *words: str, sent: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "MTOOLSRC": os.devnull, "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603  # its arguments are ours
                [tool, "-i", self._drive, *words],
                input=sent or b"",
                capture_output=True,
                check=False,
                timeout=WAIT_S,
                env=environment,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CardError(f"{tool}: does not end ({error}); try again") from error


def _path(name: str) -> str:
    return f"::/{FOLDER}/{name}"
