"""vision/camera/libcamera.py.

What real picamera2 says is asked in tests/libcamera_root/real_picamera2.py, which the
last test here runs in a Debian of its own. A simulated device plays the cameras that
libcamera's virtual one cannot: other formats, cables that come off, drivers that hang.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Region, Size, Views
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.libcamera import Driver, LibcameraCamera

ROOT = Path(__file__).parent.parent.parent.parent
BOARD = LinuxBoard()
FIT = Size(320, 320)
GREY = 120


@dataclass
class Device:
    """A camera as picamera2 shows it, with the faults that it is given.

    Attributes:
        format: What it gives, whatever is asked for; None gives what is asked for.
        size: Of every stream, whatever is asked for; None gives what is asked for.
        refused: Formats of the small stream at which `configure` raises.
        refuses_main: `configure` raises at the main picture alone, too.
        one_stream: It has no second stream, and stumbles over the wish as libcamera's
            USB cameras do.
        frames: How many it gives before it falls silent; None never does.
        start_error: What `start` raises.
        limits: Shortest and longest time between frames, in microseconds.
    """

    format: str | None = None
    size: tuple[int, int] | None = None
    refused: tuple[str, ...] = ()
    refuses_main: bool = False
    one_stream: bool = False
    frames: int | None = None
    start_error: Exception | None = None
    limits: tuple[int, int] | None = (10_000, 1_000_000)
    hangs: bool = False
    stamp: Callable[[], object] = time.monotonic_ns
    pre_callback: Callable[[Any], None] | None = None
    controls: dict[str, Any] = field(default_factory=dict)
    closed: threading.Event = field(default_factory=threading.Event)
    buffer: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint8))
    buffers: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def camera_controls(self) -> dict[str, Any]:
        return {} if self.limits is None else {"FrameDurationLimits": self.limits}

    def set_controls(self, controls: dict[str, Any]) -> None:
        self.controls |= controls

    def create_video_configuration(self, **wanted: Any) -> dict[str, Any]:
        assert wanted["queue"] is False
        return {
            name: dict(wanted[name]) if wanted[name] else None
            for name in ("main", "lores")
        }

    def configure(self, config: dict[str, Any]) -> None:
        if config["lores"]:
            if self.one_stream:
                raise AttributeError("'NoneType' object has no attribute 'orientation'")
            if config["lores"]["format"] in self.refused:
                raise RuntimeError("lores stream must be YUV")
        elif self.refuses_main:
            raise RuntimeError("Failed to configure camera")
        for name, stream in config.items():
            if not stream:
                continue
            width, height = stream["size"] = self.size or stream["size"]
            assert width % 2 == height % 2 == 0
            stream["format"] = self.format or stream["format"]
            # Rows are padded to 64 bytes, as on a Raspberry Pi.
            stream["stride"] = -(-width * 3 // 64) * 64
            self.buffer = np.full(stream["stride"] * height * 2, GREY, np.uint8)
            self.buffers[name] = self.buffer
        self.config = config

    def camera_configuration(self) -> dict[str, Any]:
        return self.config

    def start(self) -> None:
        if self.start_error is not None:
            raise self.start_error
        self.thread = threading.Thread(target=self._play, daemon=True)
        self.thread.start()

    def _play(self) -> None:
        count = 0
        while not self.closed.wait(0.01) and count != self.frames:
            count += 1
            for buffer in self.buffers.values():
                buffer[:] = GREY
            if self.pre_callback is not None:
                self.pre_callback(self)

    def get_metadata(self) -> dict[str, object]:
        return {"SensorTimestamp": self.stamp()}

    def close(self) -> None:
        if self.hangs:
            threading.Event().wait(60)
        self.closed.set()


@contextmanager
def mapped(device: Device, stream: str, *, reshape: bool) -> Iterator[Any]:
    assert not reshape
    yield SimpleNamespace(array=device.buffers[stream])


def driver(device: Device, *ids: str) -> Driver:
    def open_device(number: int) -> Device:
        assert ids[number] == "porch"
        return device

    return Driver(lambda: [{"Id": name} for name in ids], open_device, mapped)


def opened(device: Device, **more: Any) -> LibcameraCamera:
    known: dict[str, Any] = {"timeout_s": 0.4, "camera_id": "porch", **more}
    return LibcameraCamera(
        fit=FIT, board=BOARD, driver=driver(device, "attic", "porch"), **known
    )


def test_picamera2_that_is_missing_is_said_with_the_way_to_get_it() -> None:
    if _has_picamera2():
        pytest.skip("picamera2 is installed here")
    with pytest.raises(CameraUnavailableError, match="install python3-picamera2 and"):
        LibcameraCamera(fit=FIT, board=BOARD)


def _has_picamera2() -> bool:
    probe = [sys.executable, "-c", "import picamera2"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("ids", "camera_id", "words"),
    [
        pytest.param((), None, "sees no camera; check the ribbon", id="none"),
        pytest.param(("attic",), "porch", "porch: is not here; .* attic", id="other"),
        pytest.param(
            ("attic", "porch"), None, "2 cameras .attic, porch.; name", id="two"
        ),
    ],
)
def test_a_camera_that_is_not_there_is_said(
    ids: tuple[str, ...], camera_id: str | None, words: str
) -> None:
    with pytest.raises(CameraUnavailableError, match=words):
        LibcameraCamera(
            fit=FIT, board=BOARD, camera_id=camera_id, driver=driver(Device(), *ids)
        )


def test_a_camera_that_another_program_has_is_said() -> None:
    def busy(_: int) -> Any:
        cause = RuntimeError("Failed to acquire camera: Device or resource busy")
        raise RuntimeError("Camera __init__ sequence did not complete.") from cause

    known = Driver(lambda: [{"Id": "porch"}], busy, mapped)
    with pytest.raises(
        CameraUnavailableError, match=r"porch: .*resource busy.*other p"
    ):
        LibcameraCamera(fit=FIT, board=BOARD, driver=known)


@pytest.mark.parametrize(
    ("device", "scene", "shape"),
    [
        pytest.param(Device(), (1280, 720), (180, 320), id="a Raspberry Pi 5"),
        pytest.param(
            Device(refused=("BGR888",)), (1280, 720), (180, 320), id="a Raspberry Pi 4"
        ),
        pytest.param(
            Device(one_stream=True, format="YUYV", size=(640, 480)),
            (640, 480),
            (240, 320),
            id="a USB camera",
        ),
        pytest.param(
            Device(format="NV12", size=(1920, 1080)),
            (1920, 1080),
            (180, 320),
            id="one size, another than asked for",
        ),
        pytest.param(
            Device(format="RGB888", size=(320, 240)),
            (320, 240),
            (240, 320),
            id="smaller than asked for",
        ),
    ],
)
def test_whatever_the_camera_gives_the_detector_gets_what_fits(
    device: Device, scene: tuple[int, int], shape: tuple[int, int]
) -> None:
    camera = opened(device)
    frame = camera.read(1.0)
    camera.close()
    assert frame is not None
    assert camera.scene == frame.scene == scene
    assert frame.pixels.shape == (*shape, 3)
    assert frame.pixels.any()


@pytest.mark.parametrize(
    ("refused", "wanted"),
    [
        pytest.param((), "BGR888", id="RGB from the ISP where it can"),
        pytest.param(("BGR888",), "YUV420", id="YUV where it cannot"),
    ],
)
def test_the_isp_is_asked_for_the_detectors_size(
    refused: tuple[str, ...], wanted: str
) -> None:
    device = Device(refused=refused)
    opened(device).close()
    assert device.config["lores"]["format"] == wanted
    assert device.config["lores"]["size"] == (320, 180)


def test_a_camera_that_refuses_every_stream_is_said() -> None:
    device = Device(refused=("BGR888", "YUV420"), refuses_main=True)
    with pytest.raises(CameraUnavailableError, match="porch: cannot give 1280x720"):
        opened(device)
    assert device.closed.is_set()


def test_jpeg_pictures_are_refused_with_another_way() -> None:
    with pytest.raises(CameraUnavailableError, match=r"porch: .*MJPEG.* V4L2 device"):
        opened(Device(one_stream=True, format="MJPEG"))


def test_the_sensor_runs_at_the_wanted_rate_as_near_as_it_can() -> None:
    for rate_hz_max, period_us in ((20, 50_000), (1000, 10_000), (0.1, 1_000_000)):
        device = Device()
        opened(device, rate_hz_max=rate_hz_max).close()
        assert device.controls == {"FrameDurationLimits": (period_us, period_us)}


def test_frames_beyond_the_wanted_rate_are_left_out_and_not_dropped() -> None:
    camera = opened(Device(limits=None), rate_hz_max=20)
    frames = [camera.read(1.0) for _ in range(6)]
    camera.close()
    times = [frame.time_s for frame in frames if frame is not None]
    assert times[-1] - times[0] == pytest.approx(5 / 20, abs=0.1)
    assert camera.dropped == 0


def test_the_latest_frame_wins_and_the_others_are_counted() -> None:
    camera = opened(Device(frames=30))
    BOARD.wait(0.6)
    assert camera.read(0.1) is not None
    assert camera.dropped == 29
    camera.close()


def test_the_buffer_is_overwritten_as_soon_as_it_was_read() -> None:
    device = Device(frames=1)
    camera = opened(device)
    assert not device.buffer.any()
    camera.close()


@pytest.mark.parametrize("stamp", [lambda: None, lambda: 5, lambda: "soon"])
def test_a_driver_without_a_clock_is_dated_by_arrival(
    stamp: Callable[[], object],
) -> None:
    camera = opened(Device(stamp=stamp))
    frame = camera.read(1.0)
    camera.close()
    assert frame is not None
    assert frame.time_s == pytest.approx(frame.captured_monotonic_s, abs=0.01)


def test_a_camera_that_falls_silent_is_gone_after_a_while() -> None:
    camera = opened(Device(frames=3))
    read_on(camera)
    with pytest.raises(CameraUnavailableError, match="porch: has given no picture for"):
        camera.read(0.5)
    camera.close()
    assert camera.read(0.1) is None


def test_a_camera_that_never_gives_a_picture_cannot_be_opened() -> None:
    device = Device(frames=0)
    with pytest.raises(CameraUnavailableError, match="porch: gave no picture within"):
        opened(device)
    assert device.closed.is_set()


def test_a_camera_that_cannot_be_started_is_given_back() -> None:
    device = Device(start_error=RuntimeError("Broken pipe"))
    with pytest.raises(CameraUnavailableError, match=r"cannot be started .Broken pipe"):
        opened(device)
    assert device.closed.is_set()


def test_closing_a_camera_that_hangs_returns_all_the_same() -> None:
    camera = opened(Device(hangs=True))
    before_s = time.monotonic()
    camera.close()
    camera.close()
    assert time.monotonic() - before_s < 4
    assert camera.read(0.1) is None


def test_a_buffer_that_is_too_short_reaches_the_reader() -> None:
    device = Device()
    camera = opened(device)
    device.buffers["lores"] = np.zeros(100, np.uint8)
    with pytest.raises(CameraUnavailableError, match=r"porch: .*buffer of 100 bytes"):
        read_on(camera)
    camera.close()


def read_on(camera: LibcameraCamera) -> None:
    while camera.read(0.2) is not None:
        pass


# What tests/libcamera_root/real_picamera2.py looks for on the left half.
COLOURS = ((190, 60, 60), (60, 170, 60), (60, 60, 190), (200, 200, 60))


def draw_footage(folder: Path) -> None:
    for number, colour in enumerate(COLOURS):
        picture = np.full((720, 1280, 3), 128, np.uint8)
        picture[:, :640] = colour
        codec = av.codec.CodecContext.create("mjpeg", "w")
        assert isinstance(codec, av.VideoCodecContext)
        codec.width, codec.height, codec.pix_fmt = 1280, 720, "yuvj420p"
        codec.time_base = Fraction(1, 1)
        frame = av.VideoFrame.from_ndarray(picture, "rgb24")
        packets = codec.encode(frame.reformat(format="yuvj420p")) + codec.encode(None)
        path = folder / f"{number}.jpg"
        path.write_bytes(b"".join(bytes(packet) for packet in packets))


def libcamera_root(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "libcamera-root"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=900,
    )


@pytest.mark.slow
def test_real_picamera2_keeps_the_contract_on_libcameras_virtual_camera(
    tmp_path: Path,
) -> None:
    built = libcamera_root("build")
    if built.returncode == 3 and os.environ.get("TALLYPOST_REQUIRE_ROOT") != "1":
        pytest.skip(built.stderr.strip().splitlines()[-1])
    assert built.returncode == 0, built.stderr
    draw_footage(tmp_path)
    # picamera2 itself calls what Python 3.13 warns of.
    pytest_inside = "python3 -m pytest -q -p no:cacheprovider -W ignore::Deprecation"
    answer = libcamera_root(
        "run",
        "--frames",
        str(tmp_path),
        *f"{pytest_inside}Warning tests/libcamera_root/real_picamera2.py".split(),
        "tests/libcamera_root/canary_camera.py",
    )
    assert answer.returncode == 0, f"{answer.stdout}\n{answer.stderr}"
    assert " passed" in answer.stdout


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(Device(), id="a Raspberry Pi 5"),
        pytest.param(Device(refused=("BGR888",)), id="a Raspberry Pi 4"),
        pytest.param(
            Device(one_stream=True, format="YUYV", size=(640, 480)), id="a USB camera"
        ),
    ],
)
def test_regions_are_cut_from_the_main_picture_and_erased_with_the_frame(
    device: Device,
) -> None:
    regions = (Region(0, 0, 320, 320), Region(200, 100, 160, 120))

    def gaze(_scene: Size, number: int) -> Views:
        return Views(whole=number > 0, regions=regions[: number + 1])

    camera = opened(device, gaze=gaze)
    try:
        first, second = camera.read(5), camera.read(5)
        assert first is not None
        assert second is not None
        assert [each.region for each in first.closer] == [regions[0]]
        assert not first.whole
        assert second.closer[0].pixels.shape == (320, 320, 3)
        assert all(each.pixels.any() for each in second.closer)

        second.erase()

        assert not any(each.pixels.any() for each in second.closer)
    finally:
        camera.close()
