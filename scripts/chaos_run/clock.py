"""A board on which time passes faster, and whose calendar can be made to lie."""

import json
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust

MOMENT_S = 0.1
"""What one thread asks within this it asks at one moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What time it truly is, and what the device's clocks make of it.

    Attributes:
        epoch_s: Of this machine's monotonic clock: when the world began.
        epoch_utc_s: The true calendar at that moment.
        speed: How many seconds pass in the world in one of this machine.
        boot: Names the boot that the device is in.
        boot_s: Of this machine's monotonic clock: when that began.
        offset_s: By how much the device's calendar is ahead of the truth.
        trust: What its kernel says of the calendar.
        uncertainty_s: By how much it says that it may be off; None where it cannot.
    """

    epoch_s: float
    epoch_utc_s: float
    speed: float
    boot: str
    boot_s: float
    offset_s: float = 0.0
    trust: ClockTrust = ClockTrust.SYNCED
    uncertainty_s: float | None = 0.05

    def write(self, file: Path) -> None:
        """Let the device's clocks be so from now on."""
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)), "utf-8")
        fresh.replace(file)

    @staticmethod
    def read(file: Path) -> "World":
        """Return what was written last."""
        told = json.loads(file.read_bytes())
        return World(**told | {"trust": ClockTrust(told["trust"])})


class Reading(NamedTuple):
    """All clocks at one moment; the truth is for the checker alone."""

    true_utc_s: float
    monotonic_s: float
    utc_s: float
    clock: ClockReading


class HurriedBoard:
    """Clocks as a world's file says; nobody on the device sees the truth.

    Who asks for the calendar after the monotonic clock is told of one moment, as on a
    board, where that takes a microsecond: here the machine may do something else in
    between, for so long that seconds of the world pass.

    Args:
        file: Of the world.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._threads = threading.local()

    def reading(self) -> Reading:
        """Return what all clocks say now."""
        return self._at(World.read(self._file), time.monotonic())

    def monotonic_s(self) -> float:
        """Return seconds since the device's boot."""
        self._threads.read_s, self._threads.reading = time.monotonic(), self.reading()
        monotonic_s: float = self._threads.reading.monotonic_s
        return monotonic_s

    def utc_s(self) -> float:
        """Return seconds since 1970 by the device's calendar."""
        asked = self._threads.__dict__
        reading: Reading | None = asked.pop("reading", None)
        if reading is None or time.monotonic() > asked["read_s"] + MOMENT_S:
            reading = self.reading()
        return reading.utc_s

    def clock(self) -> ClockReading:
        """Return how far the kernel says that the calendar may be believed."""
        return self.reading().clock

    def rtc_s(self) -> None:
        """Say that there is no clock on a battery."""

    def boot_id(self) -> str:
        """Return the boot's name."""
        return World.read(self._file).boot

    def wait(self, seconds: float) -> None:
        """Return after so many seconds of the world."""
        if seconds > 0:
            time.sleep(seconds / World.read(self._file).speed)

    @staticmethod
    def _at(world: World, now_s: float) -> Reading:
        true_utc_s = world.epoch_utc_s + (now_s - world.epoch_s) * world.speed
        return Reading(
            true_utc_s,
            (now_s - world.boot_s) * world.speed,
            true_utc_s + world.offset_s,
            ClockReading(world.trust, world.uncertainty_s),
        )
