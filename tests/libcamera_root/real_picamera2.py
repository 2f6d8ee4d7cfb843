"""What libcamera and picamera2 themselves say; `scripts/libcamera-root run` runs it."""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from virtual_picamera2 import DRIVER  # type: ignore[import-not-found]

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.libcamera import Driver, LibcameraCamera

# What entering.py drew on the left half of the pictures.
COLOURS = np.array([(190, 60, 60), (60, 170, 60), (60, 60, 190), (200, 200, 60)])
# The virtual camera plays a JPEG's full-range BT.601 and says that it is Rec. 709.
TOLERANCE = 45
FIT = Size(320, 320)
BOARD = LinuxBoard()


def opened(camera_id: str = "Footage", **more: Any) -> LibcameraCamera:
    known: dict[str, Any] = {"fit": FIT, "board": BOARD, "driver": DRIVER, **more}
    return LibcameraCamera(camera_id=camera_id, **known)


@pytest.fixture
def camera() -> Iterator[LibcameraCamera]:
    camera = opened(rate_hz_max=50)
    yield camera
    camera.close()


def some(camera: LibcameraCamera, count: int) -> Iterator[Frame]:
    for _ in range(count):
        frame = camera.read(2.0)
        assert frame is not None
        yield frame


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def test_frames_come_in_the_detectors_size_and_in_the_colours_of_the_scene(
    camera: LibcameraCamera,
) -> None:
    assert camera.scene == Size(1280, 720)
    seen = set()
    for frame in some(camera, 40):
        assert frame.pixels.shape == (180, 320, 3)
        left = frame.pixels[:, 20:140].reshape(-1, 3).mean(axis=0)
        away = np.abs(COLOURS - left).max(axis=1)
        assert away.min() < TOLERANCE
        seen.add(int(away.argmin()))
        right = frame.pixels[:, 180:300]
        assert np.abs(right.astype(int) - 128).max() < TOLERANCE
        frame.erase()
        assert not frame.pixels.any()
    assert seen == {0, 1, 2, 3}


def test_time_is_the_sensors_own_and_goes_forward(camera: LibcameraCamera) -> None:
    frames = list(some(camera, 20))
    times = [frame.time_s for frame in frames]
    assert times == sorted(times)
    for frame in frames:
        assert -1e-5 < frame.captured_monotonic_s - frame.time_s < 1


def test_a_camera_of_a_thousand_frames_a_second_keeps_to_the_rate(
    camera: LibcameraCamera,
) -> None:
    frames = list(some(camera, 26))
    spent_s = frames[-1].captured_monotonic_s - frames[0].captured_monotonic_s
    assert spent_s > 25 / 50 - 0.15
    # What came too soon was not dropped; on a busy machine a few come too late.
    assert camera.dropped < 26


def test_frames_that_nobody_took_are_counted_and_the_latest_wins() -> None:
    camera = opened(rate_hz_max=100)
    try:
        for frame in some(camera, 3):
            frame.erase()
            BOARD.wait(0.2)
        late = camera.read(1.0)
        assert late is not None
        assert BOARD.monotonic_s() - late.captured_monotonic_s < 0.1
        assert 30 <= camera.dropped <= 61
    finally:
        camera.close()


def test_the_buffer_is_overwritten_before_it_is_given_back() -> None:
    left_behind = []

    @contextmanager
    def watched(request: Any, stream: str, *, reshape: bool) -> Iterator[Any]:
        with DRIVER.mapped(request, stream, reshape=reshape) as mapped:
            assert mapped.array.any()
            yield mapped
            left_behind.append(mapped.array.any())

    camera = opened(rate_hz_max=50, driver=replace(DRIVER, mapped=watched))
    for frame in some(camera, 5):
        frame.erase()
    camera.close()
    assert len(left_behind) >= 5
    assert not any(left_behind)


def test_a_size_that_the_camera_replaces_in_silence_is_noticed() -> None:
    camera = opened("Stubborn", size=Size(1280, 720))
    try:
        assert camera.scene == Size(640, 480)
        (frame,) = some(camera, 1)
        assert frame.scene == Size(640, 480)
        assert frame.pixels.shape == (240, 320, 3)
        # SMPTE bars: the second is yellow, the sixth is red.
        assert np.argsort(frame.pixels[80, 70])[0] == 2
        assert frame.pixels[80, 220].argmax() == 0
    finally:
        camera.close()


@pytest.fixture
def devices() -> list[Any]:
    return []


def remembering(devices: list[Any]) -> Driver:
    def open_device(number: int) -> Any:
        devices.append(DRIVER.open(number))
        return devices[-1]

    return Driver(DRIVER.cameras, open_device, DRIVER.mapped)


def test_a_starved_camera_is_silent_then_gone_and_comes_back(
    devices: list[Any],
) -> None:
    camera = opened(rate_hz_max=50, timeout_s=0.5, driver=remembering(devices))
    try:
        held = [devices[0].capture_request(wait=1.0) for _ in range(4)]
        while (frame := camera.read(0.1)) is not None:
            frame.erase()
        BOARD.wait(0.5)
        with pytest.raises(CameraUnavailableError, match=r"Footage: has given no pict"):
            camera.read(0.1)
        for request in held:
            request.release()
        assert camera.read(1.0) is not None
    finally:
        camera.close()


def test_thirty_openings_leave_nothing_open_and_nobody_running() -> None:
    opened(rate_hz_max=50).close()
    before, threads = descriptors(), threading.active_count()
    for _ in range(30):
        camera = opened(rate_hz_max=50)
        for frame in some(camera, 2):
            frame.erase()
        camera.close()
        camera.close()
    assert descriptors() <= before
    assert threading.active_count() <= threads


def test_a_closed_camera_gives_nothing() -> None:
    camera = opened()
    camera.close()
    assert camera.read(0.1) is None


# picamera2 leaves a pipe behind where it cannot open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_camera_that_another_has_is_unavailable(camera: LibcameraCamera) -> None:
    assert camera.read(1.0) is not None
    with pytest.raises(CameraUnavailableError, match="Footage: cannot be opened"):
        opened()
    assert camera.read(1.0) is not None
    gc.collect()


@pytest.mark.parametrize(
    ("camera_id", "words"),
    [
        pytest.param("Attic", "Attic: is not here; libcamera sees", id="unknown"),
        pytest.param(None, "sees 2 cameras .* name the one", id="not named"),
    ],
)
def test_a_camera_is_chosen_by_its_id(camera_id: str | None, words: str) -> None:
    with pytest.raises(CameraUnavailableError, match=words):
        LibcameraCamera(fit=FIT, board=BOARD, camera_id=camera_id, driver=DRIVER)


def test_a_fault_while_reading_a_picture_reaches_the_reader() -> None:
    def broken(*_: object, **__: object) -> AbstractContextManager[Any]:
        raise OSError("the memory is gone")

    mapped: Callable[..., AbstractContextManager[Any]] = broken
    camera = opened(driver=replace(DRIVER, mapped=mapped))
    try:
        with pytest.raises(CameraUnavailableError, match="the memory is gone"):
            camera.read(1.0)
    finally:
        camera.close()


def test_a_camera_that_is_locked_in_goes_on_giving_pictures() -> None:
    program = Path(__file__).with_name("locked_camera.py")
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, str(program), str(write_end), "60"], pass_fds=[write_end]
    )
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        frames = told.read()

    assert process.wait(30.0) == 0
    assert len(frames) == 60 * 64
    assert max(frames) > 0
