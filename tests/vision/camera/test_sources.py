"""What the words of a source mean."""

import os
import traceback
from pathlib import Path

import pytest

from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera.sources import (
    Device,
    Pictures,
    Stream,
    VideoFile,
    parse,
)


def touch(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")


def test_a_folder_is_its_pictures_in_the_order_of_people(tmp_path: Path) -> None:
    touch(tmp_path / "f", "a10.jpg", "a2.JPG", "a1.png", "notes.txt")

    source = parse(str(tmp_path / "f"))

    assert isinstance(source, Pictures)
    assert [path.name for path in source.paths] == ["a1.png", "a2.JPG", "a10.jpg"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        pytest.param("*.jpg", ["img_00001.jpg", "img_00002.jpg"], id="glob"),
        pytest.param("img_%05d.jpg", ["img_00001.jpg", "img_00002.jpg"], id="printf"),
        pytest.param("img_%05d.png", ["img_00003.png"], id="printf by suffix"),
        pytest.param("img_%d.png", ["img_7.png", "img_00003.png"], id="no width"),
    ],
)
def test_a_pattern_is_the_pictures_that_it_names(
    tmp_path: Path, pattern: str, names: list[str]
) -> None:
    touch(tmp_path / "f", "img_00001.jpg", "img_00002.jpg", "img_00003.png")
    touch(tmp_path / "f", "img_7.png")

    source = parse(str(tmp_path / "f" / pattern))

    assert isinstance(source, Pictures)
    assert sorted(path.name for path in source.paths) == sorted(names)


def test_a_name_that_looks_like_a_pattern_is_still_a_name(tmp_path: Path) -> None:
    touch(tmp_path, "odd[1]%03d.mp4")

    assert isinstance(parse(str(tmp_path / "odd[1]%03d.mp4")), VideoFile)


def test_a_character_device_is_a_camera() -> None:
    assert isinstance(parse("/dev/null"), Device)


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        pytest.param("gone.mp4", CameraUnavailableError, "is not there", id="missing"),
        pytest.param("", CameraUnavailableError, "is not there", id="nothing"),
        pytest.param("a\0b", CameraUnavailableError, "is not there", id="nul"),
        pytest.param("x" * 9999, CameraUnavailableError, "is not there", id="long"),
        pytest.param(
            "/dev/video99", CameraUnavailableError, "plug the camera in", id="device"
        ),
        pytest.param("empty.mp4", FootageError, "is empty", id="empty"),
        pytest.param("bare", FootageError, "holds no pictures", id="bare folder"),
        pytest.param("*.jpg", FootageError, "holds no pictures", id="barren glob"),
        pytest.param("i_%d.jpg", FootageError, "holds no pictures", id="printf"),
        pytest.param("pipe", FootageError, "neither a file nor", id="fifo"),
    ],
)
def test_what_can_hold_no_pictures_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    kind: type[CameraError],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "bare").mkdir()
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(kind, match=words):
        parse(source)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_we_may_not_read_says_so(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4")
    (tmp_path / "a.mp4").chmod(0)

    with pytest.raises(CameraUnavailableError, match="may not be read"):
        parse(str(tmp_path / "a.mp4"))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        pytest.param(
            "rtsp://admin:S3cret@10.0.0.5:554/Streaming/101?token=S3cret",
            "rtsp://10.0.0.5:554/Streaming/101",
            id="user info and query",
        ),
        pytest.param(
            "rtsp://10.0.0.5/user=admin&password=S3cret&channel=1",
            "rtsp://10.0.0.5/...",
            id="in the path",
        ),
        pytest.param("https://[::1]:8443/mjpg", "https://[::1]:8443/mjpg", id="v6"),
        pytest.param("RTSP://cam.example/a", "rtsp://cam.example/a", id="capitals"),
    ],
)
def test_a_stream_is_called_by_host_and_path(address: str, place: str) -> None:
    source = parse(address)

    assert isinstance(source, Stream)
    assert source.place == place
    assert "S3cret" not in repr(source)


def test_credentials_take_the_place_of_those_in_the_address() -> None:
    source = parse("rtsp://old:older@cam.example:1/a?b=c", ("ad min", "p:/@#ä"))

    assert isinstance(source, Stream)
    assert source.url == "rtsp://ad%20min:p%3A%2F%40%23%C3%A4@cam.example:1/a?b=c"


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://",
        "rtsp:///path",
        "rtsp://admin:S3cret/x@host/path",
        "rtsp://admin:12#S3cret@host/path",
        "rtsp://admin:S3cret@host:70000/",
        "rtsp://admin:S3cret@[::1/",
        "rtsp://admin:S3cret@host/a\n",
        "rtsp:/admin:S3cret@host/a",
        "admin:S3cret@rtsp://host/path",
        "://admin:S3cret@host/path",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(CameraUnavailableError, match="cannot be read") as caught:
        parse(address)

    assert "S3cret" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("address", "place"),
    [
        pytest.param("srt://cam.example:9000?passphrase=S3cret", "srt://cam.example"),
        pytest.param("rtmp://user:S3cret@cam.example/live", "rtmp://cam.example"),
        pytest.param("udp://@239.0.0.1:1234?token=S3cret", "udp://239.0.0.1"),
        pytest.param("rtmp://admin:S3cret/x@host/path", "rtmp://..."),
        pytest.param("srt://admin:12#S3cret@host", "srt://..."),
        pytest.param("file:///home/S3cret/a.mp4", "file://..."),
        pytest.param("srt://cam.example/*.jpg?S3cret", "srt://cam.example", id="glob"),
    ],
)
def test_an_address_of_a_kind_that_is_not_opened_is_called_by_its_host(
    address: str, place: str
) -> None:
    with pytest.raises(CameraUnavailableError) as caught:
        parse(address)

    assert str(caught.value).startswith(f"{place}: ")
    assert "name a stream (rtsp, " in str(caught.value)
    assert "S3cret" not in "".join(traceback.format_exception(caught.value))
