"""How a Linux board is: heat, voltage and room, as far as it tells."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tallypost.domain.health import CELSIUS_MAX, CELSIUS_MIN, Vitals

MEGABYTE = 1_000_000
# Source: Raspberry Pi documentation, "vcgencmd", get_throttled: what the bits mean; the
# kernel's driver raspberrypi-firmware shows the same number as a file.
UNDER_VOLTAGE, THROTTLED = 1 << 0, 1 << 1 | 1 << 2 | 1 << 3
SINCE_BOOT = 16


class LinuxVitals:
    """Reads what the kernel tells of the board.

    Args:
        folder: What is free where this folder lies is told.
        root: Where the kernel's files begin.
    """

    def __init__(self, folder: Path, root: Path = Path("/")) -> None:
        self._folder = folder
        self._root = root

    def read(self) -> Vitals:
        """Return how the board is now; what it does not tell is None."""
        state = self._number("sys/devices/platform/soc*/soc*firmware/get_throttled", 16)
        before = None if state is None else state >> SINCE_BOOT
        return Vitals(
            temperature_c=self._temperature_c(),
            under_voltage=_any(state, UNDER_VOLTAGE),
            under_voltage_since_boot=_any(before, UNDER_VOLTAGE),
            throttled=_any(state, THROTTLED),
            throttled_since_boot=_any(before, THROTTLED),
            memory_free_mb=self._memory_free_mb(),
            disk_free_mb=self._disk_free_mb(),
        )

    @property
    def uptime_s(self) -> float | None:
        """For how long the kernel has been up, its sleep included."""
        for text in self._texts("proc/uptime"):
            with suppress(ValueError):
                return float(text.split()[0])
        return None

    def _temperature_c(self) -> float | None:
        found = []
        # Source: the kernel's sysfs-api for thermal zones: thousandths of a degree.
        for text in self._texts("sys/class/thermal/thermal_zone*/temp"):
            with suppress(ValueError):
                found.append(int(text) / 1000)
        believable = [each for each in found if CELSIUS_MIN <= each <= CELSIUS_MAX]
        return max(believable, default=None)

    def _memory_free_mb(self) -> int | None:
        for text in self._texts("proc/meminfo"):
            for line in text.splitlines():
                name, _, value = line.partition(":")
                if name == "MemAvailable":
                    return int(value.split()[0]) * 1024 // MEGABYTE
        return None

    def _disk_free_mb(self) -> int | None:
        try:
            found = os.statvfs(self._folder)
        except OSError:
            return None
        return found.f_bavail * found.f_frsize // MEGABYTE

    def _number(self, pattern: str, base: int) -> int | None:
        for text in self._texts(pattern):
            with suppress(ValueError):
                return int(text, base)
        return None

    def _texts(self, pattern: str) -> Iterator[str]:
        for path in sorted(self._root.glob(pattern)):
            # A sensor may be there and not answer.
            with suppress(OSError, UnicodeDecodeError):
                yield path.read_text("ascii").strip()


def _any(state: int | None, bits: int) -> bool | None:
    return None if state is None else bool(state & bits)
