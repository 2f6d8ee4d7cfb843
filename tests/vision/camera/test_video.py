"""Footage of every kind, and what is no footage."""

import os
import subprocess
import sys
import textwrap
import threading
import tty
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera import live
from tallypost.vision.camera.video import VideoCamera

FIT = Size(32, 32)
Draw = Callable[..., Path]
Open = Callable[..., VideoCamera]


@pytest.fixture
def opened(board: SimulatedBoard) -> Iterator[Open]:
    """Open a camera that is closed after the test: `opened(path, pace="real")`."""
    cameras: list[VideoCamera] = []

    def open_camera(source: Path | str, **options: object) -> VideoCamera:
        arguments = {"fit": FIT, "board": board, **options}
        camera = VideoCamera(source=str(source), **arguments)  # type: ignore[arg-type]
        cameras.append(camera)
        return camera

    yield open_camera
    for camera in cameras:
        camera.close()


def play(camera: VideoCamera, most: int = 10_000) -> list[Frame]:
    """Return the frames until the end, not erased."""
    frames: list[Frame] = []
    while not camera.ended and len(frames) < most:
        frame = camera.read(5.0)
        if frame is not None:
            frames.append(frame)
    return frames


def times(frames: list[Frame]) -> list[float]:
    return [round(frame.time_s, 3) for frame in frames]


def middle(frame: Frame) -> tuple[int, ...]:
    height, width = frame.pixels.shape[:2]
    return tuple(int(part) for part in frame.pixels[height // 4, width // 4])


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.ts", "libx264", "yuv420p"),
        ("a.webm", "libvpx", "yuv420p"),
        ("a.y4m", "rawvideo", "gray"),
        ("a.mov", "qtrle", "rgb24"),
        ("a.gif", "gif", "rgb8"),
        ("a.mp4", "libx265", "yuv420p10le"),
    ],
)
def test_footage_gives_every_frame_at_its_time(
    draw_video: Draw, opened: Open, name: str, codec: str, kind: str
) -> None:
    camera = opened(draw_video(name, codec=codec, kind=kind))

    frames = play(camera)

    assert times(frames) == pytest.approx([0.1 * step for step in range(12)], abs=0.002)
    assert {frame.scene for frame in frames} == {Size(64, 48)} == {camera.scene}
    assert {frame.pixels.shape for frame in frames} == {(24, 32, 3)}
    assert camera.ended
    assert camera.dropped == 0
    assert camera.read(0) is None


def test_real_footage_plays_whole(data: Path, opened: Open) -> None:
    camera = opened(data / "footage" / "vtest.avi", fit=Size(320, 320))
    count = 0
    while (frame := camera.read(10)) is not None:
        assert frame.time_s == pytest.approx(count / 10, abs=1e-6)
        assert frame.pixels.shape == (240, 320, 3)
        frame.erase()
        count += 1

    assert count == 795
    assert camera.scene == Size(768, 576)


def test_variable_rates_are_honoured(draw_video: Draw, opened: Open) -> None:
    stamps = [0, 100, 150, 400, 1000, 1040, 1100, 1200, 1300, 1500, 1700, 3000]

    frames = play(opened(draw_video("a.mkv", stamps_ms=stamps)))

    assert times(frames) == [stamp / 1000 for stamp in stamps]


def test_erasing_a_frame_does_not_spoil_the_next(
    draw_video: Draw, opened: Open
) -> None:
    """This codec keeps what did not change, in the very buffer that fits already."""
    camera = opened(draw_video("a.mov", codec="qtrle", kind="rgb24"), fit=Size(64, 48))

    while (frame := camera.read(5)) is not None:
        assert middle(frame) == (230, 20, 20)
        frame.erase()
        assert not frame.pixels.any()


