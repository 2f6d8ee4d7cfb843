"""vision/camera/gstreamer.py, with real GStreamer."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraUnavailableError, FootageError
from tallypost.vision.camera import gstreamer, pipelines, plumbing
from tallypost.vision.camera.gstreamer import GstreamerCamera

BOARD = LinuxBoard()
FIT = Size(320, 320)
# SMPTE's colour bars, from the left, as far as they reach down.
BARS = ["white", "yellow", "cyan", "green", "magenta", "red", "blue"]
RGB = {
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "green": (0, 255, 0),
    "magenta": (255, 0, 255),
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
}
DrawVideo = Callable[..., Path]


@pytest.fixture(scope="module")
def gst() -> Any:
    try:
        return gstreamer._load()
    except CameraUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def opened(gst: Any) -> Iterator[Callable[..., GstreamerCamera]]:
    del gst
    cameras = []

    def open_camera(origin: pipelines.Origin, **more: Any) -> GstreamerCamera:
        known: dict[str, Any] = {"fit": FIT, "board": BOARD, **more}
        cameras.append(GstreamerCamera(origin=origin, **known))
        return cameras[-1]

    yield open_camera
    for camera in cameras:
        camera.close()


Open = Callable[..., GstreamerCamera]


def read(camera: GstreamerCamera, timeout_s: float = 2.0) -> Frame:
    frame = camera.read(timeout_s)
    assert frame is not None
    return frame


def all_frames(camera: GstreamerCamera) -> list[Frame]:
    frames = []
    while (frame := camera.read(2.0)) is not None:
        frames.append(frame)
    return frames


def test_the_test_picture_comes_in_its_own_colours(opened: Open) -> None:
    camera = opened("test")
    frame = read(camera)
    assert camera.scene == frame.scene == Size(1280, 720)
    assert frame.pixels.shape == (180, 320, 3)
    for number, name in enumerate(BARS):
        column = int((number + 0.5) * 320 / 7)
        np.testing.assert_allclose(frame.pixels[50, column], RGB[name], atol=8)
    frame.erase()
    assert not frame.pixels.any()


@pytest.mark.parametrize(
    ("size", "fit", "shape"),
    [
        pytest.param(Size(640, 480), FIT, (240, 320), id="4:3"),
        pytest.param(Size(320, 640), FIT, (320, 160), id="tall"),
        pytest.param(Size(160, 120), FIT, (240, 320), id="enlarged"),
        pytest.param(Size(1280, 720), Size(333, 333), (187, 333), id="padded rows"),
        pytest.param(Size(320, 320), FIT, (320, 320), id="as it is"),
    ],
)
def test_pictures_fit_the_detector_in_their_own_shape(
    opened: Open, size: Size, fit: Size, shape: tuple[int, int]
) -> None:
    camera = opened("test", size=size, fit=fit)
    frame = read(camera)
    assert frame.pixels.shape == (*shape, 3)
    assert frame.scene == size
    # Torn rows would mix the bars.
    left = frame.pixels[: shape[0] // 2, : shape[1] // 8]
    assert left.min() > 240


def test_a_live_picture_is_dated_when_it_was_taken(opened: Open) -> None:
    camera = opened("test")
    times = [read(camera).time_s for _ in range(4)]
    assert times == sorted(set(times))
    assert 0 <= BOARD.monotonic_s() - times[-1] < 1


def test_the_latest_frame_wins_and_the_others_are_counted(opened: Open) -> None:
    camera = opened("test")
    read(camera)
    BOARD.wait(0.5)
    frame = read(camera)
    assert BOARD.monotonic_s() - frame.captured_monotonic_s < 0.2
    assert 8 <= camera.dropped <= 16


def test_frames_beyond_the_wanted_rate_are_left_out_and_not_dropped(
    opened: Open,
) -> None:
    camera = opened("test", rate_hz_max=10)
    times = [read(camera).time_s for _ in range(5)]
    assert times[-1] - times[0] == pytest.approx(0.4, abs=0.08)
    assert camera.dropped == 0


def test_a_camera_that_falls_silent_is_gone_after_a_while(
    opened: Open, gst: Any
) -> None:
    camera = opened("test", timeout_s=0.5)
    read(camera)
    camera._running.set_state(gst.State.PAUSED)
    while camera.read(0.2) is not None:
        pass
    BOARD.wait(0.5)
    with pytest.raises(CameraUnavailableError, match="has given no picture for"):
        camera.read(0.1)
    assert not camera.ended


def test_a_live_camera_that_ends_is_gone(opened: Open, gst: Any) -> None:
    camera = opened("test")
    camera._running.send_event(gst.Event.new_eos())
    with pytest.raises(CameraUnavailableError, match="gives no more pictures"):
        all_frames(camera)


def test_no_picture_of_footage_is_lost(opened: Open, draw_video: DrawVideo) -> None:
    path = draw_video("marks.mp4", count=40, size=(320, 240), rate_hz=10)
    camera = opened("file", location=str(path))
    BOARD.wait(0.2)
    marks = []
    for number in range(40):
        frame = read(camera)
        assert frame.time_s == pytest.approx(number / 10, abs=0.002)
        marks.append(int(frame.pixels[120].sum(axis=1).argmax()))
        frame.erase()
    assert camera.read(1.0) is None
    assert camera.ended
    assert camera.dropped == 0
    # The mark moves by 7 pixels from one picture to the next.
    assert (np.diff(marks) > 0).all()
    assert marks[-1] - marks[0] == pytest.approx(39 * 7, abs=8)


def test_footage_can_be_thinned_by_its_own_time(
    opened: Open, draw_video: DrawVideo
) -> None:
    path = draw_video("thin.mp4", count=40, rate_hz=20)
    camera = opened("file", location=str(path), rate_hz_max=5)
    times = [frame.time_s for frame in all_frames(camera)]
    assert times == pytest.approx([number / 5 for number in range(10)], abs=0.002)
    assert camera.dropped == 0


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_footage_of_several_kinds_plays_in_its_own_colours(
    opened: Open, draw_video: DrawVideo, name: str
) -> None:
    codec = "mpeg4" if name.endswith("avi") else "libx264"
    path = draw_video(name, size=(320, 240), codec=codec)
    pixels = read(opened("file", location=str(path))).pixels
    assert pixels[30, 60].argmax() == 0
    assert pixels[30, 300].argmax() == 1
    assert pixels[200, 60].argmax() == 2


def test_wide_pixels_are_shown_square(opened: Open, draw_video: DrawVideo) -> None:
    path = draw_video("wide.mp4", size=(320, 240), pixel_aspect=Fraction(2, 1))
    camera = opened("file", location=str(path))
    assert read(camera).pixels.shape == (120, 320, 3)
    assert camera.scene == Size(640, 240)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        pytest.param(None, CameraUnavailableError, "there and can be read", id="none"),
        pytest.param(b"", FootageError, "give footage", id="empty"),
        pytest.param(b"Dear diary\n" * 999, FootageError, "give footage", id="text"),
        pytest.param(
            b"\x00\xff" * 9999, FootageError, "type of stream|foot", id="noise"
        ),
    ],
)
def test_a_file_that_is_no_footage_is_said(
    opened: Open,
    tmp_path: Path,
    content: bytes | None,
    error: type[Exception],
    words: str,
) -> None:
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=rf"film\.mp4: .*({words})"):
        opened("file", location=str(path))


def test_a_file_that_was_cut_short_ends_or_says_so(
    opened: Open, draw_video: DrawVideo
) -> None:
    path = draw_video("cut.mkv", count=60, size=(320, 240))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    camera = opened("file", location=str(path))
    try:
        frames = all_frames(camera)
    except FootageError:
        return
    assert 0 < len(frames) < 60
    assert camera.ended


def test_who_asks_for_the_end_after_it_came_still_hears_what_went_wrong(
    opened: Open, draw_video: DrawVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    readable = iter([plumbing.pixels_of] * 3)

    def pixels_of(*sample: Any) -> Any:
        return next(readable)(*sample)

    monkeypatch.setattr(plumbing, "pixels_of", pixels_of)
    camera = opened("file", location=str(draw_video("a.mp4")))
    assert [camera.read(2.0) is not None for _ in range(3)] == [True] * 3
    for _ in range(50):
        BOARD.wait(0.0 if camera._mailbox.barren else 0.1)
    assert not camera.ended
    with pytest.raises(CameraUnavailableError, match="its picture cannot be read"):
        camera.read(2.0)
    assert camera.ended


@pytest.mark.parametrize("device", ["/dev/video99", "/dev/null", "/", "a\0b", ""])
def test_a_device_that_is_no_camera_is_said(opened: Open, device: str) -> None:
    with pytest.raises(CameraUnavailableError):
        opened("usb", device=device)


@pytest.mark.parametrize(
    "location",
    [
        "film.mp4 ! fakesink name=evil",
        '" ! filesink location=/tmp/stolen',
        "film.mp4\n! fakesink",
        "a\0b",
        "",
    ],
)
def test_no_path_becomes_part_of_a_pipeline(opened: Open, location: str) -> None:
    assert location not in pipelines.footage(location).text or not location
    with pytest.raises(CameraUnavailableError):
        opened("file", location=location)
    assert not Path("/tmp/stolen").exists()


def test_an_element_that_is_missing_is_said_with_its_package(opened: Open) -> None:
    with pytest.raises(
        CameraUnavailableError,
        match=r"CSI camera 1: GStreamer has no nvarguscamerasrc .* nvidia-l4t-gstream",
    ):
        opened("csi", sensor_id=1)


def test_every_element_has_a_package_to_install() -> None:
    size = Size(4, 4)
    built = [
        pipelines.csi(0, size, size),
        pipelines.usb("", size, jpeg=True),
        pipelines.usb("", None, jpeg=False),
        pipelines.question(""),
        pipelines.footage(""),
        pipelines.bars(size, 1),
    ]
    for pipeline in built:
        assert set(pipeline.elements) <= set(pipelines.PACKAGES)


def stand_in(text: str) -> str:
    """Return a pipeline with what every machine has in place of what this one lacks."""
    for theirs, ours in {
        "nvarguscamerasrc": "videotestsrc num-buffers=2",
        "v4l2src": "videotestsrc num-buffers=2",
        "nvvidconv": "videoscale ! videoconvert",
        "(memory:NVMM)": "",
        " image/jpeg": " jpegenc ! image/jpeg",
    }.items():
        text = text.replace(theirs, ours)
    return text


@pytest.mark.parametrize(
    "pipeline",
    [
        pytest.param(pipelines.csi(1, Size(1920, 1080), Size(320, 180)), id="csi"),
        pytest.param(pipelines.usb("/dev/video0", None, jpeg=False), id="usb"),
        pytest.param(
            pipelines.usb("/dev/video0", Size(640, 360), jpeg=False), id="usb raw"
        ),
        pytest.param(
            pipelines.usb("/dev/video0", Size(1280, 720), jpeg=True), id="usb jpeg"
        ),
    ],
)
def test_pipelines_for_other_machines_run_on_stand_ins(
    gst: Any, pipeline: pipelines.Pipeline
) -> None:
    for part in pipeline.text.split(" ! "):
        if "/" in part.split()[0]:
            assert gst.Caps.from_string(part) is not None
    running = gst.parse_launch(stand_in(pipeline.text))
    assert running.get_by_name(pipelines.SOURCE) is not None
    sink = running.get_by_name(pipelines.SINK)
    running.set_state(gst.State.PLAYING)
    sample = sink.emit("pull-sample")
    caps = sample.get_caps().get_structure(0)
    running.set_state(gst.State.NULL)
    assert caps.get_value("format") == "RGB"
    if pipeline.scene is not None:
        assert (caps.get_value("width"), caps.get_value("height")) == (320, 180)


def test_a_ribbon_cable_camera_is_scaled_by_nvidias_converter() -> None:
    pipeline = pipelines.csi(1, Size(1920, 1080), Size(320, 180))
    assert pipeline.properties == {"sensor-id": 1}
    assert (
        "video/x-raw(memory:NVMM),format=NV12,width=1920,height=1080 ! nvvidconv "
        "! video/x-raw,format=BGRx,width=320,height=180 ! videoconvert"
    ) in pipeline.text


def test_opening_and_closing_leaves_nobody_running(opened: Open) -> None:
    opened("test").close()
    threads = threading.active_count()
    for _ in range(5):
        camera = opened("test")
        read(camera).erase()
        camera.close()
        camera.close()
        assert camera.read(0.1) is None
    assert threading.active_count() <= threads


def test_footage_that_nobody_reads_can_be_closed(
    opened: Open, draw_video: DrawVideo
) -> None:
    camera = opened("file", location=str(draw_video("unread.mp4", count=60)))
    before_s = time.monotonic()
    camera.close()
    assert time.monotonic() - before_s < 1.5


def test_the_buffer_that_a_frame_came_in_is_overwritten(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples: list[Any] = []
    bring = GstreamerCamera._bring

    def remembering(camera: GstreamerCamera, sample: Any) -> None:
        bring(camera, sample)
        samples.append(bytes(sample.get_buffer().extract_dup(0, 9999)))

    monkeypatch.setattr(GstreamerCamera, "_bring", remembering)
    camera = opened("test")
    assert read(camera).pixels.any()
    BOARD.wait(0.1)
    camera.close()
    assert samples
    assert not any(any(sample) for sample in samples)


def test_a_machine_without_gstreamer_is_told_what_to_install() -> None:
    program = (
        "import sys; sys.modules['gi'] = None\n"
        "from tallypost.board.linux import LinuxBoard\n"
        "from tallypost.domain.vision import Size\n"
        "from tallypost.vision.camera.gstreamer import GstreamerCamera\n"
        "GstreamerCamera(origin='test', fit=Size(320, 320), board=LinuxBoard())\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert "CameraUnavailableError: GStreamer: cannot be loaded" in answer.stderr
    assert "install python3-gst-1.0" in answer.stderr
