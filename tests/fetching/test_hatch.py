"""The outer side of the hatch: it never waits, and owns up to what it let go."""

import os
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import pytest
from av.packet import Packet

from tallypost.fetching.fetcher import Hatch
from tallypost.fetching.packets import VideoPacket
from tallypost.vision.camera.hatch import (
    BLOCK_BYTES,
    MESSAGE_BYTES_MAX,
    Assembly,
    Codec,
    Kind,
    Message,
)

CODEC = Codec("h264", 100, b"parameters")
PIPE_BYTES = 65536


def packet(content: bytes, *, key: bool = False, stamp: int | None = 1) -> VideoPacket:
    made = cast("VideoPacket", Packet(content))
    made.is_keyframe = key
    made.pts, made.time_base = stamp, Fraction(1, 1000)
    return made


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    inner, outer = os.pipe()
    os.set_blocking(inner, False)
    yield inner, outer
    os.close(outer)


def taken(inner: int) -> list[Message]:
    """Return what lies in the hatch, and empty it."""
    assembly = Assembly()
    found: list[Message] = []
    while True:
        try:
            message = assembly.take(os.read(inner, BLOCK_BYTES))
        except BlockingIOError:
            return found
        if message is not None:
            found.append(message)


def test_the_codec_comes_first_and_then_packets_from_the_first_key(
    pipe: tuple[int, int],
) -> None:
    inner, outer = pipe
    packets = [
        packet(b"blind"),
        packet(b"key", key=True, stamp=2),
        packet(b"next", stamp=None),
    ]

    Hatch(outer, CODEC).hand_in(packets)

    assert taken(inner) == [
        CODEC.to_message(),
        Message(Kind.PACKET, bytearray(b"key"), 2000, lost=1),
        Message(Kind.PACKET, bytearray(b"next"), None),
    ]
    os.close(inner)


def test_a_hatch_that_nobody_empties_is_not_waited_for(pipe: tuple[int, int]) -> None:
    inner, outer = pipe
    hatch = Hatch(outer, CODEC)

    hatch.hand_in([packet(b"a", key=True)])
    hatch.hand_in([packet(b"b" * PIPE_BYTES * 2)])
    hatch.hand_in([packet(b"c"), packet(b"d")])
    before = taken(inner)
    hatch.hand_in([packet(b"e"), packet(b"f", key=True)])

    assert [bytes(each.content) for each in before[1:]] == [b"a"]
    [after] = taken(inner)
    assert (bytes(after.content), after.lost) == (b"f", 4)
    os.close(inner)


def test_a_codec_that_did_not_fit_is_told_before_the_next_key(
    pipe: tuple[int, int],
) -> None:
    inner, outer = pipe
    os.write(outer, bytes(PIPE_BYTES))
    hatch = Hatch(outer, CODEC)
    hatch.hand_in([packet(b"a", key=True)])
    os.read(inner, PIPE_BYTES)

    hatch.hand_in([packet(b"b", key=True)])

    codec, after = taken(inner)
    assert codec.kind is Kind.CODEC
    assert (bytes(after.content), after.lost) == (b"b", 1)
    os.close(inner)


def test_a_packet_that_nobody_would_believe_is_let_go(pipe: tuple[int, int]) -> None:
    inner, outer = pipe

    Hatch(outer, CODEC).hand_in([packet(bytes(MESSAGE_BYTES_MAX + 1), key=True)])

    assert [message.kind for message in taken(inner)] == [Kind.CODEC]
    os.close(inner)


def test_who_fetches_ends_when_nobody_takes(pipe: tuple[int, int]) -> None:
    inner, outer = pipe
    os.close(inner)

    def endless() -> Iterator[VideoPacket]:
        while True:
            yield packet(b"a", key=True)

    Hatch(outer, CODEC).hand_in(endless())