@pytest.mark.parametrize(
    ("options", "scene", "shape"),
    [
        ({"rotation": 90}, Size(48, 64), (32, 24, 3)),
        ({"rotation": 180}, Size(64, 48), (24, 32, 3)),
        ({"pixel_aspect": Fraction(16, 11)}, Size(93, 48), (17, 32, 3)),
    ],
    ids=["a quarter", "upside down", "broad pixels"],
)
def test_the_scene_is_what_a_person_would_see(
    draw_video: Draw,
    opened: Open,
    options: dict[str, object],
    scene: Size,
    shape: tuple[int, ...],
) -> None:
    camera = opened(draw_video("a.mp4", **options))
    frame = camera.read(5)

    assert camera.scene == scene
    assert frame is not None
    assert frame.pixels.shape == shape


def test_footage_that_loops_goes_on_in_time(draw_video: Draw, opened: Open) -> None:
    camera = opened(draw_video("a.mp4", count=4), loop=True)

    frames = play(camera, most=10)

    assert times(frames) == [round(0.1 * step, 3) for step in range(10)]
    assert not camera.ended


def test_a_rate_above_the_most_is_thinned_and_nothing_counts_as_dropped(
    draw_video: Draw, opened: Open
) -> None:
    camera = opened(draw_video("a.mp4", count=50, rate_hz=25), rate_hz_max=5)

    assert len(play(camera)) == 10
    assert camera.dropped == 0


def test_at_its_real_pace_a_slow_reader_loses_frames_that_are_counted(
    draw_video: Draw, opened: Open
) -> None:
    real = LinuxBoard()
    began_s = real.monotonic_s()
    camera = opened(draw_video("a.mp4", rate_hz=20), pace="real", board=real)
    first = camera.read(1)
    real.wait(0.3)
    rest = play(camera)

    assert first is not None
    assert 0.5 < real.monotonic_s() - began_s < 2
    assert camera.dropped >= 3
    assert 1 + len(rest) + camera.dropped == 12
    for frame in rest:
        # It came when it was due, as from a live camera.
        late_s = frame.captured_monotonic_s - first.captured_monotonic_s - frame.time_s
        assert -0.01 < late_s < 0.2


def test_decoding_runs_ahead_and_no_further_than_a_few_frames(
    draw_video: Draw, opened: Open, board: SimulatedBoard
) -> None:
    camera = opened(draw_video("a.mp4", count=30))
    board.advance(100)

    captured = [frame.captured_monotonic_s for frame in play(camera)]

    assert captured[0] == 0
    assert captured[-1] == 100


# --- pictures ----------------------------------------------------------------


def test_a_folder_of_pictures_plays_at_the_asked_rate(
    draw_picture: Draw, opened: Open, tmp_path: Path
) -> None:
    for number, grey in enumerate((10, 100, 200)):
        draw_picture(f"f/{number}.png", np.full((48, 64, 3), grey, np.uint8))

    frames = play(opened(tmp_path / "f", sequence_rate_hz=4))

    assert times(frames) == [0, 0.25, 0.5]
    assert [middle(frame)[0] for frame in frames] == [10, 100, 200]


@pytest.mark.parametrize("pattern", ["*.jpg", "img_%03d.jpg"])
def test_a_pattern_of_pictures_plays(
    draw_picture: Draw, opened: Open, tmp_path: Path, pattern: str
) -> None:
    for number in range(3):
        draw_picture(f"img_{number:03}.jpg")

    assert len(play(opened(tmp_path / pattern))) == 3


def test_pictures_of_several_kinds_and_sizes_play_together(
    draw_picture: Draw, opened: Open, tmp_path: Path
) -> None:
    draw_picture("f/1.png", np.full((10, 30, 3), 9, np.uint8))
    draw_picture("f/2.jpg")
    draw_picture("f/3.tif")

    frames = play(opened(tmp_path / "f"))

    assert [frame.scene for frame in frames] == [
        Size(30, 10),
        Size(64, 48),
        Size(64, 48),
    ]


