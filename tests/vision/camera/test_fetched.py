"""Pictures of packets that come through a hatch, good and bad."""

import os
import select
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.hatch import (
    BLOCK_BYTES,
    Codec,
    Kind,
    Message,
    blocks,
)
from tallypost.vision.camera.video import VideoCamera
from tests.vision.camera.conftest import QUARTERS

FIT = Size(64, 64)


class Outside:
    """Who fetches: writes whatever a test has it write."""

    def __init__(self, inner: int, descriptor: int) -> None:
        self.inner = inner
        self.descriptor = descriptor

    def say(self, message: Message) -> None:
        for block in blocks(message):
            os.write(self.descriptor, block)

    def begin(self, film: Path) -> list[Message]:
        """Tell a film's codec; return its packets."""
        with av.open(str(film)) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            self.say(Codec(context.name, 0, context.extradata or b"").to_message())
            return [
                Message(Kind.PACKET, bytearray(packet), index * 100_000)
                for index, packet in enumerate(container.demux(stream))
                if packet.size
            ]


@pytest.fixture
def outside() -> Iterator[Outside]:
    inner, outer = os.pipe()
    yield Outside(inner, outer)
    os.close(inner)
    os.close(outer)


@pytest.fixture
def camera(outside: Outside) -> Iterator[VideoCamera]:
    camera = VideoCamera(
        source="rtsp://camera/street", fit=FIT, board=LinuxBoard(), hatch=outside.inner
    )
    yield camera
    camera.close()


def seen(camera: VideoCamera, outside: Outside, packets: list[Message]) -> list[Frame]:
    """Return a frame for every packet that gave one; the first few may not."""
    frames = []
    for packet in packets:
        outside.say(packet)
        frame = camera.read(0.3)
        if frame is not None:
            frames.append(frame)
    return frames


def test_a_camera_that_nobody_fetches_yet_is_open_and_silent(
    camera: VideoCamera,
) -> None:
    assert camera.read(0.05) is None
    assert not camera.ended


def test_nothing_is_taken_from_the_hatch_before_somebody_looks(
    camera: VideoCamera, outside: Outside, draw_video: Callable[..., Path]
) -> None:
    coming = select.poll()
    coming.register(outside.inner, select.POLLIN)
    packets = outside.begin(draw_video("a.mp4", codec="mjpeg", kind="yuvj420p"))
    outside.say(packets[0])
    LinuxBoard().wait(0.2)
    assert coming.poll(0)

    assert camera.read(5.0) is not None

    assert not coming.poll(0)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "mjpeg"])
def test_packets_become_pictures(
    camera: VideoCamera,
    outside: Outside,
    draw_video: Callable[..., Path],
    codec: str,
) -> None:
    film = draw_video(
        "a.mp4",
        codec=codec,
        kind="yuvj420p" if codec == "mjpeg" else "yuv420p",
        size=(128, 96),
    )

    frames = seen(camera, outside, outside.begin(film))

    assert len(frames) >= 9
    assert {frame.scene for frame in frames} == {Size(128, 96)}
    assert np.abs(frames[-1].pixels[4, 4].astype(int) - QUARTERS[0]).max() < 40
    times = [frame.time_s for frame in frames]
    assert times == sorted(set(times))


def test_a_new_codec_begins_a_stream_of_another_size(
    camera: VideoCamera, outside: Outside, draw_video: Callable[..., Path]
) -> None:
    first = outside.begin(draw_video("a.mp4", codec="mpeg4"))
    seen(camera, outside, first[:4])

    second = outside.begin(draw_video("b.mp4", codec="libx264", size=(96, 128)))
    frames = seen(camera, outside, second)

    assert frames[-1].scene == camera.scene == Size(96, 128)


def test_garbage_in_packets_is_counted_and_what_follows_is_seen(
    camera: VideoCamera, outside: Outside, draw_video: Callable[..., Path]
) -> None:
    packets = outside.begin(draw_video("a.mp4", codec="mpeg4"))
    garbage = [
        Message(Kind.PACKET, bytearray(content), None)
        for content in (b"", b"\0" * 5000, b"garbage" * 99)
    ]
    before = camera.dropped

    assert seen(camera, outside, garbage) == []
    assert seen(camera, outside, packets)
    assert camera.dropped - before >= 2


def test_what_was_lost_on_the_way_is_counted(
    camera: VideoCamera, outside: Outside, draw_video: Callable[..., Path]
) -> None:
    packets = outside.begin(draw_video("a.mp4", codec="mpeg4"))
    outside.say(Message(Kind.PACKET, packets[0].content, 0, lost=7))

    camera.read(1.0)

    assert camera.dropped == 7


def test_what_piled_up_is_left_out_and_counted(
    outside: Outside, draw_video: Callable[..., Path]
) -> None:
    film = draw_video("a.mp4", codec="mjpeg", kind="yuvj420p")
    packets = outside.begin(film)
    for packet in packets:
        outside.say(packet)

    camera = VideoCamera(source="x", fit=FIT, board=LinuxBoard(), hatch=outside.inner)
    try:
        assert camera.read(1.0) is not None
        assert camera.read(0.1) is None
        assert camera.dropped == len(packets) - 1
    finally:
        camera.close()


def test_packets_before_any_codec_are_counted_as_lost(
    camera: VideoCamera, outside: Outside
) -> None:
    outside.say(Message(Kind.PACKET, bytearray(b"what?")))

    assert camera.read(0.3) is None
    assert camera.dropped == 1


def test_a_hatch_that_says_what_it_must_not_ends_the_camera(
    camera: VideoCamera, outside: Outside
) -> None:
    os.write(outside.descriptor, b"\xff" * BLOCK_BYTES)

    with pytest.raises(CameraUnavailableError, match="hatch"):
        camera.read(1.0)


def test_a_daemon_that_is_gone_ends_the_camera() -> None:
    inner, outer = os.pipe()
    camera = VideoCamera(source="x", fit=FIT, board=LinuxBoard(), hatch=inner)
    os.close(outer)
    try:
        with pytest.raises(CameraUnavailableError, match="nobody fetches"):
            camera.read(1.0)
    finally:
        camera.close()
        os.close(inner)
