"""What every camera promises, asked of those that need no device of their own."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Region, Size, Views
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera import gstreamer
from tallypost.vision.camera.base import Camera
from tallypost.vision.camera.gstreamer import GstreamerCamera
from tallypost.vision.camera.scale import fit_within
from tallypost.vision.camera.synthetic import SyntheticCamera
from tallypost.vision.camera.video import VideoCamera

Draw = Callable[..., Path]
Make = Callable[..., Camera]
SHOWN = 12
RATE_HZ = 20


ENDING = [
    "video",
    "video at its pace",
    "pictures",
    "synthetic",
    "street",
    "gstreamer",
]
"""Kinds of footage that is over some time."""


@pytest.fixture(params=[*ENDING, "looped"])
def make(
    request: pytest.FixtureRequest, draw_video: Draw, draw_picture: Draw
) -> Iterator[Make]:
    """Open a camera of one kind; all are closed in the end."""
    opened: list[Camera] = []
    film = str(draw_video("a.mp4", count=SHOWN, rate_hz=RATE_HZ))
    for number in range(SHOWN):
        folder = str(draw_picture(f"f/{number}.png").parent)
    street: dict[str, Any] = {
        "scene": Size(64, 48),
        "rate_hz": RATE_HZ,
        "duration_s": SHOWN / RATE_HZ,
    }
    kinds: dict[str, Callable[..., Camera]] = {
        "video": partial(VideoCamera, source=film),
        "video at its pace": partial(VideoCamera, source=film, pace="real"),
        "looped": partial(VideoCamera, source=film, loop=True),
        "pictures": partial(VideoCamera, source=folder),
        "synthetic": partial(SyntheticCamera, **street),
        "street": partial(SyntheticCamera, live=True, **street),
        "gstreamer": partial(GstreamerCamera, origin="file", location=film),
    }
    if request.param == "gstreamer":
        try:
            gstreamer._load()
        except CameraUnavailableError as error:
            pytest.skip(str(error))

    def make_camera(fit: Size, **more: Any) -> Camera:
        opened.append(kinds[request.param](fit=fit, board=LinuxBoard(), **more))
        return opened[-1]

    yield make_camera
    for camera in opened:
        camera.close()


@pytest.mark.parametrize("fit", [Size(32, 32), Size(300, 300), Size(31, 77)], ids=str)
def test_frames_fit_and_can_be_written_to(make: Make, fit: Size) -> None:
    frame = make(fit).read(5)

    assert frame is not None
    assert frame.scene == Size(64, 48)
    assert frame.pixels.shape == (*fit_within(frame.scene, fit)[::-1], 3)
    assert frame.pixels.dtype == np.uint8
    assert frame.pixels.flags.writeable
    assert frame.pixels.any()


def test_erase_leaves_nothing_and_the_next_frame_is_whole(make: Make) -> None:
    camera = make(Size(32, 32))
    for _ in range(4):
        frame = camera.read(5)
        assert frame is not None
        assert frame.pixels.mean() > 20
        frame.erase()
        assert not frame.pixels.any()


WITH_REGIONS = [kind for kind in [*ENDING, "looped"] if kind != "gstreamer"]


@pytest.mark.parametrize("make", WITH_REGIONS, indirect=True)
def test_frames_carry_the_regions_of_their_own_number(make: Make) -> None:
    def gaze(scene: Size, number: int) -> Views:
        assert scene == Size(64, 48)
        return Views(
            whole=number % 3 == 0, regions=(Region(number % 8 * 2, 4, 32, 24),)
        )

    camera = make(Size(48, 36), gaze=gaze)
    taken = []
    for _ in range(5):
        frame = camera.read(5)
        assert frame is not None
        (closer,) = frame.closer
        assert closer.pixels.shape == (36, 48, 3)
        assert closer.pixels.flags.writeable
        assert closer.pixels.mean() > 20
        number = closer.region.left // 2
        assert frame.whole == (number % 3 == 0)
        taken.append(number)
        frame.erase()
        assert not closer.pixels.any()

    # a live camera may show one region twice, and never leaves one out
    assert all(step in (0, 1) for step in np.diff(taken).tolist())
    assert taken[0] == 0
    assert taken[-1] > 0


def test_time_rises_and_capture_never_goes_back(make: Make) -> None:
    camera = make(Size(32, 32))
    board = LinuxBoard()
    frames = [camera.read(5) for _ in range(8)]

    times = [frame.time_s for frame in frames if frame is not None]
    captured = [frame.captured_monotonic_s for frame in frames if frame is not None]
    assert len(times) == 8
    assert times == sorted(set(times))
    assert captured == sorted(captured)
    assert captured[-1] <= board.monotonic_s()


@pytest.mark.parametrize("make", ENDING, indirect=True)
def test_footage_ends_once_and_every_frame_was_taken_or_dropped(make: Make) -> None:
    camera = make(Size(32, 32))
    taken = 0
    while not camera.ended:
        taken += camera.read(0.2) is not None

    assert taken + camera.dropped == SHOWN
    assert camera.read(0) is None
    assert camera.ended


@pytest.mark.parametrize("make", ["looped"], indirect=True)
def test_footage_that_begins_again_does_not_end(make: Make) -> None:
    camera = make(Size(32, 32))

    assert all(camera.read(5) is not None for _ in range(3 * SHOWN))
    assert not camera.ended


def test_the_scene_is_known_from_the_beginning(make: Make) -> None:
    assert make(Size(32, 32)).scene == Size(64, 48)


def test_closing_twice_is_harmless_and_ends_all_threads(make: Make) -> None:
    before = set(threading.enumerate())
    camera = make(Size(32, 32))
    camera.read(5)

    camera.close()
    camera.close()

    assert set(threading.enumerate()) <= before
    assert camera.read(0) is None


def test_closing_unread_is_harmless(make: Make) -> None:
    before = set(threading.enumerate())

    make(Size(32, 32)).close()

    assert set(threading.enumerate()) <= before