@pytest.mark.parametrize(
    ("array_kind", "kind", "picture"),
    [
        pytest.param("rgb24", "rgb24", np.full((1, 1, 3), 100, np.uint8), id="1x1"),
        pytest.param("gray", "gray", np.full((48, 64), 100, np.uint8), id="grey"),
        pytest.param(
            "gray16le", "gray16be", np.full((48, 64), 25700, np.uint16), id="16 bit"
        ),
        pytest.param(
            "rgb48le", "rgb48be", np.full((48, 64, 3), 25700, np.uint16), id="48 bit"
        ),
        pytest.param("rgba", "rgba", np.full((48, 64, 4), 100, np.uint8), id="alpha"),
        pytest.param("rgb24", "monob", np.full((9, 8, 3), 255, np.uint8), id="1 bit"),
        pytest.param("rgb24", "rgb24", np.full((3, 999, 3), 100, np.uint8), id="odd"),
    ],
)
def test_single_pictures_of_every_kind_are_one_frame(
    draw_picture: Draw, opened: Open, array_kind: str, kind: str, picture: np.ndarray
) -> None:
    frames = play(opened(draw_picture("a.png", picture, array_kind, kind)))

    assert len(frames) == 1
    level = 255 if kind == "monob" else 100
    assert np.abs(frames[0].pixels.astype(int) - level).max() <= 2


def test_a_photograph_is_turned_as_its_exif_asks(
    draw_picture: Draw, opened: Open
) -> None:
    path = draw_picture("a.jpg")
    # Orientation 6: the camera stood on its side; turn the picture clockwise.
    exif = bytes.fromhex(
        "ffe10022 457869660000 4d4d002a00000008 0001 0112 0003 00000001 00060000"
        "00000000"
    )
    content = path.read_bytes()
    path.write_bytes(content[:2] + exif + content[2:])

    (frame,) = play(opened(path))

    assert frame.scene == Size(48, 64)
    assert np.allclose(middle(frame), (20, 20, 230), atol=30)  # was bottom left


def test_one_torn_picture_among_many_is_dropped_and_keeps_its_time(
    draw_picture: Draw, opened: Open, tmp_path: Path
) -> None:
    for number in (1, 3):
        draw_picture(f"f/{number}.png")
    (tmp_path / "f" / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")

    camera = opened(tmp_path / "f")

    assert times(play(camera)) == [0, 0.2]
    assert camera.dropped == 1


# --- what is wrong -----------------------------------------------------------


def test_a_picture_of_100_megapixels_is_refused_before_it_is_decoded(
    draw_picture: Draw, opened: Open
) -> None:
    path = draw_picture("a.png", np.zeros((10_000, 10_000), np.uint8), "gray", "gray")

    with pytest.raises(FootageError, match="at most 40 megapixels"):
        opened(path)


def test_a_video_of_too_many_pixels_is_refused(draw_video: Draw, opened: Open) -> None:
    path = draw_video("a.mov", count=1, size=(8000, 6000), codec="png", kind="gray")

    with pytest.raises(FootageError, match=r"a\.mov: .* at most 40 megapixels"):
        opened(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.mp4", b"hello\n" * 99, id="text in a video's name"),
        pytest.param("a.txt", b"hello\n" * 99, id="text"),
        pytest.param("a.jpg", b"\xff\xd8\xff" + b"\0" * 999, id="no JPEG"),
        pytest.param("a.png", b"hello\n" * 99, id="no PNG"),
        pytest.param("a.mkv", b"\x1a\x45\xdf\xa3" + b"\1" * 999, id="no Matroska"),
        pytest.param("a.m3u8", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", id="playlist"),
        pytest.param("a.mp4", b"ffconcat version 1.0\nfile /x\n", id="list of files"),
        pytest.param("a.wav", b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 99, id="sound"),
        pytest.param("noise.avi", bytes(range(256)) * 99, id="noise"),
    ],
)
def test_what_is_no_footage_is_told_by_its_name(
    opened: Open, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(FootageError, match=name):
        opened(tmp_path / name)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.avi", "mpeg4", {}),
        ("a.mkv", "libx264", {}),
        ("a.ts", "libx264", {}),
        ("a.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.mp4", "libx264", {"movflags": "faststart"}),
    ],
    ids=["avi", "mkv", "ts", "fragments", "faststart"],
)
def test_truncated_footage_plays_what_is_there(
    draw_video: Draw,
    opened: Open,
    name: str,
    codec: str,
    options: dict[str, str],
    share: float,
) -> None:
    path = draw_video(name, count=60, size=(320, 240), codec=codec, options=options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    camera = opened(path)
    frames = play(camera)

    assert 0 < len(frames) < 60
    assert camera.ended


def test_a_recording_without_its_end_where_the_end_holds_the_index_says_so(
    draw_video: Draw, opened: Open
) -> None:
    path = draw_video("a.mp4", count=60)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    with pytest.raises(FootageError, match=r"a\.mp4"):
        opened(path)


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.ts", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
    ],
    ids=["mp4", "mpeg4", "mjpeg", "ts", "mkv"],
)
def test_corrupt_bytes_in_the_middle_cost_some_frames_and_not_the_rest(
    draw_video: Draw, opened: Open, name: str, codec: str, kind: str
) -> None:
    path = draw_video(name, count=120, size=(160, 120), codec=codec, kind=kind)
    content = bytearray(path.read_bytes())
    begin, length = len(content) // 3, len(content) // 12
    noise = np.random.default_rng(1).integers(0, 256, length, np.uint8).tobytes()
    content[begin : begin + length] = noise
    path.write_bytes(content)

    camera = opened(path)
    frames = play(camera)

    assert 60 <= len(frames) < 120
    assert frames[-1].time_s > 10.0
    if name != "a.ts":  # there, whole packets may vanish without a trace
        assert camera.dropped > 0


