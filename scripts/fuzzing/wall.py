"""The wall: what a vision half that was taken over could say."""

import os
import zlib

from scripts.fuzzing.parser import Parser, examples
from tallypost.domain.aiming import (
    Aimed,
    Aiming,
    Box,
    Boxes,
    Passed,
    Sight,
    Sketch,
)
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import ClockTrust
from tallypost.errors import WallError
from tallypost.telemetry.codec import json_v1
from tallypost.wall.frame import CRC, FRAME_BYTES, Alphabet, State
from tallypost.wall.reader import WallReader
from tallypost.wall.writer import WallWriter

ALPHABET = Alphabet(
    classes=("bicycle", "car", "person"),
    elements={"lines": {"gate": ()}, "zones": {"platform": ()}},
)
"""Of the example of a record."""
NOW_S = 900.0
AIMING = Aiming(2 * NOW_S, 2 * NOW_S)
AIMED: tuple[Aimed, ...] = (
    Sketch(NOW_S, 16, 32, bytes(range(64))),
    Boxes(NOW_S, tuple(Box("car", n / 128, 0.0, 1.0, 0.5) for n in range(9))),
    Passed("lines", "gate", "person", "forward", NOW_S),
    Sight(NOW_S, 9.5, 0.75, 0.5),
)


def wall_parsers() -> dict[str, Parser]:
    """Return the parsers of frames by their names."""
    return {
        "wall": Parser(_frames(), _read_wall, WallError),
        "wall, its sums right": Parser(_frames(), _read_summed, WallError),
    }


def _frames() -> tuple[bytes, ...]:
    """Return what a vision half says, as its own writer writes it."""
    read_end, write_end = os.pipe()
    writer = WallWriter(write_end, ALPHABET)
    writer.tell(State.WATCHING)
    writer.send(
        Alert(
            kind=AlertKind.CAMERA_DARK,
            state=AlertState.BEGUN,
            time_utc_s=1e9,
            clock=ClockTrust.SYNCED,
        )
    )
    [kpi] = examples("kpi-1.json")
    writer.send(json_v1.decode(kpi).interval)
    writer.flush()
    frames = os.read(read_end, 65_536)
    for told in AIMED:
        writer.send(told)
    aimed = os.read(read_end, 65_536)
    for descriptor in (read_end, write_end):
        os.close(descriptor)
    return (frames + aimed, frames[:64], frames * 3)  # none of it twice


def _read_wall(data: bytes) -> object:
    return WallReader(ALPHABET, 120.0, aiming=AIMING).feed(data, NOW_S)


def _read_summed(data: bytes) -> object:
    """Read frames whose checksums say nothing of what was done to them."""
    whole = [
        data[place : place + FRAME_BYTES - CRC.size]
        for place in range(0, len(data) - FRAME_BYTES + 1, FRAME_BYTES)
    ]
    return _read_wall(b"".join(each + CRC.pack(zlib.crc32(each)) for each in whole))
