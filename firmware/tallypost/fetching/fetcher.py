"""Hands a camera's packets through the hatch, and never waits for who takes them.

Waiting would tell the network how fast the half that sees is: what does not fit is let
go, up to the next picture that stands by itself.
"""

import os
from collections.abc import Iterable
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


class Hatch:
    """The outer side of the hatch.

    Args:
        descriptor: Where blocks are written.
        codec: What the packets are compressed by; told before the first one.
    """

    def __init__(self, descriptor: int, codec: Codec) -> None:
        self._descriptor = descriptor
        self._codec: Codec | None = codec
        self._lost = 0
        self._waits_for_key = True
        os.set_blocking(descriptor, False)

    def hand_in(self, packets: Iterable[VideoPacket]) -> None:
        """Hand packets in until there are no more, or nobody takes them any more.

        Raises:
            CameraUnavailableError: The camera is gone.
        """
        try:
            for packet in packets:
                self._offer(packet)
        except BrokenPipeError:
            return

    def _offer(self, packet: VideoPacket) -> None:
        """Hand one packet in, or let it go."""
        if self._waits_for_key and not packet.is_keyframe:
            self._lost = min(self._lost + 1, LOST_MAX)
            return
        if self._codec is not None and self._passes(self._codec.to_message()):
            self._codec = None
        stamp_us = _stamp_us(packet.pts, packet.time_base)
        passed = (
            self._codec is None
            and packet.size <= MESSAGE_BYTES_MAX
            and self._passes(
                Message(Kind.PACKET, bytearray(packet), stamp_us, self._lost)
            )
        )
        self._waits_for_key = not passed
        self._lost = 0 if passed else min(self._lost + 1, LOST_MAX)

    def _passes(self, message: Message) -> bool:
        """Return whether the whole of a message fits in."""
        try:
            for block in blocks(message):
                os.write(self._descriptor, block)
        except BlockingIOError:
            return False
        return True


def _stamp_us(stamp: int | None, time_base: Fraction | None) -> int | None:
    if stamp is None or time_base is None:
        return None
    return round(stamp * time_base * 1_000_000)
