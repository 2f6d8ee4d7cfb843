"""Frames of one fixed length, all numbers: all that can pass the wall.

A frame::

    0        4      5       6         8          12             60      64
    [ TPW4 ] [kind] [class] [element] [sequence] [ 48 bytes   ] [crc32 ]
      4s       B      B       H         I          by kind        I

    HELLO                                               a vision half begins
    INTERVAL start_utc_ms (Q) duration_ms (Q)           head of one interval
             start_monotonic_ms (q) followers (I)
    FIGURES  collection (B) count (B) part (H)          numbers of one element, of one
             second part (H) zero (H)                   class and part of it
             4 times: slot (H) value (Q)
    ALERT    kind (B) state (B) collection (B)          something to be told at once
             clock (B) known (I)
             time_utc (Q) value (Q)
    STATE    code (H)                                   what befell the half

and, while somebody aims the camera, and then alone::

    EVENT    at_monotonic_ms (q) collection (B)         somebody has crossed a line, has
             way (B) zero (H)                           come into a zone or left it
    BOX      at_monotonic_ms (q) count (B) place (B)    boxes of one moment, up to seven
             zero (H), 7 times: class (B) x1 (B)        a frame, the first at `place`
             y1 (B) x2 (B) y2 (B)
    SKETCH   at_monotonic_ms (q) width (B) height (B)   cells of a sketch, one bit each,
             place (H) 36 bytes                         the first byte at `place`
    SIGHT    at_monotonic_ms (q) rate_decihertz (H)     how well the camera sees
             sharpness_percent (B) light_percent (B)

Names do not pass: an element, a part of it and a class are told by their place in the
`Alphabet` that both halves were given before the first frame, a field by its slot,
which is its place in the schema. A number is a whole one: counts as they are, other
figures in units of the last decimal that the schema gives them. What is not known is
not sent. All ones mean "none", of a start_monotonic_ms the least number does. Where
nothing stands, there are zeros; only what begins afresh has a sequence of 0. Little
endian.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from tallypost.domain.alerts import TELLERS, AlertKind, AlertState
from tallypost.domain.records import ClockTrust, Quality, collections
from tallypost.errors import WallError
from tallypost.wall.figures import frames_max

FRAME_BYTES = 64
BODY_BYTES = 48
BACKLOG_INTERVALS = 64
"""How many intervals a writer keeps while its reader is away."""
PIPE_FRAMES = 65_536 // FRAME_BYTES
"""What a Linux pipe holds besides. Source: pipe(7), "Pipe capacity"."""
ALERTS_PER_MINUTE = 60
MAGIC = b"TPW4"
NO_CLASS = 0xFF
NO_TIME = -(2**63)
NO_COLLECTION = 0xFF
QUALITY = 0xFE
"""The place of the interval's own quality among the collections."""
COLLECTIONS = tuple(collections())
CLOCKS, ALERT_KINDS, ALERT_STATES = (
    tuple(ClockTrust),
    tuple(TELLERS),
    tuple(AlertState),
)

HEAD = struct.Struct("<4sBBHI")
CRC = struct.Struct("<I")
INTERVAL = struct.Struct("<QQqI")
FIGURES = struct.Struct("<BBHHH")
FIGURE = struct.Struct("<HQ")
ALERT = struct.Struct("<BBBBIQQ")
STATE = struct.Struct("<H")
EVENT = struct.Struct("<qBBH")
BOXES = struct.Struct("<qBBH")
BOX = struct.Struct("<5B")
SKETCH = struct.Struct("<qBBH")
SIGHT = struct.Struct("<qHBB")


class Kind(IntEnum):
    """What a frame carries."""

    HELLO = 1
    INTERVAL = 2
    FIGURES = 3
    ALERT = 4
    STATE = 5
    EVENT = 6
    BOX = 7
    SKETCH = 8
    SIGHT = 9


AIMED = (Kind.EVENT, Kind.BOX, Kind.SKETCH, Kind.SIGHT)
"""Kinds that pass while somebody aims, and are refused otherwise."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A vision half begins: it knows nothing of what was before."""


class State(IntEnum):
    """What befell the vision half: all that it may say of itself, by number."""

    WATCHING = 1
    FOOTAGE_ENDED = 2
    STOPPED = 3
    CAMERA_SILENT = 4
    CAMERA_LOST = 5
    FOOTAGE_BROKEN = 6
    MODEL_FAILED = 7
    LOCK_IN_FAILED = 8
    MEMORY_NOT_LOCKED = 9
    """The kernel may write a picture to the machine's swap file."""


Elements = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By collection, as records name it: by an element's name, the names of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """The names that both halves know, in the one order that both use.

    Attributes:
        classes: Of the detector.
        elements: Of the site.
        alerts: What may be told at once; all else is refused.
        unasked: Fields of figures that the site does not ask for: they may not pass.
    """

    classes: tuple[str, ...]
    elements: Elements
    alerts: tuple[AlertKind, ...] = ALERT_KINDS
    unasked: tuple[str, ...] = ()

    def named(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield the collection, the name and the parts of every element."""
        for collection, by_name in self.elements.items():
            for name, parts in by_name.items():
                yield collection, name, parts

    def names(self, collection: str) -> tuple[str, ...]:
        """Return the names of a collection's elements, in their order."""
        return tuple(self.elements.get(collection, {}))

    @property
    def interval_frames_max(self) -> int:
        """The most frames that one interval can take."""
        words, classes = collections(), len(self.classes)
        return (
            1
            + frames_max(Quality, classes=0, parts=0)
            + sum(
                frames_max(
                    words[collection],
                    classes=classes,
                    parts=len(parts),
                    unasked=self.unasked,
                )
                for collection, _, parts in self.named()
            )
        )

    @property
    def backlog_frames_max(self) -> int:
        """The most frames that a writer keeps while its reader is away."""
        return BACKLOG_INTERVALS * self.interval_frames_max + ALERTS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, its checksum proved.

    Attributes:
        kind: What it carries.
        sequence: Counts a sender's frames from 0.
        element: Place of an element in its collection of the alphabet.
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
        raise WallError("wall: bytes that are no frame; want one that begins with TPW4")
    if CRC.unpack_from(data, FRAME_BYTES - CRC.size)[0] != zlib.crc32(
        data[: -CRC.size]
    ):
        raise WallError(f"wall: frame {sequence} has a wrong checksum")
    try:
        known = Kind(kind)
    except ValueError:
        raise WallError(f"wall: frame {sequence} is of unknown kind {kind}") from None
    return Frame(known, sequence, element, class_id, data[HEAD.size : -CRC.size])
