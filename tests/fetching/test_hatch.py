"""The outer side of the hatch: it never waits, and owns up to what it let go."""

import os
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import pytest
from av.packet import Packet

from tallypost.fetching.hatch import BACKLOG_BLOCKS_MAX, HATCH_BYTES, Hatch
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


def taken(inner: int, assembly: Assembly) -> list[Message]:
    """Return the messages that are whole, and empty the hatch."""
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

    assert taken(inner, Assembly()) == [
        CODEC.to_message(),
        Message(Kind.PACKET, bytearray(b"key"), 2000, lost=1),
        Message(Kind.PACKET, bytearray(b"next"), None),
    ]
    os.close(inner)


def test_a_picture_larger_than_the_hatch_goes_in_as_it_is_emptied(
    pipe: tuple[int, int],
) -> None:
    inner, outer = pipe
    hatch, assembly = Hatch(outer, CODEC), Assembly()
    large = b"a" * 3 * HATCH_BYTES
    found = []

    for each in [packet(large, key=True), *[packet(b"b")] * 20]:
        hatch.hand_in([each])
        found += taken(inner, assembly)

    assert [len(each.content) for each in found[1:]] == [len(large), *[1] * 20]
    assert sum(each.lost for each in found) == 0
    os.close(inner)


def test_a_hatch_that_nobody_empties_is_not_waited_for(pipe: tuple[int, int]) -> None:
    inner, outer = pipe
    hatch, assembly = Hatch(outer, CODEC), Assembly()
    large = b"a" * (BACKLOG_BLOCKS_MAX * BLOCK_BYTES + 2 * HATCH_BYTES)

    hatch.hand_in([packet(large, key=True), packet(b"b"), packet(b"c", key=True)])
    found = taken(inner, assembly)
    for _ in range(20):
        hatch.hand_in([packet(b"d")])
        found += taken(inner, assembly)
    hatch.hand_in([packet(b"e", key=True)])
    found += taken(inner, assembly)

    assert [len(each.content) for each in found[1:]] == [len(large), 1]
    assert (bytes(found[-1].content), found[-1].lost) == (b"e", 22)
    os.close(inner)


def test_a_packet_that_nobody_would_believe_is_let_go(pipe: tuple[int, int]) -> None:
    inner, outer = pipe

    Hatch(outer, CODEC).hand_in([packet(bytes(MESSAGE_BYTES_MAX + 1), key=True)])

    assert [message.kind for message in taken(inner, Assembly())] == [Kind.CODEC]
    os.close(inner)


def test_who_fetches_ends_when_nobody_takes(pipe: tuple[int, int]) -> None:
    inner, outer = pipe
    os.close(inner)

    given = 0

    def endless() -> Iterator[VideoPacket]:
        nonlocal given
        while True:
            given += 1
            yield packet(b"a", key=True)

    Hatch(outer, CODEC).hand_in(endless())

    assert given <= 2
