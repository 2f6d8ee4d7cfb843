"""Hands a camera's packets through the hatch, and never waits for who takes them.

Waiting would tell the network how fast the half that sees is. What the hatch does not
hold is kept for a while; beyond that it is let go, up to the next picture that stands
by itself.
"""

import fcntl
import os
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction

from tallypost.fetching.packets import VideoPacket
from tallypost.vision.camera.hatch import (
    LOST_MAX,
    MESSAGE_BYTES_MAX,
    Codec,
    Kind,
    Message,
    blocks,
)

BACKLOG_BLOCKS_MAX = 1024
"""Kept beside the hatch: 4 MiB, and one picture that exceeds it."""
HATCH_BYTES = 1 << 20
"""What a pipe holds at most without special rights. Source: pipe(7), pipe-max-size."""


class Hatch:
    """The outer side of the hatch.

    Args:
        descriptor: Where blocks are written.
        codec: What the packets are compressed by; told before the first one.
    """

    def __init__(self, descriptor: int, codec: Codec) -> None:
        self._descriptor = descriptor
        self._backlog = deque(blocks(codec.to_message()))
        self._lost = 0
        self._waits_for_key = True
        os.set_blocking(descriptor, False)
        with suppress(OSError):  # a smaller hatch is emptied more often
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, HATCH_BYTES)

    def hand_in(self, packets: Iterable[VideoPacket]) -> None:
        """Hand packets in until there are no more, or nobody takes them any more.

        Raises:
            CameraUnavailableError: The camera is gone.
        """
        try:
            for packet in packets:
                self._flush()
                self._offer(packet)
                self._flush()
        except BrokenPipeError:
            return

    def _offer(self, packet: VideoPacket) -> None:
        """Keep a packet, to be handed in as soon as may be, or let it go."""
        self._waits_for_key &= not packet.is_keyframe
        full = len(self._backlog) > BACKLOG_BLOCKS_MAX
        if self._waits_for_key or full or packet.size > MESSAGE_BYTES_MAX:
            self._waits_for_key = True
            self._lost = min(self._lost + 1, LOST_MAX)
            return
        stamp_us = _stamp_us(packet.pts, packet.time_base)
        message = Message(Kind.PACKET, bytearray(packet), stamp_us, self._lost)
        self._backlog.extend(blocks(message))
        self._lost = 0

    def _flush(self) -> None:
        """Hand in what fits."""
        try:
            while self._backlog:
                os.write(self._descriptor, self._backlog[0])
                self._backlog.popleft()
        except BlockingIOError:
            return


def _stamp_us(stamp: int | None, time_base: Fraction | None) -> int | None:
    if stamp is None or time_base is None:
        return None
    return round(stamp * time_base * 1_000_000)
