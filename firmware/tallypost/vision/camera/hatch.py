"""The hatch: how compressed pictures come from who fetches them to who sees, one way.

They cross a pipe in blocks of one length, which the kernel writes whole or not at all
(pipe(7), PIPE_BUF): who ends amidst a picture leaves no torn block behind. A message is
one block or several::

    0        4       5       6         8           16              4096
    [ lost ][ kind ][ edge ][ length ][ stamp_us ][ content, zeros ]
      I       B       B       H         q

`lost` tells how many pictures were left out before this message, `edge` whether it
begins (1) and ends (2) here, `length` how much of the content counts. The content of a
codec is <BI and its parameters: its place in `CODECS`, the pixels of a picture (0: not
known); that of a packet is what the camera sent.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from tallypost.errors import CameraUnavailableError

BLOCK_BYTES = 4096
HEAD = struct.Struct("<IBBHq")
CONTENT_BYTES = BLOCK_BYTES - HEAD.size
MESSAGE_BYTES_MAX = 16 * 1024 * 1024
"""An 8K picture of a camera that sends JPEG has 10 million bytes at most."""
LOST_MAX = 2**32 - 1
NO_STAMP = -(2**63)
CODEC = struct.Struct("<BI")
CODECS = ("h264", "hevc", "mjpeg", "mpeg4", "vp8", "vp9")
"""What cameras of the network send; no other decoder can be asked for."""


class Kind(IntEnum):
    """What a message tells."""

    CODEC = 1
    PACKET = 2


class Edge(IntFlag):
    """Where in its message a block stands."""

    FIRST = 1
    LAST = 2


EDGES = Edge.FIRST | Edge.LAST


@dataclass(frozen=True, slots=True)
class Message:
    """What crosses at once.

    Attributes:
        kind: What the content is.
        content: At most `MESSAGE_BYTES_MAX`.
        stamp_us: When a packet is to be shown, on the camera's clock; None: it says
            nothing.
        lost: How many pictures were left out before it.
    """

    kind: Kind
    content: bytearray
    stamp_us: int | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Codec:
    """What a camera's pictures are compressed by.

    Attributes:
        name: One of `CODECS`.
        pixels: Of a picture; 0: not known.
        parameters: What the decoder must know first; may be empty.
    """

    name: str
    pixels: int
    parameters: bytes

    def to_message(self) -> Message:
        """Return the message that tells it."""
        head = CODEC.pack(CODECS.index(self.name), min(self.pixels, LOST_MAX))
        return Message(Kind.CODEC, bytearray(head + self.parameters))

    @staticmethod
    def from_message(message: Message) -> "Codec":
        """Return what a message tells.

        Raises:
            CameraUnavailableError: It tells of none that we know.
        """
        if len(message.content) < CODEC.size:
            raise _broken("a codec is cut short")
        place, pixels = CODEC.unpack_from(message.content)
        if place >= len(CODECS):
            raise _broken(f"codec {place} is none of ours")
        return Codec(CODECS[place], pixels, bytes(message.content[CODEC.size :]))


def blocks(message: Message) -> Iterator[bytes]:
    """Yield the blocks of a message, `BLOCK_BYTES` each."""
    stamp = NO_STAMP if message.stamp_us is None else message.stamp_us
    content, size = memoryview(message.content), len(message.content)
    for at in range(0, max(size, 1), CONTENT_BYTES):
        part = content[at : at + CONTENT_BYTES]
        edge = Edge.FIRST if at == 0 else Edge(0)
        if at + CONTENT_BYTES >= size:
            edge |= Edge.LAST
        head = HEAD.pack(message.lost, message.kind, edge, len(part), stamp)
        yield (head + part).ljust(BLOCK_BYTES, b"\0")


class Assembly:
    """Puts messages together again; one whose end never came is let go."""

    def __init__(self) -> None:
        self._content: bytearray | None = None

    def take(self, block: bytes | bytearray) -> Message | None:
        """Return the message that a block completes; None: it completes none.

        Raises:
            CameraUnavailableError: This is no block of ours.
        """
        if len(block) != BLOCK_BYTES:
            raise _broken(f"a block has {len(block)} bytes")
        lost, kind, edge, length, stamp = HEAD.unpack_from(block)
        if length > CONTENT_BYTES or kind not in {*Kind} or edge & ~EDGES:
            raise _broken("a block's head makes no sense")
        if edge & Edge.FIRST:
            self._content = bytearray()
        if self._content is None:
            raise _broken("a message has no beginning")
        self._content += block[HEAD.size : HEAD.size + length]
        if len(self._content) > MESSAGE_BYTES_MAX:
            raise _broken(f"a message exceeds {MESSAGE_BYTES_MAX} bytes")
        if not edge & Edge.LAST:
            return None
        content, self._content = self._content, None
        return Message(Kind(kind), content, None if stamp == NO_STAMP else stamp, lost)


def _broken(fact: str) -> CameraUnavailableError:
    return CameraUnavailableError(f"hatch: {fact}; start tallypost afresh")
