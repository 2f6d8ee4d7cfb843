"""Frames of one fixed length, all numbers: all that can pass the wall.

A frame::

    0        4      5       6         8          12             60      64
    [ TPW1 ] [kind] [class] [element] [sequence] [ 48 bytes   ] [crc32 ]
      4s       B      B       H         I          by kind        I

    HELLO    process id (I)                             a vision half begins
    INTERVAL start_utc_s (d) duration_s (d)             head of one interval
             observed_s (d) frames (I) dropped (I)
             lifetime_ms_p99 (f) clock (B)
             uncertainty_s (f) followers (H)
    LINE     forward (I) backward (I)                   one class on one line
    ZONE     mean (f) most (I) entries (I) exits (I)    one class in one zone
             dwell_mean_s (f) dwell_max_s (f)
    STATE    code (H)                                   what befell the half

Names do not pass: a line, a zone and a class are told by their place in the `Alphabet`
that both halves were given before the first frame. NaN says "not known". Little endian.
"""

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

from tallypost.domain.records import ClockTrust
from tallypost.errors import WallError

FRAME_BYTES = 64
BODY_BYTES = 48
BACKLOG_INTERVALS = 64
"""How many intervals a writer keeps while its reader is away."""
PIPE_FRAMES = 65_536 // FRAME_BYTES
"""What a Linux pipe holds besides. Source: pipe(7), "Pipe capacity"."""
MAGIC = b"TPW1"
CLOCKS = tuple(ClockTrust)

HEAD = struct.Struct("<4sBBHI")
CRC = struct.Struct("<I")
HELLO = struct.Struct("<I")
INTERVAL = struct.Struct("<dddIIfBfH")
LINE = struct.Struct("<II")
ZONE = struct.Struct("<fIIIff")
STATE = struct.Struct("<H")


class Kind(IntEnum):
    """What a frame carries."""

    HELLO = 1
    INTERVAL = 2
    LINE = 3
    ZONE = 4
    STATE = 5


class State(IntEnum):
    """What befell the vision half: all that it may say of itself, by number."""

    WATCHING = 1
    FOOTAGE_ENDED = 2
    STOPPED = 3
    CAMERA_SILENT = 4
    CAMERA_LOST = 5
    FOOTAGE_BROKEN = 6
    MODEL_FAILED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """The names that both halves know, in the one order that both use."""

    lines: tuple[str, ...]
    zones: tuple[str, ...]
    classes: tuple[str, ...]

    @property
    def interval_frames_max(self) -> int:
        """The most frames that one interval can take."""
        return 1 + (len(self.lines) + len(self.zones)) * len(self.classes)

    @property
    def backlog_frames_max(self) -> int:
        """The most frames that a writer keeps while its reader is away."""
        return BACKLOG_INTERVALS * self.interval_frames_max


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, its checksum proved.

    Attributes:
        kind: What it carries.
        sequence: Counts a sender's frames from 0.
        element: Place of a line or a zone in the alphabet.
        class_id: Place of a class in the alphabet.
        body: 48 bytes, laid out by kind.
    """

    kind: Kind
    sequence: int
    element: int
    class_id: int
    body: bytes

    def pack(self) -> bytes:
        """Return the frame's 64 bytes."""
        head = HEAD.pack(MAGIC, self.kind, self.class_id, self.element, self.sequence)
        frame = head + self.body.ljust(BODY_BYTES, b"\0")
        return frame + CRC.pack(zlib.crc32(frame))


def unpack(data: bytes) -> Frame:
    """Return the frame that 64 bytes hold.

    Raises:
        WallError: They hold none.
    """
    if len(data) != FRAME_BYTES:
        raise WallError(f"wall: a frame of {len(data)} bytes; want {FRAME_BYTES}")
    magic, kind, class_id, element, sequence = HEAD.unpack_from(data)
    if magic != MAGIC:
        raise WallError("wall: bytes that are no frame; want one that begins with TPW1")
    if CRC.unpack_from(data, FRAME_BYTES - CRC.size)[0] != zlib.crc32(
        data[: -CRC.size]
    ):
        raise WallError(f"wall: frame {sequence} has a wrong checksum")
    try:
        known = Kind(kind)
    except ValueError:
        raise WallError(f"wall: frame {sequence} is of unknown kind {kind}") from None
    return Frame(known, sequence, element, class_id, data[HEAD.size : -CRC.size])