def test_footage_whose_rest_cannot_be_read_plays_until_there_and_says_so(
    draw_video: Draw, opened: Open
) -> None:
    path = draw_video("a.y4m", codec="rawvideo", kind="gray")
    head, *frames = path.read_bytes().split(b"FRAME\n")
    path.write_bytes(b"FRAME\n".join([head, *frames[:6]]) + b"#" * 99_999)
    camera = opened(path)

    assert [camera.read(5) is not None for _ in range(6)] == [True] * 6
    with pytest.raises(FootageError, match=r"a\.y4m"):
        play(camera)


def test_who_asks_for_the_end_after_it_came_still_hears_what_went_wrong(
    draw_video: Draw, opened: Open
) -> None:
    path = draw_video("a.y4m", codec="rawvideo", kind="gray")
    head, *frames = path.read_bytes().split(b"FRAME\n")
    path.write_bytes(b"FRAME\n".join([head, *frames[:2]]) + b"#" * 99_999)
    camera = opened(path)
    assert [camera.read(5) is not None for _ in range(2)] == [True] * 2
    camera._thread.join(60)

    assert not camera.ended
    with pytest.raises(FootageError, match=r"a\.y4m"):
        camera.read(5)
    assert camera.ended


def test_a_torn_piece_between_two_pictures_is_stepped_over(
    draw_video: Draw, opened: Open
) -> None:
    path = draw_video("a.y4m", codec="rawvideo", kind="gray")
    head, *frames = path.read_bytes().split(b"FRAME\n")
    torn = frames[5] + b"#" * 80
    path.write_bytes(b"FRAME\n".join([head, *frames[:5], torn, *frames[6:]]))
    camera = opened(path)

    assert len(play(camera)) == 12
    assert camera.dropped == 1


def test_footage_that_changes_its_size_is_followed(
    draw_video: Draw, opened: Open
) -> None:
    first = draw_video("a.h264", count=3, size=(64, 48))
    second = draw_video("b.h264", count=3, size=(96, 96))
    first.write_bytes(first.read_bytes() + second.read_bytes())

    frames = play(opened(first))

    assert [frame.scene for frame in frames] == 3 * [Size(64, 48)] + 3 * [Size(96, 96)]
    assert times(frames) == sorted(set(times(frames)))


