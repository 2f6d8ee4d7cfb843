"""What the locked half says of the test: frames of the wall's length, not of the wall.

A frame::

    0        4      5        6         8       12      16                64
    [ TPPT ] [kind] [ zero ] [ index ] [ one ] [ two ] [ zeros         ]
      4s       B      B        H         I       I

    PLANTED  index: a canary's number; its height and width in pixels
    BEGUN    index: of the way out that is tried next
    ANSWERED index: of that way out; the error that the kernel answered, 0 for none
    FINISHED one: how many frames showed a canary

They end where the test listens, between the two halves; the half that speaks never has
them.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from tallypost.wall.frame import FRAME_BYTES

MAGIC = b"TPPT"
_LAYOUT = struct.Struct("<4sBBHII")


class Kind(IntEnum):
    """What is said."""

    PLANTED = 1
    BEGUN = 2
    ANSWERED = 3
    FINISHED = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was said; see the module.

    Attributes:
        kind: What of.
        index: Which canary, or which way out.
        one: A height, an error or a number of frames.
        two: A width.
    """

    kind: Kind
    index: int = 0
    one: int = 0
    two: int = 0

    def pack(self) -> bytes:
        """Return the frame."""
        packed = _LAYOUT.pack(MAGIC, self.kind, 0, self.index, self.one, self.two)
        return packed.ljust(FRAME_BYTES, b"\0")


def read_told(frame: bytes) -> Told | None:
    """Return what a frame says; None where it is none of the test's."""
    magic, kind, _, index, one, two = _LAYOUT.unpack_from(frame)
    if magic != MAGIC or kind not in [*Kind]:
        return None
    return Told(Kind(kind), index, one, two)
