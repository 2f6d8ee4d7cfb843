"""What crosses the hatch, and what is refused there."""

import select
from itertools import pairwise

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.hatch import (
    BLOCK_BYTES,
    CODEC,
    CODECS,
    CONTENT_BYTES,
    HEAD,
    LOST_MAX,
    MESSAGE_BYTES_MAX,
    NO_STAMP,
    Assembly,
    Codec,
    Kind,
    Message,
    blocks,
)

FIRST, LAST = 1, 2
SIZES = (0, 1, CONTENT_BYTES - 1, CONTENT_BYTES, CONTENT_BYTES + 1, 3 * CONTENT_BYTES)
MESSAGES = st.builds(
    Message,
    st.sampled_from(Kind),
    st.sampled_from(SIZES).map(lambda size: bytearray(range(256)) * (size // 256 + 1)),
    st.none() | st.integers(NO_STAMP + 1, 2**63 - 1),
    st.integers(0, LOST_MAX),
)


def arrived(*sent: bytes) -> list[Message]:
    assembly = Assembly()
    return [message for each in sent if (message := assembly.take(each))]


def block(kind: int = 2, edge: int = FIRST | LAST, length: int = 1) -> bytes:
    return HEAD.pack(0, kind, edge, length, 0).ljust(BLOCK_BYTES, b"\0")


@given(st.lists(MESSAGES, max_size=3))
def test_messages_arrive_as_they_were_sent(messages: list[Message]) -> None:
    assert arrived(*(each for message in messages for each in blocks(message))) == (
        messages
    )


@given(MESSAGES)
def test_every_block_is_as_long_as_the_kernel_writes_whole(message: Message) -> None:
    assert {len(each) for each in blocks(message)} == {BLOCK_BYTES}
    assert BLOCK_BYTES == select.PIPE_BUF


def test_a_message_whose_end_never_came_is_let_go() -> None:
    long = Message(Kind.PACKET, bytearray(b"a" * 3 * CONTENT_BYTES))
    torn = [*blocks(long)][:2]
    whole = Message(Kind.PACKET, bytearray(b"b"))

    assert arrived(*torn, *blocks(whole)) == [whole]


BROKEN = {
    "a piece of a block": b"a" * (BLOCK_BYTES - 1),
    "more than a block": b"a" * (BLOCK_BYTES + 1),
    "an unknown kind": block(kind=3),
    "an unknown edge": block(edge=4),
    "more than it holds": block(length=CONTENT_BYTES + 1),
    "a middle without a beginning": block(edge=0),
    "an end without a beginning": block(edge=LAST),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_what_is_no_block_of_ours_is_refused(sent: bytes) -> None:
    with pytest.raises(CameraUnavailableError, match=r"^hatch: .*start tallypost"):
        arrived(sent)


def test_a_message_without_an_end_does_not_fill_the_memory() -> None:
    assembly = Assembly()
    middle = block(edge=0, length=CONTENT_BYTES)
    assembly.take(block(edge=FIRST, length=CONTENT_BYTES))

    for _ in range(MESSAGE_BYTES_MAX // CONTENT_BYTES - 1):
        assembly.take(middle)

    with pytest.raises(CameraUnavailableError, match="exceeds"):
        assembly.take(middle)


@pytest.mark.parametrize("name", CODECS)
def test_a_codec_arrives_and_has_a_decoder(name: str) -> None:
    codec = Codec(name, 1920 * 1080, b"\1\2")

    assert Codec.from_message(codec.to_message()) == codec
    assert av.Codec(name, "r").canonical_name == name


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", CODEC.pack(len(CODECS), 0)],
    ids=["nothing", "too little", "unknown"],
)
def test_a_codec_that_we_do_not_know_is_refused(content: bytes) -> None:
    with pytest.raises(CameraUnavailableError, match=r"^hatch: "):
        Codec.from_message(Message(Kind.CODEC, bytearray(content)))


def test_the_head_is_drawn_as_it_is() -> None:
    places = [0, 4, 5, 6, 8, 16]

    assert [right - left for left, right in pairwise(places)] == [4, 1, 1, 2, 8]
    assert HEAD.size == places[-1]
    assert CODEC.size == 5