def test_a_file_that_vanishes_between_two_rounds_is_told(
    draw_picture: Draw, opened: Open
) -> None:
    path = draw_picture("a.png")
    camera = opened(path, loop=True)
    path.unlink()

    with pytest.raises(CameraUnavailableError, match=r"a\.png: cannot be read"):
        play(camera)


# --- devices -----------------------------------------------------------------


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_that_is_no_camera_says_so(opened: Open, device: str) -> None:
    with pytest.raises(CameraUnavailableError, match=f"^{device}: is no camera"):
        opened(device)


def read_on(camera: VideoCamera) -> None:
    for _ in range(100):
        camera.read(0.1)


@pytest.fixture
def pipe_as_camera(
    draw_video: Draw, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, threading.Event]]:
    """A terminal whose far end plays MJPEG: a character device, as a camera is.

    Setting the event pulls the plug. There is no V4L2 device without a kernel module,
    so FFmpeg's name for them is the one thing that is patched here.
    """
    monkeypatch.setattr(live, "DEVICE_FORMAT", "mjpeg")
    content = draw_video("a.mjpeg", count=30, codec="mjpeg", kind="yuvj420p")
    far, near = os.openpty()
    tty.setraw(near)
    unplug = threading.Event()

    def feed() -> None:
        pictures = content.read_bytes()
        for start in range(0, len(pictures), 1024):
            os.write(far, pictures[start : start + 1024])
        unplug.wait(30)
        os.close(far)

    feeder = threading.Thread(target=feed)
    feeder.start()
    name = os.ttyname(near)
    yield name, unplug
    unplug.set()
    feeder.join(60)
    os.close(near)


def test_a_device_that_is_unplugged_is_gone(
    pipe_as_camera: tuple[str, threading.Event], opened: Open
) -> None:
    device, unplug = pipe_as_camera
    camera = opened(device, board=LinuxBoard(), timeout_s=30)
    assert camera.read(5) is not None
    unplug.set()

    with pytest.raises(CameraUnavailableError, match=f"^{device}: "):
        read_on(camera)
    assert not camera.ended


def test_a_device_that_falls_silent_is_gone(
    pipe_as_camera: tuple[str, threading.Event], opened: Open
) -> None:
    device, _ = pipe_as_camera
    camera = opened(device, board=LinuxBoard(), timeout_s=0.4)

    with pytest.raises(CameraUnavailableError, match=r"gave no picture for|is silent"):
        read_on(camera)


# --- the end -----------------------------------------------------------------


def test_a_failed_opening_leaves_no_thread(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"hello\n" * 99)
    before = set(threading.enumerate())

    with pytest.raises(CameraError):
        opened(tmp_path / "a.mp4")

    assert set(threading.enumerate()) <= before


def test_a_reader_that_dies_without_closing_ends_in_peace(draw_video: Draw) -> None:
    script = textwrap.dedent(
        f"""
        from tallypost.board.linux import LinuxBoard
        from tallypost.domain.vision import Size
        from tallypost.vision.camera.video import VideoCamera

        camera = VideoCamera(source={str(draw_video("a.mp4"))!r}, fit=Size(32, 32),
                             board=LinuxBoard(), loop=True)
        camera.read(1)
        """
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=30, check=False
    )

    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")


def test_footage_that_plays_for_long_keeps_no_picture_in_memory(
    draw_video: Callable[..., Path],
) -> None:
    film = draw_video("long.mp4", count=60)
    camera = VideoCamera(
        source=str(film), fit=Size(320, 240), board=LinuxBoard(), loop=True
    )

    def look(count: int) -> int:
        for _ in range(count):
            frame = camera.read(5.0)
            assert frame is not None
            frame.erase()
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    before = look(200)
    after = look(400)
    camera.close()

    assert after - before < 20_000_000, "400 pictures of 320x240 are 92 MB"
